import Foundation
import GRDB
import ScheduleStore
import ScheduleStoreSQLite
import SchedulingCore
import StoreConformance
import Testing

@Suite("A file that another system made is adopted")
struct AdoptionTests {
    let directory: TemporaryDirectory
    let file: String

    init() throws {
        directory = try TemporaryDirectory()
        file = directory.file("seed.sqlite3")
    }

    @Test("columns and tables it lacks are added, and a copy is kept beside it")
    func addsWhatIsMissing() async throws {
        try await Other.execute(SeedSchemas.plain, file: file)
        try await Other.execute(
            """
            INSERT INTO contacts (id, email) VALUES (3, 'a@example.com');
            INSERT INTO suppressions VALUES (3, NULL);
            """, file: file)
        let before = try Data(contentsOf: URL(fileURLWithPath: file))
        let store = try SQLiteOrganizationStore(path: file)
        let contact = try await store.contact(id: 3)
        #expect(contact?.email == "a@example.com")
        _ = try await store.createRun(
            RunRequest(kind: .full, today: CivilDate(dayNumber: 20_000)), now: "now")
        let batch = try readAll(store)
        #expect(batch.suppressions == [Suppression(contactID: 3, channel: .email)])
        try await store.close()

        let copy = directory.file("seed.sqlite3.before-adoption")
        #expect(try Data(contentsOf: URL(fileURLWithPath: copy)).count == before.count)
        #expect(try Other.rows("SELECT * FROM contacts", file: copy).count == 1)
        #expect(try Other.rows("SELECT name FROM sqlite_master WHERE name = 'imports'", file: copy).isEmpty)
        try await SQLiteOrganizationStore(path: file).close()
        #expect(!FileManager.default.fileExists(atPath: copy + "-2"))
    }

    @Test("truth values and numbers are read however they were written")
    func looseValues() async throws {
        try await Other.execute(SeedSchemas.plain, file: file)
        try await Other.execute(
            """
            INSERT INTO campaign_types VALUES ('a', 'true', 'FALSE', '14', 'yes', 'high', 't');
            INSERT INTO campaign_types VALUES ('b', 1, 0, 7.0, NULL, 3, 'no');
            """, file: file)
        let store = try SQLiteOrganizationStore(path: file)
        let types = try store.runFacts().campaignTypes
        #expect(types.map(\.respectsExclusionWindows) == [true, true])
        #expect(types.map(\.enablesFollowups) == [false, false])
        #expect(types.map(\.daysBeforeEvent) == [14, 7])
        #expect(types.map(\.targetsAllContacts) == [true, false])
        #expect(types.map(\.priority) == [10, 3])
        #expect(types.map(\.isActive) == [true, false])
        try await store.close()
    }

    @Test("a new file is not taken for a foreign one")
    func newFile() async throws {
        try await SQLiteOrganizationStore(path: file).close()
        try await SQLiteOrganizationStore(path: file).close()
        #expect(!FileManager.default.fileExists(atPath: file + ".before-adoption"))
    }

    @Test("an earlier copy is never written over")
    func earlierCopy() async throws {
        let copy = file + ".before-adoption"
        try Data("precious".utf8).write(to: URL(fileURLWithPath: copy))
        try await Other.execute(SeedSchemas.plain, file: file)
        try await SQLiteOrganizationStore(path: file).close()
        #expect(try String(contentsOfFile: copy, encoding: .utf8) == "precious")
        #expect(FileManager.default.fileExists(atPath: copy + "-2"))
    }

    @Test("the copy has what still stood in the file's log")
    func copyOfLog() async throws {
        let connection = try DatabasePool(path: file)
        try await connection.write {
            try $0.execute(sql: SeedSchemas.plain + "INSERT INTO contacts (id) VALUES (1)")
        }
        let store = try SQLiteOrganizationStore(path: file)
        #expect(try Other.rows("SELECT * FROM contacts", file: file + ".before-adoption").count == 1)
        try await store.close()
        try connection.close()
    }

    @Test("constraints that would refuse our rows are lifted, and no row is lost")
    func liftsConstraints() async throws {
        try await Other.execute(SeedSchemas.constrained, file: file)
        let store = try SQLiteOrganizationStore(path: file)
        let rows = try await store.schedules(ofContact: 1)
        #expect(rows.map(\.status) == ["sent"])
        #expect(rows.first?.schedulerRunID == nil)

        let catalog = try catalogWithCampaign()
        let plan = plan(1, catalog)
        var other = plan
        other.instanceID = 8
        let writer = try store.makeRunWriter()
        let checkpoint = RunCheckpoint(
            runID: 1, phase: "write", lastContactID: 1, batchNumber: 1, contactsDone: 1)
        let counts = try writer.apply(
            [.insert(plan), .insert(other)], runID: 1, catalog: catalog, now: "now", checkpoint: checkpoint)
        #expect(counts.inserted == 2)
        #expect(try writer.loadCheckpoint(runID: 1) == checkpoint)
        try await store.close()
        #expect(try Other.rows("SELECT * FROM scheduler_checkpoints", file: file).count == 2)
        #expect(try Other.rows("SELECT * FROM everyone", file: file).count == 2)
        #expect(try Other.rows("SELECT * FROM changes", file: file).count == 3, "its triggers still fire")
        #expect(try Other.rows("SELECT note FROM contacts WHERE id = 1", file: file).first?["note"] == "own")
    }

    @Test("ids that are null, no number, or there twice are given anew")
    func tablesWithoutKeys() async throws {
        try await Other.execute(SeedSchemas.keyless, file: file)
        let store = try SQLiteOrganizationStore(path: file)
        let contacts = try await store.contacts(after: nil, limit: 10).items
        #expect(contacts.map(\.id) == [1, 5, 6, 7, 8])
        #expect(contacts.prefix(2).map(\.firstName) == ["Anna", "Bert"])
        #expect(Set(contacts.compactMap(\.firstName)) == ["Anna", "Bert", "Carl", "Dora", "Emil"])
        let next = try await store.insertContact(ContactDraft()).record
        #expect(next.id == 9)
        let catalog = try catalogWithCampaign()
        _ = try store.makeRunWriter().apply(
            [.insert(plan(1, catalog))], runID: 1, catalog: catalog, now: "now",
            checkpoint: RunCheckpoint(runID: 1, phase: "", lastContactID: 1, batchNumber: 1, contactsDone: 1))
        #expect(try readAll(store).rows.map(\.id) == [1])
        try await store.close()
    }

    @Test("of rows with one identity the committed ones stay, else the newest; the others are logged")
    func sharedIdentities() async throws {
        try await Other.execute(SeedSchemas.plain, file: file)
        let rows: [(Int, String, String, Int?)] = [
            (1, "birthday", "pre-scheduled", 2026), (2, "birthday", "skipped", 2026),
            (3, "aep", "pre-scheduled", 2026), (4, "aep", "sent", 2026), (5, "aep", "bounced", 2026),
            (6, "aep", "skipped", 2026),
            (7, "post_window", "pre-scheduled", nil), (8, "post_window", "pre-scheduled", nil),
            (9, "followup_1_cold", "sent", 2026), (10, "followup_1_cold", "sent", 2026),
        ]
        for (id, type, status, year) in rows {
            try await Other.execute(
                """
                INSERT INTO email_schedules (id, contact_id, email_type, status, event_year, event_month, event_day,
                    metadata) VALUES (?, 1, ?, ?, ?, 1, 1, 'it''s')
                """, [id, type, status, year], file: file)
        }
        let committed = """
            SELECT id, status, metadata FROM email_schedules WHERE status IN ('sent', 'bounced') ORDER BY id
            """
        let before = try Other.rows(committed, file: file)
        try await SQLiteOrganizationStore(path: file).close()
        #expect(try Other.rows(committed, file: file) == before)
        let kept = try Other.rows("SELECT id FROM email_schedules ORDER BY id", file: file).map {
            $0["id"] as Int
        }
        #expect(kept == [2, 4, 5, 7, 8, 9, 10])
        let log = try Other.rows(
            """
            SELECT content ->> 'id' AS id, content ->> 'metadata' AS metadata FROM adoption_log
            WHERE table_name = 'email_schedules' ORDER BY 1
            """, file: file)
        #expect(log.map { $0["id"] as Int } == [1, 3, 6])
        #expect(log.allSatisfy { $0["metadata"] == "it's" })
    }

    @Test("a follow-up of another contact's email does not take the place of that email's own")
    func strayFollowup() async throws {
        try await Other.execute(SeedSchemas.plain, file: file)
        try await Other.execute(
            """
            ALTER TABLE email_schedules ADD COLUMN initial_schedule_id INTEGER;
            INSERT INTO email_schedules (id, contact_id, email_type, status, initial_schedule_id) VALUES
                (1, 1, 'birthday', 'sent', NULL), (2, 2, 'followup_1_cold', 'pre-scheduled', 1),
                (3, 1, 'aep', 'sent', NULL), (4, 1, 'followup_1_cold', 'pre-scheduled', 3);
            """, file: file)
        try await SQLiteOrganizationStore(path: file).close()
        let own = """
            INSERT INTO email_schedules (contact_id, email_type, status, initial_schedule_id)
            VALUES (1, 'followup_1_cold', 'pre-scheduled', ?)
            """
        try await Other.execute(own, [1], file: file)
        await #expect(throws: (any Error).self) { try await Other.execute(own, [3], file: file) }
        #expect(try Other.rows("SELECT id FROM email_schedules", file: file).count == 5)
    }

    @Test("a file of a newer version is refused and left alone")
    func newerVersion() async throws {
        try await SQLiteOrganizationStore(path: file).close()
        try await Other.execute("INSERT INTO grdb_migrations VALUES ('organization-999')", file: file)
        let error = #expect(throws: StoreError.self) { try SQLiteOrganizationStore(path: file) }
        #expect(error?.code == .cannotOpen)
        #expect(error?.hint != nil)
    }

    private func readAll(_ store: SQLiteOrganizationStore) throws -> ContactBatch {
        let reader = try store.makeRunReader()
        defer { reader.close() }
        var batch = ContactBatch()
        _ = try reader.readBatch(after: nil, limit: 100, catalog: try catalogWithCampaign(), into: &batch)
        return batch
    }

    private func catalogWithCampaign() throws -> RunCatalog {
        let instances = [7, 8].map { CampaignInstance(id: $0, typeName: "rate_increase") }
        return RunCatalog(
            today: CivilDate(dayNumber: 20_458), policy: SchedulingPolicy(),
            facts: RunCatalog.Facts(totalContacts: 1, instances: instances))
    }

    private func plan(_ contactID: Int64, _ catalog: RunCatalog) -> PlannedEmail {
        let type = catalog.emailType(named: Array("campaign_rate_increase".utf8).span)
        let day = CivilDate(dayNumber: 20_500)
        return PlannedEmail(
            contactID: contactID, type: type, event: .init(day), idealDate: day, date: day, priority: 1,
            instanceID: 7)
    }
}
