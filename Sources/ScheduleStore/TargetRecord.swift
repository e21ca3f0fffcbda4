/// A contact enrolled in a campaign instance: a row of `contact_campaigns`. Texts are as they are stored.
public struct TargetRecord: Hashable, Sendable {
    /// What became of a target.
    public enum Status: String, CaseIterable, Sendable {
        /// No run has decided it yet; null counts as this.
        case pending
        /// Its email is planned.
        case scheduled
        /// Its email is skipped.
        case skipped
        /// Its email is sent.
        case sent
        /// It is not wanted any more.
        case cancelled
    }

    /// Row id.
    public var id: Int64
    /// Column `contact_id`.
    public var contactID: Int64
    /// Column `campaign_instance_id`.
    public var campaignInstanceID: Int64
    /// Column `trigger_date`.
    public var triggerDate: String?
    /// Column `status`.
    public var status: String?
    /// Column `metadata`: a JSON object as text.
    public var metadata: String?

    /// A target without date, status or metadata.
    public init(id: Int64, contactID: Int64, campaignInstanceID: Int64) {
        self.id = id
        self.contactID = contactID
        self.campaignInstanceID = campaignInstanceID
    }
}

/// A target to store. Contact, instance and trigger date together say which one it is.
public struct TargetDraft: Hashable, Sendable {
    /// The contact.
    public var contactID: Int64
    /// The campaign instance.
    public var campaignInstanceID: Int64
    /// The event's date, `YYYY-MM-DD`; nil for the instance's start.
    public var triggerDate: String?
    /// Its status; nil for `pending`, or for the one it has.
    public var status: TargetRecord.Status?
    /// A JSON object as text; nil for none, or for the one it has.
    public var metadata: String?

    /// A target without date.
    public init(contactID: Int64, campaignInstanceID: Int64) {
        self.contactID = contactID
        self.campaignInstanceID = campaignInstanceID
    }
}

/// A column of `contact_campaigns` that can be changed; the raw value is its name.
public enum TargetField: String, CaseIterable, Sendable {
    /// Column `trigger_date`.
    case triggerDate = "trigger_date"
    /// Column `status`.
    case status
    /// Column `metadata`.
    case metadata
}

/// Which targets are wanted: those that meet every condition that is set.
public struct TargetFilter: Hashable, Sendable {
    /// Targets of this contact.
    public var contactID: Int64?
    /// Targets of this instance.
    public var campaignInstanceID: Int64?
    /// Targets of this status; a row without one counts as `pending`.
    public var status: String?

    /// Every target.
    public init() {}
}

/// What became of targets that were stored together.
public struct TargetBatchOutcome: Hashable, ChangeOutcome {
    /// A target that was refused.
    public struct Reject: Hashable, Sendable {
        /// Its position among the targets, from 0.
        public var index: Int
        /// The column that names a record that does not exist.
        public var field: String

        /// A refusal.
        public init(index: Int, field: String) {
            self.index = index
            self.field = field
        }
    }

    /// Targets added.
    public var created = 0
    /// Targets changed.
    public var updated = 0
    /// Targets that already were as sent.
    public var unchanged = 0
    /// Targets refused; the others are stored nonetheless.
    public var rejects: [Reject] = []
    /// The contacts of targets added or changed.
    public var touched = Touched.nothing

    /// Nothing done.
    public init() {}
}
