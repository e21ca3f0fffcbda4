import GRDB
import ScheduleStore

/// The statements that store a contact, prepared once for the many rows of an import.
struct ContactTable {
    static let columns = """
        id, external_id, first_name, last_name, email, zip_code, state, birth_date, effective_date, phone_number
        """
    /// Ids that a caller may choose: what JSON can carry exactly, and far from where counting up would end.
    static let ids: ClosedRange<Int64> = 1...(1 << 53 - 1)

    private let database: Database
    private let byID: RawStatement
    private let byExternalID: RawStatement
    private let byEmail: RawStatement
    private let byEmailWithoutKey: RawStatement
    private let insertion: RawStatement
    private let update: RawStatement

    init(_ database: Database) throws {
        self.database = database
        byID = try RawStatement(ContactTable.selection, database)
        byExternalID = try RawStatement("SELECT min(id) FROM contacts WHERE external_id = ?", database)
        let email = "SELECT min(id) FROM contacts WHERE email = ? COLLATE NOCASE"
        byEmail = try RawStatement(email, database)
        byEmailWithoutKey = try RawStatement(email + " AND external_id IS NULL", database)
        insertion = try RawStatement(
            "INSERT INTO contacts (\(ContactTable.columns)) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            database)
        update = try RawStatement(
            """
            UPDATE contacts SET external_id = ?2, first_name = ?3, last_name = ?4, email = ?5, zip_code = ?6,
                state = ?7, birth_date = ?8, effective_date = ?9, phone_number = ?10
            WHERE id = ?1
            """, database)
    }

    private static let selection = "SELECT \(columns) FROM contacts WHERE id = ?"

    // MARK: Finding

    /// A contact, nil where there is none.
    func contact(id: Int64) throws -> ContactRecord? { try ContactTable.contact(byID, id) }

    /// Whether the contact with an id is there and holds every value that a draft gives: what an import of a file that
    /// was imported before asks of each row.
    func holds(_ draft: ContactDraft, id: Int64) throws -> Bool {
        byID.bind(1, id)
        defer { byID.reset() }
        guard try byID.step() else { return false }
        let given = draft.given
        return (!given.contains(.externalID) || byID.equals(1, draft.externalID))
            && (!given.contains(.firstName) || byID.equals(2, draft.firstName))
            && (!given.contains(.lastName) || byID.equals(3, draft.lastName))
            && (!given.contains(.email) || byID.equals(4, draft.email))
            && (!given.contains(.zipCode) || byID.equals(5, draft.zipCode))
            && (!given.contains(.state) || byID.equals(6, draft.state))
            && (!given.contains(.birthDate) || byID.equals(7, draft.birthDate))
            && (!given.contains(.effectiveDate) || byID.equals(8, draft.effectiveDate))
            && (!given.contains(.phoneNumber) || byID.equals(9, draft.phoneNumber))
    }

    /// The highest id of a contact, 0 where there is none.
    func highestID() throws -> Int64 {
        let rows = try RawStatement("SELECT max(id) FROM contacts", database)
        defer { rows.reset() }
        return try rows.step() ? rows.optionalInteger(0) ?? 0 : 0
    }

    /// The lowest id with an external id.
    func id(externalID: String) throws -> Int64? { try id(byExternalID, externalID) }

    /// The lowest id with an e-mail in any case.
    ///
    /// - Parameter isKeyless: Whether only a contact without external id will do.
    func id(email: String, isKeyless: Bool) throws -> Int64? {
        try id(isKeyless ? byEmailWithoutKey : byEmail, email)
    }

    /// A contact, where one is wanted and nothing else.
    static func contact(id: Int64, _ database: Database) throws -> ContactRecord? {
        try contact(try RawStatement(selection, database), id)
    }

    private static func contact(_ rows: RawStatement, _ id: Int64) throws -> ContactRecord? {
        rows.bind(1, id)
        defer { rows.reset() }
        return try rows.step() ? record(rows) : nil
    }

    private func id(_ rows: RawStatement, _ text: String) throws -> Int64? {
        rows.bind(1, text)
        defer { rows.reset() }
        return try rows.step() ? rows.optionalInteger(0) : nil
    }

    // MARK: Storing

    /// Adds a contact and returns its id.
    func insert(_ draft: ContactDraft) throws -> Int64 {
        insertion.bind(1, draft.id)
        insertion.bind(2, ContactTable.text(draft.externalID))
        insertion.bind(3, ContactTable.text(draft.firstName))
        insertion.bind(4, ContactTable.text(draft.lastName))
        insertion.bind(5, ContactTable.text(draft.email))
        insertion.bind(6, ContactTable.text(draft.zipCode))
        insertion.bind(7, ContactTable.text(draft.state))
        insertion.bind(8, ContactTable.text(draft.birthDate))
        insertion.bind(9, ContactTable.text(draft.effectiveDate))
        insertion.bind(10, ContactTable.text(draft.phoneNumber))
        try insertion.run()
        return draft.id ?? database.lastInsertedRowID
    }

    /// Adds contacts that have ids above every contact's.
    func insert(_ drafts: [ContactDraft]) throws {
        _ = try FeedTable.newContacts.insert(
            NewContactFeed(drafts), RawStatement(FeedTable.newContacts.insertion, database))
    }

    /// Replaces a contact.
    func replace(_ record: ContactRecord) throws {
        update.bind(1, record.id)
        update.bind(2, record.externalID)
        update.bind(3, record.firstName)
        update.bind(4, record.lastName)
        update.bind(5, record.email)
        update.bind(6, record.zipCode)
        update.bind(7, record.state)
        update.bind(8, record.birthDate)
        update.bind(9, record.effectiveDate)
        update.bind(10, record.phoneNumber)
        try update.run()
    }

    // MARK: Values

    /// The contact of the current row of a query for `columns`.
    static func record(_ rows: RawStatement) -> ContactRecord {
        var record = ContactRecord(id: rows.integer(0))
        record.externalID = rows.text(1)
        record.firstName = rows.text(2)
        record.lastName = rows.text(3)
        record.email = rows.text(4)
        record.zipCode = rows.text(5)
        record.state = rows.text(6)
        record.birthDate = rows.text(7)
        record.effectiveDate = rows.text(8)
        record.phoneNumber = rows.text(9)
        return record
    }

    /// A text as it is stored: null where it is empty.
    @inline(__always)
    static func text(_ text: String?) -> String? { text.flatMap { $0.isEmpty ? nil : $0 } }

    /// Refuses an id that no contact may have.
    static func check(_ draft: ContactDraft, path: String) throws {
        guard let id = draft.id, !ids.contains(id) else { return }
        throw StoreError(
            .constraint, operation: "insert a contact", path: path,
            cause: "id \(id) is not between \(ids.lowerBound) and \(ids.upperBound)")
    }
}

extension ContactDraft {
    /// What a stored contact becomes by this draft: the given columns replaced.
    func applied(to record: ContactRecord) -> ContactRecord {
        var result = record
        if given.contains(.externalID) { result.externalID = ContactTable.text(externalID) }
        if given.contains(.firstName) { result.firstName = ContactTable.text(firstName) }
        if given.contains(.lastName) { result.lastName = ContactTable.text(lastName) }
        if given.contains(.email) { result.email = ContactTable.text(email) }
        if given.contains(.zipCode) { result.zipCode = ContactTable.text(zipCode) }
        if given.contains(.state) { result.state = ContactTable.text(state) }
        if given.contains(.birthDate) { result.birthDate = ContactTable.text(birthDate) }
        if given.contains(.effectiveDate) { result.effectiveDate = ContactTable.text(effectiveDate) }
        if given.contains(.phoneNumber) { result.phoneNumber = ContactTable.text(phoneNumber) }
        return result
    }
}

extension RawStatement {
    /// Whether a column holds the text as `ContactTable.text` would store it.
    @inline(__always)
    fileprivate func equals(_ column: Int32, _ text: String?) -> Bool {
        guard var text = ContactTable.text(text) else { return isNull(column) }
        let bytes = bytes(column)
        return text.withUTF8 { $0.count == bytes.count && $0.elementsEqual(bytes) }
    }
}
