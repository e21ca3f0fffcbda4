import GRDB
public import ScheduleStore

extension SQLiteOrganizationStore {
    /// Adds a contact.
    public func insertContact(_ draft: ContactDraft) async throws -> ContactRecord {
        let path = path
        return try await write("insert a contact") { database in
            try ContactTable.check(draft, path: path)
            if let id = draft.id, try ContactTable.contact(id: id, database) != nil {
                throw StoreError(
                    .conflict(field: "id"), operation: "insert a contact", path: path,
                    cause: "a contact with id \(id) exists")
            }
            if let key = ContactTable.text(draft.externalID),
                try ContactTable.id(externalID: key, database) != nil
            {
                throw StoreError(
                    .conflict(field: "external_id"), operation: "insert a contact", path: path,
                    cause: "another contact has this external_id")
            }
            let id = try ContactTable.insert(draft, database)
            return try ContactTable.contact(id: id, database) ?? ContactRecord(id: id)
        }
    }

    /// A contact, nil where there is none.
    public func contact(id: Int64) async throws -> ContactRecord? {
        try await read("read a contact") { try ContactTable.contact(id: id, $0) }
    }

    /// Contacts of the organisation.
    public func countContacts() async throws -> Int {
        try await read("count contacts") { try Int.fetchOne($0, sql: "SELECT count(*) FROM contacts") ?? 0 }
    }

    /// Contacts in order of id, behind a cursor.
    public func contacts(after: Int64?, limit: Int) async throws -> Page<ContactRecord, Int64> {
        if after == .max { return Page(items: [], nextCursor: nil) }
        let first = after.map { $0 + 1 } ?? .min
        return try await read("list contacts") { database in
            let rows = try RawStatement(
                "SELECT \(ContactTable.columns) FROM contacts WHERE id >= ? ORDER BY id LIMIT ?", database)
            rows.bind(1, first)
            rows.bind(2, Int64(limit) + 1)
            var items: [ContactRecord] = []
            while try rows.step() { items.append(ContactTable.record(rows)) }
            return Page(reading: items, limit: limit) { $0.id }
        }
    }
}

/// The statements on the table `contacts`.
enum ContactTable {
    static let columns = """
        id, external_id, first_name, last_name, email, zip_code, state, birth_date, effective_date, phone_number
        """
    /// Ids that a caller may choose: what JSON can carry exactly, and far from where counting up would end.
    static let ids: ClosedRange<Int64> = 1...(1 << 53 - 1)

    /// Refuses an id that no contact may have.
    static func check(_ draft: ContactDraft, path: String) throws {
        guard let id = draft.id, !ids.contains(id) else { return }
        throw StoreError(
            .constraint, operation: "insert a contact", path: path,
            cause: "id \(id) is not between \(ids.lowerBound) and \(ids.upperBound)")
    }

    static func contact(id: Int64, _ database: Database) throws -> ContactRecord? {
        let rows = try RawStatement("SELECT \(columns) FROM contacts WHERE id = ?", database)
        rows.bind(1, id)
        defer { rows.reset() }
        return try rows.step() ? record(rows) : nil
    }

    static func id(externalID: String, _ database: Database) throws -> Int64? {
        let rows = try RawStatement("SELECT min(id) FROM contacts WHERE external_id = ?", database)
        rows.bind(1, externalID)
        defer { rows.reset() }
        return try rows.step() ? rows.optionalInteger(0) : nil
    }

    /// - Parameter isKeyless: Whether only a contact without external id will do.
    static func id(email: String, isKeyless: Bool, _ database: Database) throws -> Int64? {
        let condition = isKeyless ? "AND external_id IS NULL" : ""
        let rows = try RawStatement(
            "SELECT min(id) FROM contacts WHERE email = ? COLLATE NOCASE \(condition)", database)
        rows.bind(1, email)
        defer { rows.reset() }
        return try rows.step() ? rows.optionalInteger(0) : nil
    }

    static func insert(_ draft: ContactDraft, _ database: Database) throws -> Int64 {
        let insertion = try RawStatement(
            "INSERT INTO contacts (\(columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", database)
        insertion.bind(1, draft.id)
        for (position, value) in draft.values.enumerated() {
            insertion.bind(Int32(position + 2), text(value))
        }
        try insertion.run()
        return draft.id ?? database.lastInsertedRowID
    }

    static func update(_ record: ContactRecord, _ database: Database) throws {
        let update = try RawStatement(
            """
            UPDATE contacts SET external_id = ?, first_name = ?, last_name = ?, email = ?, zip_code = ?,
                state = ?, birth_date = ?, effective_date = ?, phone_number = ?
            WHERE id = ?
            """, database)
        for (position, value) in record.values.enumerated() { update.bind(Int32(position + 1), value) }
        update.bind(10, record.id)
        try update.run()
    }

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
}

extension ContactDraft {
    /// The columns behind the id, in the order of `ContactTable.columns`.
    var values: [String?] {
        [externalID, firstName, lastName, email, zipCode, state, birthDate, effectiveDate, phoneNumber]
    }

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

extension ContactRecord {
    /// The columns behind the id, in the order of `ContactTable.columns`.
    var values: [String?] {
        [externalID, firstName, lastName, email, zipCode, state, birthDate, effectiveDate, phoneNumber]
    }
}
