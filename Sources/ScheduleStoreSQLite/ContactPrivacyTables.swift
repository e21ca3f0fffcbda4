import GRDB
public import ScheduleStore
import SchedulingCore

/// The tables that hold something about a contact.
private enum ContactPrivacyTables {
    /// By table, which rows are about contact `?1`.
    static let all: [(name: String, condition: String)] = [
        ("contacts", "id = ?1"), ("email_schedules", "contact_id = ?1"),
        ("contact_campaigns", "contact_id = ?1"), ("suppressions", "contact_id = ?1"),
        ("resubscriptions", "contact_id = ?1"), ("tracking_clicks", "contact_id = ?1"),
        ("contact_events", "contact_id = ?1"),
        ("email_events", "contact_id = ?1 AND schedule_id = 0 OR \(ofRows) AND contact_id = ?1"),
        ("send_reports", ofRows), ("invalid_contacts", "contact_id = ?1"),
    ]

    private static let ofRows =
        "schedule_id IN (SELECT id FROM email_schedules WHERE contact_id = ?1)"

    /// The rows of a table as JSON, with whatever columns it has in this file.
    static func rows(
        _ table: (name: String, condition: String), _ id: Int64, _ database: Database
    ) throws
        -> ContactExport.Table
    {
        let columns = try database.columns(in: table.name).map { column in
            let name = StandingTable.quoted(column.name)
            let key =
                "'"
                + column.name.split(separator: "'", omittingEmptySubsequences: false)
                .joined(separator: "''") + "'"
            return "\(key), iif(typeof(\(name)) = 'blob', hex(\(name)), \(name))"
        }
        let sql = """
            SELECT json_object(\(columns.joined(separator: ", "))) FROM \(table.name) WHERE \(table.condition)
            """
        return ContactExport.Table(
            name: table.name, rows: try String.fetchAll(database, sql: sql, arguments: [id]))
    }
}

extension SQLiteOrganizationStore {
    /// Everything that is stored about a contact; nil where nothing is.
    public func exportContact(id: Int64) async throws -> ContactExport? {
        try await readTogether("export a contact") { database in
            let tables = try ContactPrivacyTables.all.map { try ContactPrivacyTables.rows($0, id, database) }
            if tables.allSatisfy(\.rows.isEmpty) { return nil }
            return ContactExport(contactID: id, tables: tables)
        }
    }

    /// Removes what is personal about a contact.
    public func eraseContact(id: Int64, now: String) async throws -> ContactErasure {
        let path = path
        return try await write("erase a contact") { database in
            try database.execute(sql: "PRAGMA secure_delete = ON")
            defer { try? database.execute(sql: "PRAGMA secure_delete = FAST") }
            var isKnown = false
            for (name, condition) in ContactPrivacyTables.all where !isKnown {
                let sql = "SELECT EXISTS (SELECT 1 FROM \(name) WHERE \(condition))"
                isKnown = try Bool.fetchOne(database, sql: sql, arguments: [id]) ?? false
            }
            guard isKnown else { throw StoreError.noRecord("erase a contact", "contact \(id)", path) }
            let email = try ContactTable.contact(id: id, database)?.email
            var erasure = Eraser(database: database, contactID: id)
            try erasure.eraseRows(now: now)
            if let email, !email.isEmpty { try erasure.erase(email: email) }
            return ContactErasure(contactID: id, rows: erasure.rows)
        }
    }
}

/// Removes rows and counts them.
private struct Eraser {
    let database: Database
    let contactID: Int64
    var rows: [String: Int] = [:]

    mutating func eraseRows(now: String) throws {
        try change(
            "send_reports",
            """
            UPDATE send_reports SET detail = NULL WHERE detail IS NOT NULL
                AND schedule_id IN (SELECT id FROM email_schedules WHERE contact_id = ?)
            """)
        try change("contacts", "DELETE FROM contacts WHERE id = ?")
        try change(
            "email_schedules",
            "DELETE FROM email_schedules WHERE contact_id = ? AND +status IN ('pre-scheduled', 'skipped')")
        // Of campaign rows the event date is part of the identity, and is the campaign's or its target's.
        try change(
            "email_schedules",
            """
            UPDATE email_schedules SET metadata = NULL,
                event_month = iif(campaign_instance_id IS NULL, NULL, event_month),
                event_day = iif(campaign_instance_id IS NULL, NULL, event_day)
            WHERE contact_id = ?
            """)
        for table in [
            "contact_campaigns", "suppressions", "resubscriptions", "tracking_clicks", "contact_events",
            "invalid_contacts",
        ] {
            try change(table, "DELETE FROM \(table) WHERE contact_id = ?")
        }
        // Smoothing counts the contact up to the next full run, and knows no more whom it counts.
        try SmoothingTable.store([SmoothingShare(contactID: contactID, idealDate: nil)], database)
        try database.execute(
            sql: """
                INSERT INTO suppressions (contact_id, channel, reason, source, created_at)
                VALUES (?, 'all', 'erased', 'erasure', ?)
                """, arguments: [contactID, now])
    }

    /// Takes an address out of where it stands without its contact's id.
    mutating func erase(email: String) throws {
        let holds = "instr(lower(%), lower(?1)) > 0"
        func condition(_ columns: [String]) -> String {
            columns.map { holds.split(separator: "%").joined(separator: "ifnull(\($0), '')") }
                .joined(separator: " OR ")
        }
        try database.execute(
            sql: """
                UPDATE import_rejects SET columns = '[]', value = NULL
                WHERE \(condition(["columns", "value"]))
                """, arguments: [email])
        count("import_rejects")
        try database.execute(
            sql: "DELETE FROM parked_events WHERE \(condition(["url", "metadata"]))", arguments: [email])
        count("parked_events")
    }

    private mutating func change(_ table: String, _ sql: String) throws {
        try database.execute(sql: sql, arguments: [contactID])
        count(table)
    }

    private mutating func count(_ table: String) { rows[table, default: 0] += database.changesCount }
}
