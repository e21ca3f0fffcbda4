import GRDB
import ScheduleStore

/// Stores rows of an import inside a transaction: each is the contact with its id, else its external id, else
/// its e-mail in any case, else a new one.
struct ContactUpsert {
    private let table: ContactTable
    /// Counts what triggers do not; nil where they do.
    private let counts: ContactCounts?
    /// Names of the import's columns, for the rejects.
    let columns: [String]
    private(set) var outcome = ImportBatchOutcome()

    init(_ database: Database, columns: [String], counts: ContactCounts? = nil) throws {
        table = try ContactTable(database)
        self.columns = columns
        self.counts = counts
    }

    mutating func store(_ row: ImportBatch.Row) throws {
        let draft = row.draft
        if let id = draft.id, !ContactTable.ids.contains(id) {
            reject(row, field: "id", code: "invalid_id", value: String(id))
            return
        }
        let externalID = ContactTable.text(draft.externalID)
        let owner = try externalID.flatMap { try table.id(externalID: $0) }
        if let id = draft.id {
            if let owner, owner != id {
                reject(row, field: "external_id", code: "conflict", value: externalID)
            } else if let record = try table.contact(id: id) {
                try update(record, with: draft)
            } else {
                try insert(draft)
            }
        } else if let owner, let record = try table.contact(id: owner) {
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
        let id = try table.id(email: email, isKeyless: ContactTable.text(draft.externalID) != nil)
        return try id.flatMap { try table.contact(id: $0) }
    }

    private mutating func update(_ record: ContactRecord, with draft: ContactDraft) throws {
        let changed = draft.applied(to: record)
        if changed == record {
            outcome.unchanged += 1
        } else {
            if let counts {
                try counts.change(record, changed) { try table.replace(changed) }
            } else {
                try table.replace(changed)
            }
            outcome.updated += 1
            if changed.planned != record.planned { outcome.touched.contactIDs.append(record.id) }
        }
    }

    private mutating func insert(_ draft: ContactDraft) throws {
        outcome.created += 1
        let id = try table.insert(draft)
        try counts?.add(id)
        outcome.touched.contactIDs.append(id)
    }

    private mutating func reject(_ row: ImportBatch.Row, field: String, code: String, value: String?) {
        let draft = row.draft
        let byName = [
            "id": draft.id.map(String.init), "external_id": draft.externalID, "first_name": draft.firstName,
            "last_name": draft.lastName, "email": draft.email, "zip_code": draft.zipCode,
            "state": draft.state,
            "birth_date": draft.birthDate, "effective_date": draft.effectiveDate,
            "phone_number": draft.phoneNumber,
        ]
        outcome.conflicts.append(
            ImportReject(
                row: row.row, field: field, code: code, value: value,
                columns: columns.map { byName[$0].flatMap { $0 } ?? "" }))
    }
}
