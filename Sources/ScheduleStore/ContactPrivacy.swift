/// Everything that is stored about one contact.
public struct ContactExport: Hashable, Sendable {
    /// The contact's id.
    public var contactID: Int64
    /// By table, in a fixed order, its rows about the contact: JSON objects as text, with every column that there is.
    public var tables: [Table]

    /// The rows of one table.
    public struct Table: Hashable, Sendable {
        /// The table's name.
        public var name: String
        /// JSON objects as text.
        public var rows: [String]

        /// Rows of a table.
        public init(name: String, rows: [String]) {
            self.name = name
            self.rows = rows
        }
    }

    /// An export.
    public init(contactID: Int64, tables: [Table]) {
        self.contactID = contactID
        self.tables = tables
    }
}

/// What erasing a contact has done.
public struct ContactErasure: ChangeOutcome {
    /// Rows that were removed or emptied, by table.
    public var rows: [String: Int]
    /// The contact.
    public var touched: Touched

    /// An erasure.
    public init(contactID: Int64, rows: [String: Int]) {
        self.rows = rows
        touched = Touched(contactIDs: [contactID])
    }
}

/// What the people behind contacts can ask for. The rules of `OrganizationStore` hold.
public protocol ContactPrivacyStore: Sendable {
    /// Everything that is stored about a contact, one that was deleted too; nil where nothing is.
    func exportContact(id: Int64) async throws -> ContactExport?
    /// Removes what is personal about a contact, one that was deleted too: the contact, its emails that are not
    /// committed, targets, clicks, answers, and its e-mail address wherever rejected rows or waiting events hold it.
    /// Committed emails stay without metadata and event date, what became of them without text. The contact's id is
    /// suppressed from then on.
    ///
    /// - Throws: `notFound` where nothing is stored about it.
    func eraseContact(id: Int64, now: String) async throws -> ContactErasure
}
