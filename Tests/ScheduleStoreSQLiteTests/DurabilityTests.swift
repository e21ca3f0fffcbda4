import Foundation
import GRDB
import ScheduleStore
import ScheduleStoreSQLite
import SchedulingCore
import StoreConformance
import Testing

@Suite("What was stored survives")
struct DurabilityTests {
    let directory: TemporaryDirectory
    let catalog = RunCatalog(
        today: CivilDate(dayNumber: 20_458), policy: SchedulingPolicy(),
        facts: RunCatalog.Facts(totalContacts: 1))

    init() throws { directory = try TemporaryDirectory() }

    @Test("at any moment between batches the files hold exactly the batches of the checkpoint")
    func crashBetweenBatches() async throws {
        var options = StoreOptions()
        options.checkpointAfter_pages = 8
        let store = try SQLiteOrganizationStore(path: directory.file("a.sqlite3"), options: options)
        let writer = try store.makeRunWriter()
        for batch in 1...20 {
            let changes = (1...50).map { RowChange.insert(plan(Int64(batch * 50 + $0))) }
            _ = try writer.apply(
                changes, runID: 1, catalog: catalog, now: "now",
                checkpoint: RunCheckpoint(
                    runID: 1, phase: "write", lastContactID: Int64(batch), batchNumber: batch,
                    contactsDone: Int64(batch)))
            // What a process that is killed now leaves behind.
            for suffix in ["", "-wal"] {
                let data = try Data(contentsOf: URL(fileURLWithPath: directory.file("a.sqlite3\(suffix)")))
                try data.write(to: URL(fileURLWithPath: directory.file("left\(batch).sqlite3\(suffix)")))
            }
            let left = try SQLiteOrganizationStore(path: directory.file("left\(batch).sqlite3"))
            #expect(try left.makeRunWriter().loadCheckpoint(runID: 1)?.batchNumber == batch)
            let rows = try await left.schedules(ScheduleFilter(), after: nil, limit: 5000).items.count
            #expect(rows == batch * 50)
            try await left.close()
            let check = try Other.rows("PRAGMA integrity_check", file: directory.file("left\(batch).sqlite3"))
            #expect(check.first?[0] == "ok")
        }
        try await store.close()
    }

    @Test("a file that was closed is one file, with everything in it")
    func closedFile() async throws {
        let store = try SQLiteOrganizationStore(path: directory.file("a.sqlite3"))
        var draft = ContactDraft()
        draft.email = "a@example.com"
        _ = try await store.insertContact(draft)
        // Readers stay open in the store's pool.
        #expect(try await store.countContacts() == 1)
        try await store.close()
        #expect(try directory.names() == ["a.sqlite3"])
        #expect(try Other.rows("SELECT email FROM contacts", file: directory.file("a.sqlite3")).count == 1)
    }

    @Test("the log does not grow without bound while a run writes and reads")
    func boundedLog() async throws {
        var options = StoreOptions()
        options.checkpointAfter_pages = 256
        options.rowsPerTransaction = 500
        let file = directory.file("a.sqlite3")
        let store = try SQLiteOrganizationStore(path: file, options: options)
        for id in 1...10 { _ = try await store.insertContact(ContactDraft(id: Int64(id))) }
        let writer = try store.makeRunWriter()
        let reader = try store.makeRunReader()
        var batch = ContactBatch()
        var largest = 0
        for number in 1...40 {
            _ = try reader.readBatch(after: nil, limit: 5, catalog: catalog, into: &batch)
            let changes = (1...1000).map { RowChange.insert(plan(Int64(number * 1000 + $0))) }
            _ = try writer.apply(
                changes, runID: 1, catalog: catalog, now: "now",
                checkpoint: RunCheckpoint(
                    runID: 1, phase: "write", lastContactID: 1, batchNumber: number, contactsDone: 1))
            let size = try FileManager.default.attributesOfItem(atPath: file + "-wal")[.size] as? Int
            largest = max(largest, size ?? 0)
        }
        reader.close()
        #expect(largest < 4 * 256 * 4096 + 2_000_000, "the log grew to \(largest) bytes")
        try await store.close()
        #expect(!store.waiting.areThere, "whoever keeps the log short has waited and does not any more")
    }

    @Test("the library writes by way of the call that has the disk begin early")
    func steadyWriting() {
        #expect(SteadyWriting.isOn)
    }

    @Test(
        "a large batch is parted while a verb waits, and is one transaction while none does",
        arguments: [true, false])
    func letsVerbsIn(aVerbWaits: Bool) async throws {
        let store = try SQLiteOrganizationStore(path: directory.file("a.sqlite3"))
        let writer = try store.makeRunWriter()
        let parts = (0..<20).map { number in
            ChangePart(
                changes: (1...1000).map { .insert(plan(Int64(number * 1000 + $0))) },
                checkpoint: RunCheckpoint(
                    runID: 1, phase: "write", lastContactID: 1, batchNumber: number, contactsDone: 1))
        }
        let (catalog, path) = (catalog, store.path)
        if aVerbWaits { store.waiting.enter() }
        // Watching and writing have threads of their own: other tests may hold all that tasks run on.
        let watching = onThread {
            var seen: Set<Int> = []
            while !seen.contains(20_000) { seen.insert(try Other.count("email_schedules", file: path)) }
            return seen.subtracting([0, 20_000])
        }
        let writing = onThread {
            try writer.apply(parts[...], runID: 1, catalog: catalog, now: "now")
        }
        #expect(try await writing.value.inserted == 20_000)
        #expect(try await watching.value.isEmpty != aVerbWaits)
        if aVerbWaits { store.waiting.leave() }
        try await store.close()
    }

    private func onThread<Value: Sendable>(
        _ work: @escaping @Sendable () throws -> Value
    ) -> Task<Value, any Error> {
        Task {
            try await withCheckedThrowingContinuation { continuation in
                Thread { continuation.resume(with: Result { try work() }) }.start()
            }
        }
    }

    @Test("a run's reading in order of contacts is served by the identity's index")
    func queryPlan() async throws {
        let file = directory.file("a.sqlite3")
        try await SQLiteOrganizationStore(path: file).close()
        let plan = try Other.rows(
            """
            EXPLAIN QUERY PLAN SELECT * FROM email_schedules
            WHERE contact_id >= 1 AND contact_id <= 9 ORDER BY contact_id
            """, file: file)
        #expect(
            plan.map { $0["detail"] as String } == [
                "SEARCH email_schedules USING INDEX email_schedules_identity (contact_id>? AND contact_id<?)"
            ])
    }

    @Test("the schema's states are those of the code")
    func states() async throws {
        let file = directory.file("a.sqlite3")
        try await SQLiteOrganizationStore(path: file).close()
        let definition = try #require(
            try Other.rows("SELECT sql FROM sqlite_master WHERE name = 'scheduler_runs'", file: file).first)
        let states = RunRecord.State.allCases.map { "'\($0.rawValue)'" }.joined(separator: ", ")
        let kinds = RunRecord.Kind.allCases.map { "'\($0.rawValue)'" }.joined(separator: ", ")
        #expect((definition["sql"] as String).contains("state IN (\(states))"))
        #expect((definition["sql"] as String).contains("kind IN (\(kinds))"))
    }

    @Test("an organisation's file goes with it")
    func removal() async throws {
        let stores = SQLiteOrganizationStores(directory: directory.path)
        let store = try await stores.store(ofOrganization: "acme")
        _ = try await store.insertContact(ContactDraft())
        let same = try await stores.store(ofOrganization: "acme")
        let count = try await same.countContacts()
        #expect(count == 1)
        try await stores.removeStore(ofOrganization: "acme")
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path).isEmpty)
        let empty = try await stores.store(ofOrganization: "acme").countContacts()
        #expect(empty == 0)
        try await stores.close()
    }

    private func plan(_ contactID: Int64) -> PlannedEmail {
        let day = CivilDate(dayNumber: 20_500)
        return PlannedEmail(
            contactID: contactID, type: .birthday, event: .init(day), idealDate: day, date: day, priority: 5)
    }
}
