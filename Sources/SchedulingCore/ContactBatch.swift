/// A stretch of contacts with everything stored about them, as the store reads it for a run. Every array is
/// in order of contact id; rows of one contact may stand in any order.
public struct ContactBatch: Sendable {
    /// The contacts, in order of id.
    public var contacts: [Contact] = []
    /// Rows of `email_schedules` of the id range, those whose contact is gone too.
    public var rows: [StoredEmail] = []
    /// Rows of `contact_campaigns`.
    public var targets: [CampaignTarget] = []
    /// Entries of the do-not-contact list.
    public var suppressions: [Suppression] = []
    /// Clicks and answers that follow-ups look at.
    public var behaviours: [Behaviour] = []
    /// Where earlier runs have counted contacts in smoothing, those of contacts that are gone too.
    public var smoothingShares: [SmoothingShare] = []

    /// An empty batch.
    public init() {}

    /// Forgets everything and keeps the memory.
    public mutating func removeAll() {
        contacts.removeAll(keepingCapacity: true)
        rows.removeAll(keepingCapacity: true)
        targets.removeAll(keepingCapacity: true)
        suppressions.removeAll(keepingCapacity: true)
        behaviours.removeAll(keepingCapacity: true)
        smoothingShares.removeAll(keepingCapacity: true)
    }
}

/// Where a contact counts in the smoothing of effective-date emails (SPEC 6). It is remembered, as no row tells: a
/// committed row counts or not by what the contact was when it was counted.
public struct SmoothingShare: Hashable, Sendable {
    /// The contact.
    public var contactID: Int64
    /// The ideal date for which it counts; nil for none any more.
    public var idealDate: CivilDate?

    /// Where a contact counts.
    public init(contactID: Int64, idealDate: CivilDate?) {
        self.contactID = contactID
        self.idealDate = idealDate
    }
}

/// An entry of the do-not-contact list that concerns email or SMS (SPEC 2).
public struct Suppression: Hashable, Sendable {
    /// What may not be sent.
    public enum Channel: UInt8, Sendable {
        /// No email, and so nothing at all: channel `email`, `all` or null.
        case email
        /// No SMS: channel `sms`.
        case sms
    }

    /// The contact.
    public var contactID: Int64
    /// What may not be sent.
    public var channel: Channel

    /// An entry for a contact.
    public init(contactID: Int64, channel: Channel) {
        self.contactID = contactID
        self.channel = channel
    }
}

/// Something a contact did that decides the type of a follow-up (SPEC 10).
public struct Behaviour: Hashable, Sendable {
    /// What was done.
    public enum Kind: Hashable, Sendable {
        /// A click on a link, with the schedule row it names, or the hash of the tracking id it carries, or
        /// neither.
        case click(scheduleID: Int64?, trackingID: UInt64?)
        /// The health questions were answered, with or without a yes.
        case answered(withYes: Bool)
    }

    /// The contact.
    public var contactID: Int64
    /// When; nil where the stored text is no moment.
    public var moment: LocalMoment?
    /// What.
    public var kind: Kind

    /// Something a contact did.
    public init(contactID: Int64, moment: LocalMoment?, kind: Kind) {
        self.contactID = contactID
        self.moment = moment
        self.kind = kind
    }
}
