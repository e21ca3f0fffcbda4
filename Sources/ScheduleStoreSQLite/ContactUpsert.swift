import GRDB
import ScheduleStore

/// Stores rows of an import inside a transaction: each is the contact with its id, else its external id, else
/// its e-mail in any case, else a new one.
struct ContactUpsert {
    let database: Database
    /// Names of the import's columns, for the rejects.
    let columns: [String]
    private(set) var outcome = ImportBatchOutcome()

    init(_ database: Database, columns: [String]) {
        self.database = database
        self.columns = columns
    }

    mutating func store(_ row: ImportBatch.Row) throws {
        let draft = row.draft
        if let id = draft.id, !ContactTable.ids.contains(id) {
            reject(row, field: "id", code: "invalid_id", value: String(id))
            return
        }
        let externalID = ContactTable.text(draft.externalID)
        let owner = try externalID.flatMap { try ContactTable.id(externalID: $0, database) }
        if let id = draft.id {
            if let owner, owner != id {
                reject(row, field: "external_id", code: "conflict", value: externalID)
            } else if let record = try ContactTable.contact(id: id, database) {
                try update(record, with: draft)
            } else {
                try insert(draft)
            }
        } else if let owner, let record = try ContactTable.contact(id: owner, database) {
            try update(record, with: draft)
        } else if let record = try contactWithEmail(of: draft) {
            try update(record, with: draft)
        } else {
            try insert(draft)
        }
    }

    /// The contact with the draft's e-mail. One with an external id of its own is somebody else where the
    /// draft gives another.
    private func contactWithEmail(of draft: ContactDraft) throws -> ContactRecord? {
        guard let email = ContactTable.text(draft.email) else { return nil }
        let id = try ContactTable.id(
            email: email, isKeyless: ContactTable.text(draft.externalID) != nil, database)
        return try id.flatMap { try ContactTable.contact(id: $0, database) }
    }

    private mutating func update(_ record: ContactRecord, with draft: ContactDraft) throws {
        let changed = draft.applied(to: record)
        if changed == record {
            outcome.unchanged += 1
        } else {
            try ContactTable.update(changed, database)
            outcome.updated += 1
            outcome.changedContactIDs.append(record.id)
        }
    }

    private mutating func insert(_ draft: ContactDraft) throws {
        outcome.created += 1
        outcome.changedContactIDs.append(try ContactTable.insert(draft, database))
    }

    private mutating func reject(_ row: ImportBatch.Row, field: String, code: String, value: String?) {
        let draft = row.draft
        var byName = Dictionary(
            uniqueKeysWithValues: zip(
                [
                    "external_id", "first_name", "last_name", "email", "zip_code", "state", "birth_date",
                    "effective_date", "phone_number",
                ], draft.values))
        byName["id"] = draft.id.map(String.init)
        outcome.conflicts.append(
            ImportReject(
                row: row.row, field: field, code: code, value: value,
                columns: columns.map { byName[$0].flatMap { $0 } ?? "" }))
    }
}
