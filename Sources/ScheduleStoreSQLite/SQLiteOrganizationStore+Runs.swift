import GRDB
public import ScheduleStore
import SchedulingCore

extension SQLiteOrganizationStore {
    /// Puts a run in the queue. Where a full run already waits with the same date, dry run and replan, a
    /// second one is that one, and contacts join a run of kind `contacts` that waits: `isNew` is false.
    public func createRun(_ request: RunRequest, now: String) async throws -> (run: RunRecord, isNew: Bool) {
        try await write("create a run") { try RunTable.queue(request, now: now, $0) }
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

    /// Ends a run that is running, and forgets its checkpoint.
    public func finishRun(id: Int64, _ outcome: RunOutcome, now: String) async throws -> RunRecord {
        let path = path
        return try await write("end a run") { database in
            let state = try RunTable.existing(id: id, database, path).state
            guard state == .running else {
                throw StoreError(
                    .wrongState, operation: "end a run", path: path, cause: "run \(id) is \(state.rawValue)")
            }
            let (final, report, error) = outcome.columns
            try database.execute(
                sql: """
                    UPDATE scheduler_runs SET state = ?, report = ?, error = ?, finished_at = ?,
                        lease_owner = NULL, lease_until = NULL, not_before = NULL WHERE id = ?
                    """, arguments: [final.rawValue, report, error, now, id])
            try database.execute(sql: "DELETE FROM scheduler_checkpoints WHERE run_id = ?", arguments: [id])
            return try RunTable.existing(id: id, database, path)
        }
    }

    /// Asks a run to stop: a queued one is cancelled at once, a running one after its batch, any other stays
    /// as it is.
    public func requestRunCancel(id: Int64, now: String) async throws -> RunRecord {
        let path = path
        return try await write("cancel a run") { database in
            switch try RunTable.existing(id: id, database, path).state {
            case .queued:
                try database.execute(
                    sql: """
                        UPDATE scheduler_runs SET state = 'cancelled', cancel_requested = 1, finished_at = ?
                        WHERE id = ?
                        """, arguments: [now, id])
                try database.execute(
                    sql: "DELETE FROM scheduler_checkpoints WHERE run_id = ?", arguments: [id])
            case .running:
                try database.execute(
                    sql: "UPDATE scheduler_runs SET cancel_requested = 1 WHERE id = ?", arguments: [id])
            case .completed, .failed, .cancelled: break
            }
            return try RunTable.existing(id: id, database, path)
        }
    }
}
