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
    /// Contacts with an id above every id there is: nobody can be meant but themselves, and they are added together.
    private var pending: [ContactDraft] = []
    private var highestID: Int64

    init(_ database: Database, columns: [String], counts: ContactCounts? = nil) throws {
        table = try ContactTable(database)
        self.columns = columns
        self.counts = counts
        highestID = try table.highestID()
    }

    /// Stores the rows in their order.
    mutating func store(_ rows: [ImportBatch.Row]) throws {
        for row in rows { try store(row) }
        try storePending()
    }

    private mutating func storePending() throws {
        if pending.isEmpty { return }
        try table.insert(pending)
        for draft in pending { if let id = draft.id { try counts?.add(id) } }
        pending.removeAll(keepingCapacity: true)
    }

    private mutating func store(_ row: ImportBatch.Row) throws {
        let draft = row.draft
        if let id = draft.id, id > highestID, ContactTable.ids.contains(id),
            ContactTable.text(draft.externalID) == nil
        {
            highestID = id
            outcome.created += 1
            outcome.touched.contactIDs.append(id)
            pending.append(draft)
            return
        }
        try storePending()
        if let id = draft.id, !ContactTable.ids.contains(id) {
            reject(row, field: "id", code: "invalid_id", value: String(id))
            return
        }
        let externalID = ContactTable.text(draft.externalID)
        let owner = try externalID.flatMap { try table.id(externalID: $0) }
        if let id = draft.id {
            if let owner, owner != id {
                reject(row, field: "external_id", code: "conflict", value: externalID)
            } else if try table.holds(draft, id: id) {
                outcome.unchanged += 1
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
        let id = try table.insert(draft)
        highestID = max(highestID, id)
        outcome.created += 1
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
