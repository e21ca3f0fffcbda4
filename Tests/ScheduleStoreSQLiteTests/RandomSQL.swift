import GRDB
import SeededRandomness

/// Statements as another program may write them, from a seed: some replace rows, some come to nothing.
struct RandomSQL {
    private var generator: SeededGenerator
    /// Whether the program has set `recursive_triggers`.
    let isRecursive: Bool

    init(seed: UInt64) {
        generator = SeededGenerator(seed: seed)
        isRecursive = seed % 2 == 0
    }

    mutating func next() -> String {
        switch generator.number(0...99) {
        case 0...19: contact()
        case 20...29: contactChange()
        case 30...54: email()
        case 55...69: emailChange()
        case 70...86: event()
        case 87...90: eventChange()
        case 91...96: suppression()
        default: run()
        }
    }

    private mutating func id() -> Int { generator.number(1...12) }

    private mutating func value(_ values: [String?]) -> String {
        generator.pick(values).map { "'\($0)'" } ?? "NULL"
    }

    private mutating func insertion() -> String {
        generator.pick(["INSERT", "INSERT OR REPLACE", "INSERT OR REPLACE", "INSERT OR IGNORE"])
    }

    private mutating func state() -> String { value([nil, "", "CA", " ca ", "Nevada", "XX", "ny", "MO"]) }

    private mutating func zip() -> String {
        value([nil, "", "90001", " 89101-1234", "00000", "1000", "89101-12", "63101"])
    }

    private mutating func contact() -> String {
        let id = generator.chance(0.8) ? "\(id())" : "NULL"
        let tail =
            generator.chance(0.2) ? " ON CONFLICT (id) DO UPDATE SET state = excluded.state" : ""
        let verb = tail.isEmpty ? insertion() : "INSERT"
        return """
            \(verb) INTO contacts (id, external_id, state, zip_code)
            VALUES (\(id), \(value([nil, nil, "a", "b", "c"])), \(state()), \(zip()))\(tail)
            """
    }

    private mutating func contactChange() -> String {
        switch generator.number(0...3) {
        case 0: "DELETE FROM contacts WHERE id = \(id())"
        case 1: "UPDATE contacts SET id = \(id()) + 3 WHERE id = \(id())"
        case 2: "UPDATE contacts SET state = \(state()) WHERE id < \(id())"
        default: "UPDATE contacts SET zip_code = \(zip()), first_name = 'x' WHERE id = \(id())"
        }
    }

    private mutating func status() -> String {
        value([
            "pre-scheduled", "skipped", "skipped", "skipped", "sent", "delivered", "bounced", "cancelled",
            "queued",
        ])
    }

    private mutating func reason() -> String {
        value([nil, "birthday_window", "year_round_exclusion", "age_76_plus", "frequency_limit"])
    }

    private mutating func email() -> String {
        let rowID = generator.chance(0.3) ? "\(id())" : "NULL"
        let instance = generator.pick(["NULL", "1", "2"])
        let initial = generator.chance(0.2) ? "\(id())" : "NULL"
        return """
            \(insertion()) INTO email_schedules (id, contact_id, email_type, status, skip_reason, scheduled_send_date,
                campaign_instance_id, event_year, event_month, event_day, initial_schedule_id)
            VALUES (\(rowID), \(id()), \(value(["birthday", "aep", "followup_1_cold"])), \(status()), \(reason()),
                \(value([nil, "2026-02-01", "2026-02-02"])), \(instance), 2026, \(generator.number(1...2)), 1,
                \(initial))
            """
    }

    private mutating func emailChange() -> String {
        let condition = generator.chance(0.7) ? "id = \(id())" : "contact_id = \(id())"
        return switch generator.number(0...5) {
        case 0: "DELETE FROM email_schedules WHERE \(condition)"
        case 1:
            "UPDATE email_schedules SET status = \(status()), skip_reason = \(reason()) WHERE \(condition)"
        case 2:
            "UPDATE email_schedules SET actual_send_datetime = \(value([nil, "2026-02-01"])) WHERE \(condition)"
        case 3:
            "UPDATE OR IGNORE email_schedules SET campaign_instance_id = \(generator.pick(["NULL", "1", "3"])) "
                + "WHERE \(condition)"
        case 4: "UPDATE OR IGNORE email_schedules SET contact_id = \(id()) WHERE \(condition)"
        default:
            "UPDATE OR IGNORE email_schedules SET email_type = 'aep', scheduled_send_date = '2026-03-03', "
                + "status = \(status()) WHERE \(condition)"
        }
    }

    private mutating func event() -> String {
        let kind = value([
            "accepted", "deferred", "delivered", "opened", "clicked", "bounced", "unsubscribed",
            "group_unsubscribed",
        ])
        return """
            INSERT OR IGNORE INTO email_events (schedule_id, event_key, contact_id, event, at)
            VALUES (\(generator.number(0...12)), x'\(generator.number(10...29))', 1, \(kind), 0)
            """
    }

    private mutating func eventChange() -> String {
        switch generator.number(0...2) {
        case 0: "DELETE FROM email_events WHERE schedule_id = \(id())"
        case 1: "UPDATE email_events SET event = 'opened' WHERE schedule_id = \(id())"
        default: "UPDATE email_events SET schedule_id = \(id()) WHERE schedule_id = \(id())"
        }
    }

    private mutating func suppression() -> String {
        switch generator.number(0...3) {
        case 0: "DELETE FROM suppressions WHERE contact_id = \(id())"
        case 1: "UPDATE suppressions SET contact_id = \(id()) WHERE contact_id = \(id())"
        default: "INSERT INTO suppressions (contact_id) VALUES (\(id()))"
        }
    }

    private mutating func run() -> String {
        switch generator.number(0...2) {
        case 0: "UPDATE scheduler_runs SET state = 'cancelled' WHERE id = \(id())"
        case 1: "DELETE FROM scheduler_runs WHERE id = \(id())"
        default:
            "INSERT INTO scheduler_runs (kind, today, state, created_at) VALUES ('full', '2026-01-01', 'queued', '')"
        }
    }
}

extension Other {
    /// Executes statements, each by itself; those that break a constraint change nothing.
    static func perform(_ statements: [String], recursively: Bool, file: String) async throws {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        let connection = try DatabaseQueue(path: file, configuration: configuration)
        defer { try? connection.close() }
        try await connection.writeWithoutTransaction { database in
            try database.execute(sql: "PRAGMA recursive_triggers = \(recursively ? "ON" : "OFF")")
            for statement in statements {
                do {
                    try database.execute(sql: statement)
                } catch let error as DatabaseError where error.resultCode == .SQLITE_CONSTRAINT {
                    // Refused whole.
                }
            }
        }
    }

    /// Makes a file as it was before numbers were kept.
    static func forgetCounts(file: String) async throws {
        let objects = try rows(
            """
            SELECT upper(type) AS type, name FROM sqlite_master
            WHERE type = 'trigger' OR type = 'view' OR name IN ('zip_states', 'replaced_contacts', 'replaced_emails')
                OR type = 'table' AND name LIKE '%\\_counts' ESCAPE '\\' AND name <> 'run_day_counts'
            ORDER BY type = 'table', type = 'view'
            """, file: file)
        let drops = objects.map { "DROP \($0["type"] as String) \($0["name"] as String)" }
        try await execute(
            drops.joined(separator: ";\n")
                + "; DELETE FROM grdb_migrations WHERE identifier = 'organization-5'", file: file)
    }
}
