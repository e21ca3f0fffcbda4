import GRDB
public import ScheduleStore

extension SQLiteOrganizationStore {
    /// Adds an entry to the do-not-contact list.
    public func insertSuppression(
        _ draft: SuppressionDraft, now: String
    ) async throws -> StoreChange<SuppressionRecord> {
        let path = path
        return try await write("suppress a contact") { database in
            guard try ContactTable.contact(id: draft.contactID, database) != nil else {
                throw StoreError.dangling(
                    "suppress a contact", "contact_id", "contact \(draft.contactID)", path)
            }
            try database.execute(
                sql: """
                    INSERT INTO suppressions (contact_id, channel, reason, source, created_at)
                    VALUES (?, ?, ?, ?, ?)
                    """,
                arguments: [draft.contactID, draft.channel.rawValue, draft.reason, draft.source, now])
            var record = SuppressionRecord(
                id: database.lastInsertedRowID, contactID: draft.contactID, channel: draft.channel.rawValue)
            record.reason = draft.reason
            record.source = draft.source
            record.createdAt = now
            return StoreChange(record, isNew: true, touched: Touched(contactIDs: [draft.contactID]))
        }
    }

    /// Entries of the do-not-contact list in order of id, behind a cursor.
    public func suppressions(
        contactID: Int64?, after: Int64?, limit: Int
    ) async throws -> Page<SuppressionRecord, Int64> {
        try await read("list suppressions") { database in
            var query = KeysetQuery(
                select: "id, contact_id, channel, reason, source, created_at", from: "suppressions")
            query.add("contact_id = ?", contactID)
            return try query.page(after: after, limit: limit, database) { rows in
                var record = SuppressionRecord(
                    id: rows.integer(0), contactID: rows.integer(1), channel: rows.text(2))
                record.reason = rows.text(3)
                record.source = rows.text(4)
                record.createdAt = rows.text(5)
                return record
            } key: {
                $0.id
            }
        }
    }

    /// Takes an entry off the do-not-contact list.
    public func deleteSuppression(id: Int64) async throws -> Touched {
        let path = path
        return try await write("remove a suppression") { database in
            let contactID = try Int64.fetchOne(
                database,
                sql: """
                    DELETE FROM suppressions WHERE id = ?
                    RETURNING CASE typeof(contact_id) WHEN 'integer' THEN contact_id ELSE 0 END
                    """, arguments: [id])
            guard let contactID else {
                throw StoreError.noRecord("remove a suppression", "suppression \(id)", path)
            }
            // A row of another program may name nobody.
            return Touched(contactIDs: contactID > 0 ? [contactID] : [])
        }
    }
}
