import GRDB
public import ScheduleStore

extension SQLiteOrganizationStore {
    /// Adds a contact.
    public func insertContact(_ draft: ContactDraft) async throws -> StoreChange<ContactRecord> {
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
            return StoreChange(
                try table.contact(id: id) ?? ContactRecord(id: id), isNew: true,
                touched: Touched(contactIDs: [id]))
        }
    }

    /// A contact, nil where there is none.
    public func contact(id: Int64) async throws -> ContactRecord? {
        try await read("read a contact") { try ContactTable.contact(id: id, $0) }
    }

    /// The ids of contacts as a client names them, in the same order; nil where there is no such contact.
    public func contactIDs(of references: [ContactReference]) async throws -> [Int64?] {
        try await read("find contacts") { database in
            let table = try ContactTable(database)
            return try references.map { reference in
                switch reference {
                case .id(let id): try table.contact(id: id)?.id
                case .externalID(let key): try table.id(externalID: key)
                case .email(let email): try table.id(email: email, isKeyless: false)
                }
            }
        }
    }

    /// Contacts of the organisation.
    public func countContacts() async throws -> Int {
        try await read("count contacts") { try CountTables.contacts($0).total }
    }

    /// Contacts that meet a filter, in order of id, behind a cursor.
    public func contacts(
        _ filter: ContactFilter, after: Int64?, limit: Int
    ) async throws -> Page<ContactRecord, Int64> {
        try await read("list contacts") { database in
            var query = KeysetQuery(select: ContactTable.columns, from: "contacts")
            query.add("email = ? COLLATE NOCASE", filter.email)
            query.add("external_id = ?", filter.externalID)
            query.add("+state = ? COLLATE NOCASE", filter.state)
            query.add("+zip_code = ?", filter.zipCode)
            return try query.page(after: after, limit: limit, database, ContactTable.record) { $0.id }
        }
    }

    /// Makes the contact with an id what a draft says; adds it where there is none.
    public func putContact(id: Int64, _ draft: ContactDraft) async throws -> StoreChange<ContactRecord> {
        let path = path
        return try await write("replace a contact") { database in
            var draft = draft
            draft.id = id
            draft.given = .all
            try ContactTable.check(draft, path: path)
            let table = try ContactTable(database)
            if let record = try table.contact(id: id) {
                return try table.change(record, by: draft, path: path)
            }
            try table.checkExternalID(of: draft, ownedBy: id, path: path)
            _ = try table.insert(draft)
            return StoreChange(
                draft.applied(to: ContactRecord(id: id)), isNew: true, touched: Touched(contactIDs: [id]))
        }
    }

    /// Changes the columns that a draft gives.
    public func updateContact(id: Int64, _ draft: ContactDraft) async throws -> StoreChange<ContactRecord> {
        let path = path
        return try await write("change a contact") { database in
            let table = try ContactTable(database)
            guard let record = try table.contact(id: id) else {
                throw StoreError.noRecord("change a contact", "contact \(id)", path)
            }
            return try table.change(record, by: draft, path: path)
        }
    }

    /// Removes a contact and its rows that are not committed.
    public func deleteContact(id: Int64) async throws -> Touched {
        let path = path
        return try await write("remove a contact") { database in
            try database.execute(sql: "DELETE FROM contacts WHERE id = ?", arguments: [id])
            guard database.changesCount > 0 else {
                throw StoreError.noRecord("remove a contact", "contact \(id)", path)
            }
            try database.execute(
                sql: """
                    DELETE FROM email_schedules WHERE contact_id = ? AND +status IN ('pre-scheduled', 'skipped')
                    """, arguments: [id])
            try InvalidContactTable.remove(id, database)
            return Touched(contactIDs: [id])
        }
    }
}

extension ContactTable {
    /// Changes a contact by a draft; where nothing changes nothing is written.
    fileprivate func change(
        _ record: ContactRecord, by draft: ContactDraft, path: String
    ) throws -> StoreChange<ContactRecord> {
        let changed = draft.applied(to: record)
        guard changed != record else { return StoreChange(record, touched: .nothing) }
        if changed.externalID != record.externalID {
            try checkExternalID(of: draft, ownedBy: record.id, path: path)
        }
        try replace(changed)
        let isPlanned = changed.planned != record.planned
        var change = StoreChange(changed, touched: isPlanned ? Touched(contactIDs: [record.id]) : .nothing)
        change.fields = changed.columns(differingFrom: record)
        return change
    }

    /// Refuses an external id that another contact has.
    fileprivate func checkExternalID(of draft: ContactDraft, ownedBy id: Int64, path: String) throws {
        guard let key = ContactTable.text(draft.externalID), let owner = try self.id(externalID: key),
            owner != id
        else { return }
        throw StoreError(
            .conflict(field: "external_id"), operation: "change a contact", path: path,
            cause: "contact \(owner) has this external_id")
    }
}

extension ContactRecord {
    /// The columns that rules look at.
    var planned: [String?] { [email, zipCode, state, birthDate, effectiveDate, phoneNumber] }
}
