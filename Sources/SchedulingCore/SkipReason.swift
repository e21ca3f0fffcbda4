/// Why an email is not sent: column `skip_reason` (SPEC 3). The order of the cases is their rank: where
/// several hold, the first is recorded.
public enum SkipReason: String, CaseIterable, Sendable, Comparable {
    /// The contact is on the do-not-contact list.
    case suppressed
    /// The contact's state forbids sending at all.
    case yearRoundExclusion = "year_round_exclusion"
    /// The date lies in a window around the birthday.
    case birthdayWindow = "birthday_window"
    /// The date lies in a window around the policy anniversary.
    case effectiveDateWindow = "effective_date_window"
    /// The contact is too old on that date.
    case age76Plus = "age_76_plus"
    /// A window's anchor date is missing and the policy says to skip then.
    case missingAnchor = "missing_anchor"
    /// The campaign instance ends before the ideal date.
    case outsideCampaignDates = "outside_campaign_dates"
    /// A more important campaign email goes to the contact on the same day.
    case campaignConflict = "campaign_conflict"
    /// The contact gets as many emails in the period as the limit allows.
    case frequencyLimit = "frequency_limit"
    /// No date was left on which the email still made sense.
    case expired

    /// Position in the order of precedence, 0 first.
    public var rank: Int {
        switch self {
        case .suppressed: 0
        case .yearRoundExclusion: 1
        case .birthdayWindow: 2
        case .effectiveDateWindow: 3
        case .age76Plus: 4
        case .missingAnchor: 5
        case .outsideCampaignDates: 6
        case .campaignConflict: 7
        case .frequencyLimit: 8
        case .expired: 9
        }
    }

    /// Whether it is a state's rule that forbids the date.
    public var isExclusion: Bool { self > .suppressed && self <= .missingAnchor }

    /// Order of precedence.
    public static func < (left: SkipReason, right: SkipReason) -> Bool { left.rank < right.rank }
}
