import GRDB
public import ScheduleStore

/// The table `invalid_contacts`: of each contact that cannot be planned one row, written only where that changes.
enum InvalidContactTable {
    /// Takes in what a run has found out about some contacts.
    static func store(_ survey: ContactSurvey, runID: Int64, _ database: Database) throws {
        let reasons = Dictionary(
            survey.invalid.map { ($0.contactID, $0.reason) }, uniquingKeysWith: { _, last in last })
        var standing: [Int64: String] = [:]
        switch survey.contacts {
        case .range(let range):
            let rows = try RawStatement(
                "SELECT contact_id, reason FROM invalid_contacts WHERE contact_id BETWEEN ? AND ?", database)
            rows.bind(1, range.lowerBound)
            rows.bind(2, range.upperBound)
            while try rows.step() { standing[rows.integer(0)] = rows.text(1) ?? "" }
        case .ids(let ids):
            let row = try RawStatement("SELECT reason FROM invalid_contacts WHERE contact_id = ?", database)
            for id in ids {
                row.bind(1, id)
                if try row.step() { standing[id] = row.text(0) ?? "" }
                row.reset()
            }
        }
        if standing.isEmpty, reasons.isEmpty { return }
        for id in standing.keys.sorted() where reasons[id] == nil { try remove(id, database) }
        let insertion = try RawStatement(
            "INSERT OR REPLACE INTO invalid_contacts (contact_id, reason, run_id) VALUES (?, ?, ?)", database)
        for (id, reason) in reasons.sorted(by: { $0.key < $1.key }) where standing[id] != reason {
            insertion.bind(1, id)
            insertion.bind(2, reason)
            insertion.bind(3, runID)
            try insertion.run()
        }
    }

    /// Forgets a contact.
    static func remove(_ id: Int64, _ database: Database) throws {
        let removal = try RawStatement("DELETE FROM invalid_contacts WHERE contact_id = ?", database)
        removal.bind(1, id)
        try removal.run()
    }
}

extension SQLiteOrganizationStore {
    /// The contacts that the last run over each could not plan, in order of id, behind a cursor.
    public func invalidContacts(after: Int64?, limit: Int) async throws -> Page<InvalidContact, Int64> {
        try await read("list invalid contacts") { database in
            let rows = try Row.fetchAll(
                database,
                sql: "SELECT * FROM invalid_contacts WHERE contact_id > ? ORDER BY contact_id LIMIT ?",
                arguments: [after ?? .min, limit + 1])
            let contacts = rows.map { row in
                InvalidContact(contactID: row["contact_id"], reason: row["reason"], runID: row["run_id"])
            }
            return Page(reading: contacts, limit: limit) { $0.contactID }
        }
    }
}
