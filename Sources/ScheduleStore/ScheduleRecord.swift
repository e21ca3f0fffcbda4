/// A stored email: a row of `email_schedules`. Texts are as they are stored.
public struct ScheduleRecord: Hashable, Sendable {
    /// Row id.
    public var id: Int64
    /// Column `contact_id`.
    public var contactID: Int64?
    /// Column `email_type`.
    public var emailType: String?
    /// Column `scheduled_send_date`.
    public var scheduledSendDate: String?
    /// Column `scheduled_send_time`.
    public var scheduledSendTime: String?
    /// Column `status`.
    public var status: String?
    /// Column `skip_reason`.
    public var skipReason: String?
    /// Column `priority`.
    public var priority: Int64?
    /// Column `campaign_instance_id`.
    public var campaignInstanceID: Int64?
    /// Column `email_template`.
    public var emailTemplate: String?
    /// Column `sms_template`.
    public var smsTemplate: String?
    /// Column `scheduler_run_id`: the run that last wrote the row.
    public var schedulerRunID: Int64?
    /// Column `event_year`.
    public var eventYear: Int64?
    /// Column `event_month`.
    public var eventMonth: Int64?
    /// Column `event_day`.
    public var eventDay: Int64?
    /// Column `ideal_send_date`.
    public var idealSendDate: String?
    /// Column `initial_schedule_id`: the row that a follow-up follows.
    public var initialScheduleID: Int64?
    /// Column `actual_send_datetime`.
    public var actualSendDatetime: String?
    /// Column `metadata`: a JSON object as text.
    public var metadata: String?
    /// Column `created_at`.
    public var createdAt: String?
    /// Column `updated_at`.
    public var updatedAt: String?

    /// A row without any value.
    public init(id: Int64) { self.id = id }
}
