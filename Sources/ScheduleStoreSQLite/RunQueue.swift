import GRDB
import ScheduleStore

/// The steps of runs from one state to the next.
enum RunQueue {
    /// The run that another owner carries out, as far as is known; nil where there is none. A lease that ends later than
    /// any that begins now was made under a clock that was wrong, and counts for nothing.
    static func taken(byOthersThan lease: RunLease, _ database: Database) throws -> Int64? {
        let row = try Row.fetchOne(
            database,
            sql: """
                SELECT id, lease_owner FROM scheduler_runs
                WHERE state = 'running' AND lease_owner <> ? AND lease_until > ? AND lease_until <= ?
                """, arguments: [lease.owner, lease.now_s, lease.end_s])
        guard let row, !lease.isGone(row["lease_owner"]) else { return nil }
        return row["id"]
    }

    /// Puts the run back that is running though nobody is at it. Where the owner itself left it, because it could not
    /// store how it ended, that was no try.
    static func rescue(for lease: RunLease, _ database: Database) throws {
        try database.execute(
            sql: """
                UPDATE scheduler_runs SET state = 'queued', tries = max(0, tries - (lease_owner = ?)),
                    lease_owner = NULL, lease_until = NULL
                WHERE state = 'running'
                """, arguments: [lease.owner])
    }

    /// Claims the oldest run that waits, if it is due. Others do not pass it: a plan for an earlier date would undo theirs.
    /// One that is to wait for longer than a lease is was put off under a clock that was wrong, and is due.
    static func claim(
        _ lease: RunLease, configVersion: Int64?, engineVersion: String, now: String, _ database: Database
    ) throws -> RunClaim {
        let sql = "SELECT * FROM scheduler_runs WHERE state = 'queued' ORDER BY id LIMIT 1"
        guard let run = try Row.fetchOne(database, sql: sql).flatMap(RunTable.record) else { return .nothing }
        if let due_s = run.notBefore_s, lease.now_s < due_s, due_s <= lease.end_s { return .later }
        if run.tries >= lease.mostTries {
            let cause = run.error ?? "the process that carried it out ended each time"
            try end(
                run.id,
                .failed(message: "given up after \(run.tries) tries in a row: \(cause)", report: nil),
                now: now, database)
            return try RunTable.run(id: run.id, database).map(RunClaim.givenUp) ?? .nothing
        }
        try database.execute(
            sql: """
                UPDATE scheduler_runs SET state = 'running', attempts = attempts + 1, tries = tries + 1,
                    not_before = NULL, lease_owner = ?, lease_until = ?,
                    started_at = ifnull(started_at, ?), config_version = ifnull(config_version, ?),
                    engine_version = ifnull(engine_version, ?)
                WHERE id = ?
                """, arguments: [lease.owner, lease.end_s, now, configVersion, engineVersion, run.id])
        try RunAudit.started(run.id, now: now, database)
        return try RunTable.run(id: run.id, database).map(RunClaim.run) ?? .nothing
    }

    /// Brings a run to a final state.
    static func end(_ id: Int64, _ outcome: RunOutcome, now: String, _ database: Database) throws {
        let (state, report, error) = outcome.columns
        try database.execute(
            sql: """
                UPDATE scheduler_runs SET state = ?, report = ?, error = ?, finished_at = ?, not_before = NULL,
                    lease_owner = NULL, lease_until = NULL
                WHERE id = ?
                """, arguments: [state.rawValue, report, error, now, id])
        try RunAudit.ended(id, now: now, database)
        try forgetProgress(of: id, database)
    }

    /// Removes what a run would need to go on.
    static func forgetProgress(of id: Int64, _ database: Database) throws {
        for table in ["scheduler_checkpoints", "run_failures"] {
            try database.execute(sql: "DELETE FROM \(table) WHERE run_id = ?", arguments: [id])
        }
    }

    /// The run of a claim that holds.
    ///
    /// - Throws: `notFound`; `wrongState` where the claim is over.
    @discardableResult
    static func require(
        _ id: Int64, attempts: Int, _ database: Database, _ path: String
    ) throws -> RunRecord {
        let run = try RunTable.existing(id: id, database, path)
        guard run.state == .running, run.attempts == attempts else { throw claimIsOver(id, path) }
        return run
    }

    /// Whether a claim holds; asked in every transaction of a run.
    static func isHeld(_ id: Int64, attempts: Int, _ database: Database) throws -> Bool {
        let run = try RawStatement(
            "SELECT 1 FROM scheduler_runs WHERE id = ? AND attempts = ? AND state = 'running'", database)
        run.bind(1, id)
        run.bind(2, Int64(attempts))
        defer { run.reset() }
        return try run.step()
    }

    /// The failure of a verb under a claim that is over.
    static func claimIsOver(_ id: Int64, _ path: String) -> StoreError {
        StoreError(
            .wrongState, operation: "go on with a run", path: path,
            cause: "run \(id) has ended, or another process has taken it up")
    }
}
