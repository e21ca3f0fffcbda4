import Foundation
import Testing

/// The SQL that people know from the seed system works word for word, on a file of ours and on one of theirs.
@Suite struct PlainSQLTests {
    private let database: Database
    private let scratch: Scratch
    private let today = "2025-06-02"

    init() throws {
        scratch = try Scratch()
        database = Database(scratch.path("agency.sqlite3"))
    }

    @Test(arguments: ["ours", "", "--keyless"])
    func `campaigns and targets inserted by it are planned by the next run`(origin: String) throws {
        try make(origin)
        try run()
        try database.sql(
            """
            INSERT INTO contacts (id, email, zip_code, state, birth_date) VALUES
                (9001, 'tx@example.com', '78701', 'TX', '1950-12-10'),
                (9002, 'ny@example.com', '10001', 'NY', '1950-12-10'),
                (9003, 'ca@example.com', '90001', 'CA', '1950-06-20'),
                (9004, 'fl@example.com', '33101', 'FL', '1950-12-10');
            INSERT INTO campaign_types (name, respect_exclusion_windows, enable_followups, days_before_event,
                target_all_contacts, priority, active) VALUES ('plan_change', TRUE, TRUE, 14, FALSE, 1, TRUE);
            INSERT INTO campaign_instances (campaign_type, instance_name, email_template, sms_template,
                active_start_date, active_end_date)
                VALUES ('plan_change', 'Plan change, summer', 'plan_change_v2', 'plan_change_sms', '2025-06-01',
                    '2025-08-31');
            """)
        let instance = try database.sql(
            "SELECT id FROM campaign_instances WHERE campaign_type = 'plan_change'")
        let target = "INTO contact_campaigns (contact_id, campaign_instance_id, trigger_date, status) VALUES"
        try database.sql(
            """
            INSERT \(target) (9001, \(instance), '2025-07-01', 'pending');
            INSERT \(target) (9002, \(instance), '2025-07-01', 'pending');
            INSERT OR REPLACE \(target) (9003, \(instance), '2025-07-01', 'pending');
            INSERT OR IGNORE \(target) (9004, \(instance), '2025-07-01', 'pending');
            INSERT OR REPLACE \(target) (9004, \(instance), '2025-07-01', 'pending');
            """)
        try run()
        let planned = try database.sql(
            """
            SELECT contact_id, scheduled_send_date, status, skip_reason, email_template, priority, event_year
            FROM email_schedules WHERE email_type = 'campaign_plan_change' ORDER BY contact_id
            """)
        #expect(
            planned == """
                9001|2025-06-17|pre-scheduled||plan_change_v2|1|2025
                9002|2025-06-17|skipped|year_round_exclusion|plan_change_v2|1|2025
                9003|2025-06-17|skipped|birthday_window|plan_change_v2|1|2025
                9004|2025-06-17|pre-scheduled||plan_change_v2|1|2025
                """)
        let listed = try database.sql("SELECT * FROM email_schedules WHERE email_type LIKE 'campaign_%'")
        #expect(listed.split(separator: "\n").filter { $0.contains("campaign_plan_change") }.count == 4)
        let statuses = try database.sql(
            """
            SELECT DISTINCT contact_id, status FROM contact_campaigns WHERE campaign_instance_id = \(instance)
            ORDER BY 1
            """)
        #expect(statuses == "9001|scheduled\n9002|skipped\n9003|skipped\n9004|scheduled")

        try database.sql("UPDATE contact_campaigns SET status = 'cancelled' WHERE contact_id = 9001")
        try database.sql("UPDATE campaign_instances SET email_template = 'v3' WHERE id = \(instance)")
        try run()
        let changed = try database.sql(
            """
            SELECT contact_id, email_template FROM email_schedules
            WHERE email_type = 'campaign_plan_change' AND status <> 'skipped'
            """)
        #expect(changed == "9004|v3")
    }

    @Test(arguments: ["ours", "", "--keyless"])
    func `rows are counted by run and by skip reason`(origin: String) throws {
        try make(origin)
        let report = try run()
        let id = try #require(report["id"] as? Int)
        let counts = try #require(report["report"] as? [String: Any])
        let rows = try #require(counts["email_schedules"] as? [[String: Any]])
        let grouped = try groups(
            "SELECT scheduler_run_id, COUNT(*) FROM email_schedules GROUP BY scheduler_run_id")
        let written = try #require(grouped["\(id)"])
        #expect(written >= (counts["inserted"] as? Int ?? .max))
        for literal in ["\(id)", "'\(id)'"] {
            let count = try database.sql(
                "SELECT COUNT(*) FROM email_schedules WHERE scheduler_run_id = \(literal)")
            #expect(count == "\(written)")
        }

        let reasons = try groups(
            "SELECT skip_reason, COUNT(*) FROM email_schedules WHERE status='skipped' GROUP BY skip_reason")
        let skips = rows.filter { $0["status"] as? String == "skipped" }
        #expect(!skips.isEmpty)
        for reason in Set(skips.compactMap { $0["skip_reason"] as? String }) {
            let made = skips.filter { $0["skip_reason"] as? String == reason }
                .reduce(0) { $0 + ($1["count"] as? Int ?? 0) }
            #expect(reasons[reason, default: 0] >= made, "\(reason)")
        }
        if origin == "ours" {
            #expect(grouped == ["1": try #require(counts["inserted"] as? Int)])
            #expect(reasons.values.reduce(0, +) == skips.reduce(0) { $0 + ($1["count"] as? Int ?? 0) })
        } else {
            let old = grouped.filter { $0.key.hasPrefix("run_2025") }
            #expect(old.count == 7)
            for (name, count) in old {
                let same = try database.sql(
                    "SELECT COUNT(*) FROM email_schedules WHERE scheduler_run_id = '\(name)'")
                #expect(same == "\(count)")
            }
        }
    }

    /// Makes the file: one of ours with made-up contacts, or one of the seed system with options.
    private func make(_ origin: String) throws {
        guard origin == "ours" else {
            try Reference.makeSeedDatabase(database.path, today: today, origin)
            return
        }
        let contacts = scratch.path("contacts.csv")
        let made = try Binary.run("generate", "--contacts", "500", "--seed", "6", "--output", contacts)
        guard made.status == 0 else { throw Failure(made.errors) }
        let imported = try Binary.run("import", "--db", database.path, contacts)
        guard imported.status == 0 else { throw Failure(imported.errors) }
    }

    @discardableResult
    private func run() throws -> [String: Any] {
        let run = try Binary.run("run", "--db", database.path, "--today", today, "--json")
        guard run.status == 0 else { throw Failure(run.errors) }
        return try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any] ?? [:]
    }

    /// The answer of a query for a value and a count, by value.
    private func groups(_ query: String) throws -> [String: Int] {
        try database.sql(query).split(separator: "\n").reduce(into: [:]) { groups, line in
            let parts = line.split(separator: "|", omittingEmptySubsequences: false)
            groups[String(parts[0])] = Int(parts[1])
        }
    }
}
