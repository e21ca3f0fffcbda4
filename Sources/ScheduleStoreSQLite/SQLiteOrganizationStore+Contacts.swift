import GRDB
public import ScheduleStore

extension SQLiteOrganizationStore {
    /// Adds a contact.
    public func insertContact(_ draft: ContactDraft) async throws -> ContactRecord {
        let path = path
        return try await write("insert a contact") { database in
            try ContactTable.check(draft, path: path)
            let table = try ContactTable(database)
            if let id = draft.id, try table.contact(id: id) != nil {
                throw StoreError(
                    .conflict(field: "id"), operation: "insert a contact", path: path,
                    cause: "a contact with id \(id) exists")
            }
            if let key = ContactTable.text(draft.externalID), try table.id(externalID: key) != nil {
                throw StoreError(
                    .conflict(field: "external_id"), operation: "insert a contact", path: path,
                    cause: "another contact has this external_id")
            }
            let id = try table.insert(draft)
            return try table.contact(id: id) ?? ContactRecord(id: id)
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
