import GRDB
import ScheduleStore
import ScheduleStoreSQLite
import StoreConformance
import Testing

@Suite("The schema holds the queue of runs to its rules")
struct QueueSchemaTests {
    let directory: TemporaryDirectory
    var file: String { directory.file("a.sqlite3") }

    init() async throws {
        directory = try TemporaryDirectory()
        try await SQLiteOrganizationStore(path: directory.file("a.sqlite3")).close()
    }

    /// Adds a run that waits, and gives its id.
    private func addRun() async throws -> Int64 {
        try await Other.execute(
            """
            INSERT INTO scheduler_runs (kind, today, state, created_at)
            VALUES ('full', '2026-01-05', 'queued', '2026-01-05 08:00:00')
            """, file: file)
        return try #require(try Other.rows("SELECT max(id) AS id FROM scheduler_runs", file: file).first)[
            "id"]
    }

    /// Whether the schema allows what a statement does.
    private func allows(_ sql: String) async throws -> Bool {
        do {
            try await Other.execute(sql, file: file)
            return true
        } catch let error as DatabaseError where error.resultCode == .SQLITE_CONSTRAINT {
            return false
        }
    }

    private func set(_ state: RunRecord.State, _ id: Int64) -> String {
        let lease = state == .running ? "'me', 60" : "NULL, NULL"
        return """
            UPDATE scheduler_runs SET state = '\(state.rawValue)', (lease_owner, lease_until) = (\(lease))
            WHERE id = \(id)
            """
    }

    @Test("a run goes from one state to another as the states say, and no other way")
    func order() async throws {
        let ways: [RunRecord.State: [RunRecord.State]] = [
            .queued: [], .running: [.running], .completed: [.running, .completed], .failed: [.failed],
            .cancelled: [.cancelled],
        ]
        for from in RunRecord.State.allCases {
            for to in RunRecord.State.allCases where to != from {
                let id = try await addRun()
                for step in try #require(ways[from]) {
                    #expect(try await allows(set(step, id)), "\(from)")
                }
                #expect(try await allows(set(to, id)) == from.successors.contains(to), "\(from) to \(to)")
                try await Other.execute("DELETE FROM scheduler_runs", file: file)
            }
        }
        _ = try await addRun()
        #expect(try await !allows("UPDATE scheduler_runs SET state = 'paused'"))
    }

    @Test("one run is running at a time, under a lease; none that waits has one")
    func leases() async throws {
        let (first, second) = (try await addRun(), try await addRun())
        #expect(try await !allows("UPDATE scheduler_runs SET state = 'running' WHERE id = \(first)"))
        #expect(try await !allows("UPDATE scheduler_runs SET lease_owner = 'me', lease_until = 60"))
        #expect(try await allows(set(.running, first)))
        #expect(try await !allows(set(.running, second)))
        #expect(
            try await !allows("UPDATE scheduler_runs SET lease_until = NULL WHERE id = \(first)"))
        #expect(try await !allows("UPDATE scheduler_runs SET not_before = 60 WHERE id = \(first)"))
        #expect(try await allows("UPDATE scheduler_runs SET not_before = 60 WHERE id = \(second)"))
        #expect(try await !allows("UPDATE scheduler_runs SET tries = -1"))
    }

    @Test("what an earlier version left running waits after the migration, and is counted so")
    func migration() async throws {
        let ids = [try await addRun(), try await addRun()]
        try await Other.execute(
            """
            DROP TRIGGER scheduler_runs_order;
            DROP INDEX scheduler_runs_running;
            DROP TABLE run_failures;
            ALTER TABLE scheduler_runs DROP COLUMN lease_until;
            ALTER TABLE scheduler_runs DROP COLUMN lease_owner;
            ALTER TABLE scheduler_runs DROP COLUMN not_before;
            ALTER TABLE scheduler_runs DROP COLUMN tries;
            DELETE FROM grdb_migrations WHERE identifier = 'organization-7';
            UPDATE scheduler_runs SET state = 'running';
            INSERT INTO scheduler_checkpoints (run_id, phase, batch_number, contacts_done, payload)
                SELECT id, 'survey', 1, 500, x'' FROM scheduler_runs;
            """, file: file)
        let store = try SQLiteOrganizationStore(path: file)
        for id in ids {
            #expect(try await store.run(id: id)?.state == .queued)
            #expect(try store.makeRunWriter().loadCheckpoint(runID: id)?.contactsDone == 500)
        }
        try StoredCounts.expectExact(file)
        #expect(try await store.claimNextRun(now: "2026-01-05 08:00:00")?.id == ids[0])
        try await store.close()
    }
}
