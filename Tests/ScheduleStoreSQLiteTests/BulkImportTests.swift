import GRDB
import ScheduleStore
import ScheduleStoreSQLite
import Testing

/// Many new contacts at once, which are added together and counted without triggers.
@Suite("An import of many new contacts")
struct BulkImportTests {
    let directory: TemporaryDirectory
    let file: String

    init() throws {
        directory = try TemporaryDirectory()
        file = directory.file("bulk.sqlite3")
    }

    @Test(
        "new contacts are all stored and counted, in one batch and over several",
        arguments: [999, 1_000, 5_000])
    func adds(count: Int) async throws {
        let outcome = try await importing([Array(1...count), Array((count + 1)...(2 * count))])
        #expect(outcome.map(\.created) == [count, count])
        let rows = try Other.rows("SELECT id, email, state FROM contacts ORDER BY id", file: file)
        let stored = rows.map { row in
            "\(row["id"] as Int) \(row["email"] as String) \(row["state"] as String)"
        }
        #expect(stored == (1...(2 * count)).map { "\($0) c\($0)@example.com TX" })
        try StoredCounts.expectExact(file)
    }

    @Test("a contact whose emails were there before it counts for its state")
    func countsOrphans() async throws {
        _ = try await importing([[1]])
        try await Other.execute(
            """
            INSERT INTO email_schedules (contact_id, email_type, status, skip_reason, scheduled_send_date, event_year)
            VALUES (1500, 'birthday', 'skipped', 'birthday_window', '2026-02-03', 2026)
            """, file: file)
        _ = try await importing([Array(2...3_000)])
        try StoredCounts.expectExact(file)
    }

    @Test("rows of one batch that mean the same contact are one contact")
    func findsEarlierRows() async throws {
        let ids = Array(1...1_500) + [1_500, 7] + Array(1_501...3_000) + [2_999]
        let outcome = try await importing([ids])
        #expect(outcome[0].created == 3_000)
        #expect(outcome[0].unchanged == 3)
        try StoredCounts.expectExact(file)
    }

    /// Stores contacts, one batch for each array of ids.
    private func importing(_ batches: [[Int]]) async throws -> [ImportBatchOutcome] {
        let store = try SQLiteOrganizationStore(path: file)
        let record = try await store.createImport(
            columns: ["id", "email", "state"], now: "2026-01-05 12:00:00")
        var outcomes: [ImportBatchOutcome] = []
        for ids in batches {
            var batch = ImportBatch()
            batch.rows = ids.enumerated().map { position, id in
                var draft = ContactDraft(id: Int64(id), given: [.email, .state])
                draft.email = "c\(id)@example.com"
                draft.state = "TX"
                return ImportBatch.Row(row: position + 1, draft: draft)
            }
            outcomes.append(try await store.importBatch(batch, importID: record.id))
        }
        try await store.close()
        return outcomes
    }
}
