/// Rows of an import that are stored together, in one transaction with the import's progress.
public struct ImportBatch: Sendable {
    /// A row that passed the caller's checks.
    public struct Row: Hashable, Sendable {
        /// Number of the data row, from 1.
        public var row: Int
        /// Its contact.
        public var draft: ContactDraft

        /// A row.
        public init(row: Int, draft: ContactDraft) {
            self.row = row
            self.draft = draft
        }
    }

    /// The rows to store.
    public var rows: [Row] = []
    /// The rows that were refused.
    public var rejects: [ImportReject] = []
    /// Warnings given to rows of this batch, by code.
    public var warnings: [String: Int] = [:]

    /// An empty batch.
    public init() {}

    /// Data rows it stands for.
    public var received: Int { rows.count + rejects.count }
}

/// What became of the rows of a batch.
public struct ImportBatchOutcome: Hashable, ChangeOutcome {
    /// Contacts added.
    public var created = 0
    /// Contacts changed.
    public var updated = 0
    /// Contacts that already were as sent.
    public var unchanged = 0
    /// The contacts added, and those changed in a column that rules look at, in the order of the rows.
    public var touched = Touched.nothing
    /// Rows that the store itself refused, with code `conflict`: the row's `id` names one contact and its
    /// `external_id` another one. They are stored among the rejects already.
    public var conflicts: [ImportReject] = []

    /// Nothing done.
    public init() {}
}
