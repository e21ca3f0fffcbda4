import GRDB
public import ScheduleStore

extension SQLiteOrganizationStore {
    /// The oldest run that waits and is due, now running, under a lease if one is given. Under a lease, a run whose own
    /// lease has ended is put back first; where another owner's has not, nothing is claimed.
    public func claimNextRun(
        configVersion: Int64?, engineVersion: String, now: String, lease: RunLease?
    ) async throws -> RunClaim {
        try await write("claim a run") { database in
            if let lease {
                if let end = try RunQueue.othersLeaseEnd(lease, database) { return .taken(until_s: end) }
                try RunQueue.putBack(lease, isGone: { $0 == lease.owner }, database)
            }
            guard let id = try RunQueue.next(lease, database) else {
                return try RunQueue.nextDue(database).map(RunClaim.later) ?? .nothing
            }
            try database.execute(
                sql: """
                    UPDATE scheduler_runs SET state = 'running', attempts = attempts + 1,
                        started_at = ifnull(started_at, ?), config_version = ifnull(config_version, ?),
                        engine_version = ifnull(engine_version, ?), lease_owner = ?, lease_until = ?,
                        not_before = NULL
                    WHERE id = ?
                    """,
                arguments: [now, configVersion, engineVersion, lease?.owner, lease?.end_s, id])
            return try RunTable.run(id: id, database).map(RunClaim.run) ?? .nothing
        }
    }

    /// Makes the lease of a run longer. Returns whether the run is still the owner's.
    public func renewLease(ofRun id: Int64, _ lease: RunLease) async throws -> Bool {
        try await write("renew the lease of a run") { database in
            try database.execute(
                sql: """
                    UPDATE scheduler_runs SET lease_until = ?
                    WHERE id = ? AND state = 'running' AND lease_owner = ?
                    """, arguments: [lease.end_s, id, lease.owner])
            return database.changesCount == 1
        }
    }

    /// Puts a run that failed for a cause which may pass back in the queue, with its checkpoint and the cause; one that
    /// was asked to stop is cancelled.
    public func postponeRun(
        id: Int64, error: String, notBefore_s: Int64, now: String
    ) async throws -> RunRecord {
        let path = path
        return try await write("postpone a run") { database in
            let run = try RunTable.existing(id: id, database, path)
            guard run.state == .running else {
                throw StoreError(
                    .wrongState, operation: "postpone a run", path: path,
                    cause: "run \(id) is \(run.state.rawValue)")
            }
            let state: RunRecord.State = run.isCancelRequested ? .cancelled : .queued
            try database.execute(
                sql: """
                    UPDATE scheduler_runs SET state = ?, error = ?, failed_tries = failed_tries + 1,
                        lease_owner = NULL, lease_until = NULL, not_before = ?, finished_at = ?
                    WHERE id = ?
                    """,
                arguments: [
                    state.rawValue, error, state.isFinal ? nil : notBefore_s, state.isFinal ? now : nil, id,
                ])
            return try RunTable.existing(id: id, database, path)
        }
    }

    /// Puts runs back in the queue, with their checkpoints, that nobody carries out any more: those without a lease, those
    /// whose lease has ended, and those whose owner is gone.
    public func rescueRuns(
        _ lease: RunLease, isGone: @escaping @Sendable (_ owner: String) -> Bool
    ) async throws -> Int {
        try await write("put interrupted runs back") { try RunQueue.putBack(lease, isGone: isGone, $0) }
    }
}

/// The runs that wait or go on, and under whose lease.
private enum RunQueue {
    /// The longest that a run which failed waits for its next try. What lies further ahead was written under a clock that
    /// was wrong, and counts for nothing; nor does a lease that is longer than leases are.
    static let longestPause_s: Int64 = 3600

    /// When the lease ends under which another owner carries a run out; nil where there is none.
    static func othersLeaseEnd(_ lease: RunLease, _ database: Database) throws -> Int64? {
        try Int64.fetchOne(
            database,
            sql: """
                SELECT max(lease_until) FROM scheduler_runs
                WHERE state = 'running' AND lease_owner <> ? AND lease_until > ? AND lease_until <= ?
                """, arguments: [lease.owner, lease.now_s, lease.end_s])
    }

    /// Puts runs back that nobody carries out any more. Returns how many.
    @discardableResult
    static func putBack(
        _ lease: RunLease, isGone: (String) -> Bool, _ database: Database
    ) throws -> Int {
        let running = try Row.fetchAll(
            database, sql: "SELECT id, lease_owner, lease_until FROM scheduler_runs WHERE state = 'running'")
        var count = 0
        for row in running {
            if let owner: String = row["lease_owner"], let end: Int64 = row["lease_until"], end > lease.now_s,
                end <= lease.end_s, !isGone(owner)
            {
                continue
            }
            try database.execute(
                sql: """
                    UPDATE scheduler_runs SET state = 'queued', lease_owner = NULL, lease_until = NULL
                    WHERE id = ?
                    """, arguments: [row["id"] as Int64])
            count += 1
        }
        return count
    }

    /// The oldest run that is due; without a lease, every run that waits is.
    static func next(_ lease: RunLease?, _ database: Database) throws -> Int64? {
        guard let lease else {
            return try Int64.fetchOne(
                database, sql: "SELECT min(id) FROM scheduler_runs WHERE state = 'queued'")
        }
        return try Int64.fetchOne(
            database,
            sql: """
                SELECT min(id) FROM scheduler_runs WHERE state = 'queued'
                    AND (not_before IS NULL OR not_before <= ? OR not_before > ?)
                """, arguments: [lease.now_s, lease.now_s + longestPause_s])
    }

    /// When the first of those that are not due yet is.
    static func nextDue(_ database: Database) throws -> Int64? {
        try Int64.fetchOne(
            database, sql: "SELECT min(not_before) FROM scheduler_runs WHERE state = 'queued'")
    }
}
