/// The type of an email: column `email_type`. A small number inside a run; `EmailTypeTable` knows the names.
public struct EmailType: Hashable, Sendable {
    /// The number; campaign types begin at `firstCampaign`.
    public let code: UInt16

    /// The type with a number.
    @inlinable
    init(code: UInt16) { self.code = code }

    /// Before the birthday.
    public static let birthday = EmailType(code: 0)
    /// Before the anniversary of the policy's effective date.
    public static let effectiveDate = EmailType(code: 1)
    /// On the annual enrolment date.
    public static let aep = EmailType(code: 2)
    /// On the day after a closed stretch in which another email was skipped.
    public static let postWindow = EmailType(code: 3)
    /// `followup_1_cold`: nothing happened after the initial email.
    public static let followupCold = EmailType(code: 4)
    /// `followup_2_clicked_no_hq`: the contact clicked, and answered no health questions.
    public static let followupClicked = EmailType(code: 5)
    /// `followup_3_hq_no_yes`: answered the health questions, none with yes.
    public static let followupAnsweredNo = EmailType(code: 6)
    /// `followup_4_hq_with_yes`: answered at least one health question with yes.
    public static let followupAnsweredYes = EmailType(code: 7)
    /// A stored `followup_…` row of a name that this engine never writes.
    public static let unknownFollowup = EmailType(code: 8)
    /// A stored `campaign_…` row whose campaign type no longer exists.
    public static let unknownCampaign = EmailType(code: 9)
    /// A stored row of any other name.
    public static let unknown = EmailType(code: 10)

    static let firstCampaign: UInt16 = 16

    /// Names of the types with a number below `firstCampaign`; the last three are of no row we write.
    static let fixedNames = [
        "birthday", "effective_date", "aep", "post_window",
        "followup_1_cold", "followup_2_clicked_no_hq", "followup_3_hq_no_yes", "followup_4_hq_with_yes",
    ]

    /// Whether this is one of the types that come round every year: birthday, effective date, AEP.
    public var isAnniversary: Bool { code <= EmailType.aep.code }
    /// Whether the name begins with `followup_`.
    public var isFollowup: Bool { code >= 4 && code <= EmailType.unknownFollowup.code }
    /// Whether the name begins with `campaign_`.
    public var isCampaign: Bool { code >= EmailType.firstCampaign || self == .unknownCampaign }
    /// Place among the types where an order of SPEC 5 leaves a tie.
    public var rank: UInt8 {
        if code <= EmailType.postWindow.code { return UInt8(code) }
        return isCampaign ? 4 : 5
    }

    /// The position in the catalog of this campaign type, nil for any other type.
    var campaignIndex: Int? {
        code >= EmailType.firstCampaign ? Int(code - EmailType.firstCampaign) : nil
    }
}
