import GRDB
public import ScheduleStore
import SchedulingCore

extension SQLiteOrganizationStore {
    /// Puts a run in the queue. Where a full run, or one of the same campaign instance, already waits with the same
    /// date, dry run, replan and configuration, a second one is that one, and contacts join a run of kind `contacts`
    /// that waits: `isNew` is false.
    public func createRun(
        _ request: RunRequest, configVersion: Int64?, now: String
    ) async throws -> (run: RunRecord, isNew: Bool) {
        try await write("create a run") {
            try RunTable.queue(request, configVersion: configVersion, now: now, $0)
        }
    }

    /// A run, nil where there is none.
    public func run(id: Int64) async throws -> RunRecord? {
        try await read("read a run") { try RunTable.run(id: id, $0) }
    }

    /// Runs, newest first, behind a cursor.
    public func runs(before: Int64?, limit: Int) async throws -> Page<RunRecord, Int64> {
        try await read("list runs") { database in
            let rows = try Row.fetchAll(
                database, sql: "SELECT * FROM scheduler_runs WHERE id < ? ORDER BY id DESC LIMIT ?",
                arguments: [before ?? .max, limit + 1])
            return Page(reading: rows.compactMap(RunTable.record), limit: limit) { $0.id }
        }
    }

    /// The newest full run that is completed and was no dry run; nil where there is none.
    public func latestFullRun() async throws -> RunRecord? {
        try await read("read the latest full run") { try RunTable.latestFullRun($0) }
    }
}
