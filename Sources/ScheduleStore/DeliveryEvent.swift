public import SchedulingCore

/// Something that happened to an email or that a contact did, as a webhook tells it.
public struct DeliveryEvent: Hashable, Sendable {
    /// What it happened to.
    public enum Subject: Hashable, Sendable {
        /// A row of `email_schedules`.
        case schedule(Int64)
        /// A contact, and no email in particular.
        case contact(Int64)
        /// The row whose sender has reported a message id that is this text or the beginning of it.
        case message(String)
    }

    /// Why a contact is not to be contacted any more: column `reason` of `suppressions`.
    public enum SuppressionCause: String, CaseIterable, Sendable {
        /// It called an email spam.
        case complained
        /// It wants no emails, or no text messages.
        case unsubscribed
        /// It wants no emails of a group.
        case groupUnsubscribed = "group_unsubscribed"
        /// Its address does not exist.
        case hardBounced = "hard_bounced"
    }

    /// What tells it from every other event: 16 bytes.
    public var key: [UInt8]
    /// What happened.
    public var kind: DeliveryEventKind
    /// The name under which `contact_events` has it.
    public var name: String
    /// What it happened to.
    public var subject: Subject
    /// By what the email was sent; nil where the event does not say.
    public var channel: SendChannel?
    /// Who tells it: column `source` of `suppressions`.
    public var source: String
    /// Seconds since 1970-01-01 00:00:00 UTC: when it happened.
    public var at: Int64
    /// Why the contact is not to be contacted any more; nil where it still is.
    public var suppression: SuppressionCause?
    /// The link that was followed.
    public var url: String?
    /// The tracking id of that link.
    public var trackingID: String?
    /// Whatever else is told: a JSON object as text.
    public var metadata: String?

    /// An event without particulars.
    public init(
        key: [UInt8], kind: DeliveryEventKind, name: String, subject: Subject, source: String, at: Int64
    ) {
        self.key = key
        self.kind = kind
        self.name = name
        self.subject = subject
        self.source = source
        self.at = at
    }
}

/// What became of events that were stored together.
public struct DeliveryEventOutcome: Hashable, ChangeOutcome {
    /// What became of one.
    public enum Result: Hashable, Sendable {
        /// It is stored, and what follows from it is done.
        case applied
        /// It was stored before.
        case duplicate
        /// It is of a message that no sender has reported, or not yet: then it is applied with the report.
        case ignored
        /// It names a row or a contact that does not exist.
        case unknownID
    }

    /// One for each event, in their order.
    public var results: [Result] = []
    /// The contacts whose plan is another one now.
    public var touched = Touched.nothing

    /// No event.
    public init() {}
}
