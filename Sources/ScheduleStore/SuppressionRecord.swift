/// A stored entry of the do-not-contact list: a row of `suppressions`. Texts are as they are stored.
public struct SuppressionRecord: Hashable, Sendable {
    /// What may not be used to reach the contact.
    public enum Channel: String, CaseIterable, Sendable {
        /// Emails.
        case email
        /// Text messages.
        case sms
        /// Both.
        case all
    }

    /// Row id.
    public var id: Int64
    /// Column `contact_id`.
    public var contactID: Int64
    /// Column `channel`; nil counts as `all`.
    public var channel: String?
    /// Column `reason`.
    public var reason: String?
    /// Column `source`.
    public var source: String?
    /// Column `created_at`.
    public var createdAt: String?

    /// A suppression without reason or source.
    public init(id: Int64, contactID: Int64, channel: String?) {
        self.id = id
        self.contactID = contactID
        self.channel = channel
    }
}

/// A suppression to store.
public struct SuppressionDraft: Hashable, Sendable {
    /// Who is not to be contacted.
    public var contactID: Int64
    /// By what.
    public var channel: SuppressionRecord.Channel
    /// Why, for people.
    public var reason: String?
    /// Who says so, for people.
    public var source: String?

    /// A suppression without reason or source.
    public init(contactID: Int64, channel: SuppressionRecord.Channel = .all) {
        self.contactID = contactID
        self.channel = channel
    }
}
