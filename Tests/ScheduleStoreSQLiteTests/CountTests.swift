import GRDB
import ScheduleStore
import ScheduleStoreSQLite
import SchedulingCore
import SeededRandomness
import StoreConformance
import Testing

@Suite("Numbers are kept up to date")
struct CountTests {
    let directory: TemporaryDirectory
    let file: String

    init() throws {
        directory = try TemporaryDirectory()
        file = directory.file("a.sqlite3")
    }

    @Test("by whatever statements another program writes", arguments: [1, 2, 3, 4])
    func plainSQL(seed: UInt64) async throws {
        try await SQLiteOrganizationStore(path: file).close()
        var script = RandomSQL(seed: seed)
        for round in 1...20 {
            let statements = (0..<25).map { _ in script.next() }
            try await Other.perform(statements, recursively: script.isRecursive, file: file)
            let isExact = try StoredCounts.areExact(file)
            try #require(isExact, "seed \(seed), round \(round): \(statements)")
        }
        #expect(try StoredCounts.states(file).count > 2)
        #expect(try Other.count("email_events", file: file) > 20)
    }

    @Test("from what an older version has left")
    func migration() async throws {
        try await SQLiteOrganizationStore(path: file).close()
        var script = RandomSQL(seed: 5)
        try await Other.perform((0..<400).map { _ in script.next() }, recursively: false, file: file)
        try await Other.forgetCounts(file: file)
        try await SQLiteOrganizationStore(path: file).close()
        try StoredCounts.expectExact(file)
        #expect(try StoredCounts.states(file).count > 2)
    }

    @Test("by a run that writes many rows without triggers", arguments: [false, true])
    func bulk(contactsMove: Bool) async throws {
        let store = try SQLiteOrganizationStore(path: file)
        defer { withExtendedLifetime(store) {} }
        let plan = BulkPlan(store: store)
        try await plan.insertContacts(900)
        let run = try await store.startRun()
        let writer = try store.makeRunWriter()
        try writer.begin(run, contactsDone: 0, contactsTotal: 900)
        if contactsMove {
            try await Other.execute(
                "UPDATE contacts SET state = 'NV', zip_code = '89101' WHERE id % 3 = 0", file: file)
        }
        try plan.write(try plan.insertions(), writer, run.id)
        try StoredCounts.expectExact(file)
        #expect(try Other.count("email_schedules", file: file) == 2700)

        try await Other.execute(
            """
            UPDATE email_schedules SET status = 'sent' WHERE id % 7 = 0;
            UPDATE contacts SET zip_code = '10001' WHERE id % 5 = 0;
            """, file: file)
        try plan.write(try plan.changes(), writer, run.id)
        try StoredCounts.expectExact(file)
        #expect(try Other.rows("SELECT 1 FROM state_counts WHERE skip_reason <> ''", file: file).count > 1)

        // The triggers are back.
        try await Other.execute("DELETE FROM email_schedules WHERE id % 11 = 0", file: file)
        _ = try await store.deleteContact(id: 17)
        try StoredCounts.expectExact(file)
    }

    @Test("also where a run's batch fails, and where a file has triggers of its own")
    func failuresAndForeignTriggers() async throws {
        let store = try SQLiteOrganizationStore(path: file)
        let plan = BulkPlan(store: store)
        try await plan.insertContacts(600)
        let run = try await store.startRun()
        let writer = try store.makeRunWriter()
        var changes = try plan.insertions()
        changes.append(changes[0])
        #expect(throws: StoreError.self) { try plan.write(changes, writer, run.id) }
        #expect(try Other.count("email_schedules", file: file) == 0)
        _ = try await store.insertContact(ContactDraft(id: 10_000))
        try StoredCounts.expectExact(file)

        try await Other.execute(
            """
            CREATE TABLE heard (id INTEGER);
            CREATE TRIGGER theirs AFTER INSERT ON email_schedules BEGIN INSERT INTO heard VALUES (NEW.id); END;
            """, file: file)
        changes.removeLast()
        try plan.write(changes, writer, run.id)
        #expect(try Other.count("heard", file: file) == 1800)
        try StoredCounts.expectExact(file)
        try await store.close()
    }

    @Test("by imports, deletions and everything that becomes of an email")
    func verbs() async throws {
        let store = try SQLiteOrganizationStore(path: file)
        let plan = BulkPlan(store: store)
        try await plan.insertContacts(40)
        let run = try await store.startRun()
        try plan.write(try plan.insertions(), try store.makeRunWriter(), run.id)
        _ = try await store.finishRun(run, .completed(report: "{}"), now: plan.now)
        try StoredCounts.expectExact(file)
        let list = try await store.createImport(columns: ["id", "state"], now: plan.now)
        // Once with triggers and once without, contacts that have emails and new ones.
        for (state, count) in [("CA", 60), ("NY", 700), ("NV", 700)] {
            var batch = ImportBatch()
            batch.rows = (1...count).map { id in
                var draft = ContactDraft(id: Int64(id), given: [.state, .zipCode])
                draft.state = state
                draft.zipCode = id % 2 == 0 ? "90001" : nil
                return ImportBatch.Row(row: id, draft: draft)
            }
            _ = try await store.importBatch(batch, importID: list.id)
            try StoredCounts.expectExact(file)
        }
        _ = try await store.insertSuppression(SuppressionDraft(contactID: 3), now: plan.now)
        _ = try await store.deleteContact(id: 4)
        let events = (1...60).flatMap { row in
            [DeliveryEventKind.accepted, .delivered, .opened, .opened, .bounced, .unsubscribed].enumerated()
                .map {
                    number, kind in
                    var event = DeliveryEvent(
                        key: [UInt8(row), UInt8(number)], kind: kind, name: kind.rawValue,
                        subject: .schedule(Int64(row)), source: "test", at: Int64(number))
                    if kind == .unsubscribed { event.suppression = .unsubscribed }
                    return event
                }.filter { ($0.key[1]) <= row % 6 }
        }
        _ = try await store.recordEvents(events + events, now: plan.now)
        try StoredCounts.expectExact(file)
        let opened = try Other.rows("SELECT sum(opened) AS n FROM campaign_counts", file: file)
        #expect((opened.first?["n"] ?? 0) > 5)
        try await store.close()
    }

    @Test("by events of every kind, few at a time with triggers and many without", arguments: [1, 2, 3])
    func events(seed: UInt64) async throws {
        let store = try SQLiteOrganizationStore(path: file)
        let plan = BulkPlan(store: store)
        try await plan.insertContacts(60)
        let run = try await store.startRun()
        try plan.write(try plan.insertions(), try store.makeRunWriter(), run.id)
        var random = SeededGenerator(seed: seed)
        for count in [30, 400, 30, 400, 400] {
            let events = (0..<count).map { _ in
                let kind = random.pick(DeliveryEventKind.allCases)
                var event = DeliveryEvent(
                    key: [UInt8(random.number(0...255)), UInt8(random.number(0...1))], kind: kind,
                    name: kind.rawValue, subject: .schedule(Int64(random.number(1...185))), source: "test",
                    at: Int64(random.number(0...1000)))
                if random.chance(0.1) { event.subject = .contact(Int64(random.number(1...60))) }
                if random.chance(0.1) { event.suppression = random.pick(Self.causes) }
                return event
            }
            _ = try await store.recordEvents(events, now: plan.now)
            let isExact = try StoredCounts.areExact(file)
            try #require(isExact, "seed \(seed), \(count) events")
            // What was taken back is suppressed anew, and rows that another program plans again are skipped.
            try await Other.execute(
                """
                UPDATE email_schedules SET status = 'pre-scheduled' WHERE id % 7 = 0 AND status = 'skipped';
                DELETE FROM suppressions WHERE id % 3 = 0;
                """, file: file)
        }
        #expect(try Other.rows("SELECT 1 FROM campaign_counts WHERE unsubscribed > 0", file: file).count == 1)
        // The triggers are back.
        try await Other.execute("DELETE FROM email_schedules WHERE id % 11 = 0", file: file)
        _ = try await store.deleteContact(id: 17)
        try StoredCounts.expectExact(file)
        try await store.close()
    }

    private static let causes = DeliveryEvent.SuppressionCause.allCases

    @Test("and counted anew where a program has replaced rows that no trigger saw go")
    func recounting() async throws {
        try await SQLiteOrganizationStore(path: file).close()
        var script = RandomSQL(seed: 3)
        try await Other.perform((0..<300).map { _ in script.next() }, recursively: false, file: file)
        #expect(try await StoreFiles.checkCounts(file, mending: false).isEmpty)
        try await Other.perform(
            [
                "INSERT INTO contacts (id, state) VALUES (901, 'CA'), (902, 'NV')",
                """
                INSERT INTO email_schedules (id, contact_id, email_type, status, campaign_instance_id)
                VALUES (801, 901, 'a', 'sent', 5), (802, 901, 'b', 'sent', 5), (803, 902, 'c', 'sent', 5)
                """,
                "INSERT INTO suppressions (id, contact_id) VALUES (701, 901), (702, 902)",
                """
                INSERT INTO scheduler_runs (id, kind, today, state, created_at)
                VALUES (601, 'full', '2026-01-01', 'queued', ''), (602, 'full', '2026-01-01', 'failed', '')
                """,
                "UPDATE OR REPLACE email_schedules SET id = 802 WHERE id = 803",
                "UPDATE OR REPLACE suppressions SET id = 701 WHERE id = 702",
                "UPDATE OR REPLACE scheduler_runs SET id = 601 WHERE id = 602",
            ], recursively: false, file: file)
        let all = ["campaign_counts", "contact_counts", "run_counts", "schedule_counts", "state_counts"]
        for mending in [false, true] {
            let tables = try await StoreFiles.checkCounts(file, mending: mending)
            #expect(tables.sorted() == all)
        }
        #expect(try await StoreFiles.checkCounts(file, mending: false).isEmpty)
        try StoredCounts.expectExact(file)
    }

    @Test("and know the ZIP codes that the product knows")
    func zipStates() async throws {
        try await SQLiteOrganizationStore(path: file).close()
        let rows = try Other.rows("SELECT * FROM zip_states ORDER BY first_zip", file: file)
        let kept = rows.map { "\($0["first_zip"] as Int)-\($0["last_zip"] as Int) \($0["state"] as String)" }
        let known = ZIPTable.bundled.stateRanges
        #expect(kept == known.map { "\($0.zips.lowerBound)-\($0.zips.upperBound) \($0.state)" })
    }
}
