/// An email that a run has decided: a row of `email_schedules` as it shall stand.
public struct PlannedEmail: Hashable, Sendable {
    /// The contact.
    public var contactID: Int64
    /// Column `email_type`.
    public var type: EmailType
    /// Columns `event_year`, `event_month`, `event_day`.
    public var event: StoredEmail.EventColumns
    /// Column `ideal_send_date`; null for follow-ups.
    public var idealDate: CivilDate?
    /// Column `scheduled_send_date`: the final date, or the ideal or planned date of a skipped email.
    public var date: CivilDate
    /// Column `skip_reason`; nil means status `pre-scheduled`, else `skipped`.
    public var skipReason: SkipReason?
    /// Column `priority`.
    public var priority: Int64?
    /// Column `campaign_instance_id`.
    public var instanceID: Int64?
    /// Column `scheduled_send_time`.
    public var time: Symbol
    /// Column `email_template`.
    public var emailTemplate: Symbol
    /// Column `sms_template`.
    public var smsTemplate: Symbol
    /// Column `initial_schedule_id`: the row that a follow-up follows.
    public var initialID: Int64?
    /// Type of the row that a follow-up follows, for its metadata.
    public var initialType: EmailType?
    /// The state whose rules held for it; no column, but what is counted by states goes by it.
    public var state: StateCode?

    /// An email on its way, without templates, instance or initial email.
    public init(
        contactID: Int64, type: EmailType, event: StoredEmail.EventColumns, idealDate: CivilDate?,
        date: CivilDate, skipReason: SkipReason? = nil, priority: Int64?, instanceID: Int64? = nil,
        time: Symbol = .null, emailTemplate: Symbol = .null, smsTemplate: Symbol = .null,
        initialID: Int64? = nil, initialType: EmailType? = nil, state: StateCode? = nil
    ) {
        self.contactID = contactID
        self.type = type
        self.event = event
        self.idealDate = idealDate
        self.date = date
        self.skipReason = skipReason
        self.priority = priority
        self.instanceID = instanceID
        self.time = time
        self.emailTemplate = emailTemplate
        self.smsTemplate = smsTemplate
        self.initialID = initialID
        self.initialType = initialType
        self.state = state
    }
}

/// What a run does to the tables for one contact (SPEC 11). Deletions come before updates, and updates before
/// insertions, so that no two rows ever have one identity.
public enum RowChange: Hashable, Sendable {
    /// Remove a row that is not produced any more.
    case delete(rowID: Int64)
    /// A planned row whose day has passed becomes `skipped` with `expired`.
    case expire(rowID: Int64)
    /// Rewrite a row in place.
    case update(rowID: Int64, PlannedEmail)
    /// Add a row.
    case insert(PlannedEmail)
    /// Set the status of a row of `contact_campaigns`; the two values are `scheduled` and `skipped`.
    case target(rowID: Int64, isSkipped: Bool)
}
