/// A column of `campaign_instances` that clients set; the raw value is its name.
public enum CampaignInstanceField: String, CaseIterable, Sendable {
    /// Name of the campaign type.
    case campaignType = "campaign_type"
    /// Name for people.
    case instanceName = "instance_name"
    /// Template of its emails.
    case emailTemplate = "email_template"
    /// Template of its text messages.
    case smsTemplate = "sms_template"
    /// First date on which it is active, `YYYY-MM-DD`.
    case activeStartDate = "active_start_date"
    /// Last date on which it is active, `YYYY-MM-DD`.
    case activeEndDate = "active_end_date"
    /// Whatever the client wants to keep: a JSON object.
    case metadata
    /// The states to which a type that targets everyone is narrowed: a JSON array.
    case audience

    /// Whether a change can move emails.
    public var isPlanned: Bool { self != .instanceName && self != .metadata }
}

/// A stored campaign instance. Texts are as they are stored: rows of other programs may be malformed.
public struct CampaignInstanceRecord: Hashable, Sendable {
    /// Row id.
    public var id: Int64
    /// The columns that are not null.
    public var values: [CampaignInstanceField: String]
    /// Column `created_at`.
    public var createdAt: String?
    /// Column `updated_at`.
    public var updatedAt: String?

    /// An instance.
    public init(
        id: Int64, values: [CampaignInstanceField: String], createdAt: String? = nil, updatedAt: String? = nil
    ) {
        self.id = id
        self.values = values
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }
}

/// A change of a campaign instance: a row of `campaign_change_log`. Texts are as they are stored.
public struct CampaignChangeRecord: Hashable, Sendable {
    /// Row id, counting up.
    public var id: Int64
    /// The instance.
    public var campaignInstanceID: Int64
    /// The column that was changed, or `deleted`.
    public var fieldChanged: String?
    /// Its value before.
    public var oldValue: String?
    /// Its value since then.
    public var newValue: String?
    /// When.
    public var changedAt: String?
    /// Who did it.
    public var changedBy: String?

    /// A change without any value.
    public init(id: Int64, campaignInstanceID: Int64) {
        self.id = id
        self.campaignInstanceID = campaignInstanceID
    }
}
