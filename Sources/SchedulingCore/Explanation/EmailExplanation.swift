/// Why one email of a contact is what it is: the rules that a run tried, in its order, and what came out.
public struct EmailExplanation: Hashable, Sendable {
    /// What a run makes of the email.
    public enum Status: String, CaseIterable, Sendable {
        /// It is planned: column `status` is `pre-scheduled`.
        case preScheduled = "pre-scheduled"
        /// It is skipped: column `status` is `skipped`.
        case skipped
        /// A row of it was handed out or sent; a run leaves that alone.
        case committed
        /// There is no such email.
        case none
        /// A stored row of it goes, because there is no such email any more.
        case removed
    }

    /// Column `email_type`; `followup` where no type was decided.
    public internal(set) var emailType: String
    /// Column `campaign_instance_id`.
    public internal(set) var instanceID: Int64?
    /// The row that a follow-up follows.
    public let initialID: Int64?
    /// What the email is about; nil where there is no such date.
    public internal(set) var event: CivilDate?
    /// Column `ideal_send_date`.
    public internal(set) var ideal: CivilDate?
    /// The last date on which it makes sense; nil for none.
    public internal(set) var deadline: CivilDate?
    /// The rules, in the order in which they were tried.
    public internal(set) var steps: [RuleStep] = []
    /// What came out.
    public internal(set) var status = Status.none
    /// Column `scheduled_send_date`; of a committed row the day of sending; nil where there is no email.
    public internal(set) var date: CivilDate?
    /// Column `skip_reason`.
    public internal(set) var skipReason: SkipReason?
    /// The first date from today on that neither a state's window nor the do-not-contact list forbids; nil where
    /// there is none within 800 days.
    public internal(set) var earliestLegalDate: CivilDate?
    /// The stored row; nil where there is none yet.
    public internal(set) var rowID: Int64?
    /// Whether the stored row is as it is explained here; nil without a stored row.
    public internal(set) var rowAgrees: Bool?
    /// The outcome in one sentence, for people.
    public internal(set) var sentence = ""

    var type: EmailType

    init(type: EmailType, name: String, instanceID: Int64?, initialID: Int64?) {
        self.type = type
        emailType = name
        self.instanceID = instanceID
        self.initialID = initialID
    }

    /// The step of a rule; the last one where it was tried more than once.
    public func step(_ rule: RuleStep.Rule) -> RuleStep? { steps.last { $0.rule == rule } }
}
