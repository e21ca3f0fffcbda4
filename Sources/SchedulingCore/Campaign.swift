/// Reusable behaviour of campaigns: a row of `campaign_types` (SPEC 4).
public struct CampaignType: Hashable, Sendable {
    /// Unique name; emails of the type are `campaign_<name>`.
    public var name: String
    /// Whether the state's exclusion windows hold.
    public var respectsExclusionWindows = true
    /// Whether sent emails get follow-ups.
    public var enablesFollowups = true
    /// Days from the email to the trigger date; negative for after it.
    public var daysBeforeEvent = 0
    /// Whether every contact is a target.
    public var targetsAllContacts = false
    /// Lower is more important.
    public var priority = 10
    /// Whether instances of the type are scheduled at all.
    public var isActive = true
    /// Whether emails of the type can be skipped for conflict or frequency.
    public var respectsFrequencyLimits = true

    /// A type with the defaults of a row whose columns are null.
    public init(name: String) {
        self.name = name
        respectsFrequencyLimits = name != "regulatory_notice"
    }

    private init(
        _ name: String, _ windows: Bool, _ followups: Bool, _ days: Int, _ all: Bool, _ priority: Int
    ) {
        self.init(name: name)
        respectsExclusionWindows = windows
        enablesFollowups = followups
        daysBeforeEvent = days
        targetsAllContacts = all
        self.priority = priority
    }

    /// The types of SPEC 13, by name.
    public static let defaults: [String: CampaignType] = [
        "rate_increase": CampaignType("rate_increase", true, true, 14, false, 1),
        "seasonal_promo": CampaignType("seasonal_promo", true, true, 7, false, 5),
        "initial_blast": CampaignType("initial_blast", false, false, 0, true, 10),
        "regulatory_notice": CampaignType("regulatory_notice", false, false, 0, false, 1),
        "policy_update": CampaignType("policy_update", true, true, 5, true, 3),
    ]
}

/// One execution of a campaign type: a row of `campaign_instances` (SPEC 4).
public struct CampaignInstance: Hashable, Sendable {
    /// Row id.
    public var id: Int64
    /// Name of the campaign type.
    public var typeName: String
    /// Templates of its emails.
    public var templates = TemplatePair(email: nil)
    /// First date on which it is active; nil for no beginning.
    public var startDate: CivilDate?
    /// Last date on which it is active, and the deadline of its emails; nil for no end.
    public var endDate: CivilDate?
    /// States to which a type that targets everyone is narrowed; empty for all.
    public var audience: Set<StateCode> = []

    /// An instance of a type, without dates or templates.
    public init(id: Int64, typeName: String) {
        self.id = id
        self.typeName = typeName
    }

    /// Whether a date lies between start and end, both included.
    public func isActive(on date: CivilDate) -> Bool {
        if let startDate, date < startDate { return false }
        if let endDate, date > endDate { return false }
        return true
    }
}

/// One contact enrolled in one campaign instance: a row of `contact_campaigns` (SPEC 4).
public struct CampaignTarget: Hashable, Sendable {
    /// Column `status`.
    public enum Status: UInt8, Sendable {
        /// Not decided yet; null counts as this.
        case pending
        /// Its email is planned.
        case scheduled
        /// Its email is skipped.
        case skipped
        /// Any other: it wants no email, but still counts as a row.
        case other
        /// Its email is sent: it wants no other one.
        case sent

        /// Whether a run makes an email for a target of this status.
        public var isOpen: Bool { self != .other && self != .sent }
    }

    /// Row id.
    public var id: Int64
    /// The contact enrolled.
    public var contactID: Int64
    /// The instance.
    public var instanceID: Int64
    /// Column `trigger_date`; nil for null or empty.
    public var triggerDate: CivilDate?
    /// Whether the trigger date is present and no date: such a target gets no email.
    public var hasInvalidTriggerDate = false
    /// Column `status`.
    public var status: Status

    /// A row of `contact_campaigns`.
    public init(
        id: Int64, contactID: Int64, instanceID: Int64, triggerDate: CivilDate?, status: Status = .pending
    ) {
        self.id = id
        self.contactID = contactID
        self.instanceID = instanceID
        self.triggerDate = triggerDate
        self.status = status
    }
}
