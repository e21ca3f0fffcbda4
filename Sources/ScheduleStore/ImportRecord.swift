/// One import of contacts: what was sent, and what became of it.
public struct ImportRecord: Hashable, Sendable {
    /// How far an import is.
    public enum State: String, CaseIterable, Sendable {
        /// Rows are still coming.
        case running
        /// Everything was read.
        case completed
        /// It ended before everything was read; the rows counted so far are stored.
        case failed
    }

    /// Id, counting up.
    public var id: Int64
    /// How far it is.
    public var state: State
    /// The names of the columns that were sent, in their order: the header of the rejects.
    public var columns: [String]
    /// Data rows read so far.
    public var received = 0
    /// Contacts added.
    public var created = 0
    /// Contacts changed.
    public var updated = 0
    /// Contacts that already were as sent.
    public var unchanged = 0
    /// Rows refused.
    public var rejected = 0
    /// How often each warning was given, by its code.
    public var warnings: [String: Int] = [:]
    /// When it began.
    public var createdAt: String
    /// When it ended; nil while it runs.
    public var finishedAt: String?
    /// Why it failed; nil unless it did.
    public var error: String?

    /// An import that has read nothing.
    public init(id: Int64, state: State, columns: [String], createdAt: String) {
        self.id = id
        self.state = state
        self.columns = columns
        self.createdAt = createdAt
    }
}
