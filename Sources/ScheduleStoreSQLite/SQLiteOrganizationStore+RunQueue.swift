import GRDB
public import ScheduleStore

extension SQLiteOrganizationStore {
    /// The oldest run that waits, now running under a lease if it is due. A run that is running though no lease holds is
    /// put back first.
    public func claimNextRun(
        configVersion: Int64?, engineVersion: String, now: String, lease: RunLease
    ) async throws -> RunClaim {
        // Looked at before the wait for the file: a process that carries a run out holds it most of the time.
        if let id = try await read("claim a run", { try RunQueue.taken(byOthersThan: lease, $0) }) {
            return .taken(runID: id)
        }
        return try await write("claim a run") { database in
            if let id = try RunQueue.taken(byOthersThan: lease, database) { return .taken(runID: id) }
            try RunQueue.rescue(for: lease, database)
            return try RunQueue.claim(
                lease, configVersion: configVersion, engineVersion: engineVersion, now: now, database)
        }
    }

    /// Makes the lease of a claimed run longer. Returns whether the claim still holds.
    public func renewLease(of run: RunRecord, _ lease: RunLease) async throws -> Bool {
        try await write("renew the lease of a run") { database in
            try database.execute(
                sql: """
                    UPDATE scheduler_runs SET lease_until = ? WHERE id = ? AND state = 'running' AND attempts = ?
                    """, arguments: [lease.end_s, run.id, run.attempts])
            return database.changesCount == 1
        }
    }

    /// Ends a claimed run, and forgets its checkpoint.
    public func finishRun(
        _ run: RunRecord, _ outcome: RunOutcome, now: String
    ) async throws -> RunRecord {
        let path = path
        return try await write("end a run") { database in
            try RunQueue.require(run.id, attempts: run.attempts, database, path)
            try RunQueue.end(run.id, outcome, now: now, database)
            return try RunTable.existing(id: run.id, database, path)
        }
    }

    /// Puts a claimed run back in the queue, with its checkpoint; one that was asked to stop is cancelled.
    public func requeueRun(
        _ run: RunRecord, _ delay: RunDelay?, now: String
    ) async throws -> RunRecord {
        let path = path
        return try await write("put a run back") { database in
            let current = try RunQueue.require(
                run.id, attempts: run.attempts, database, path)
            if current.isCancelRequested {
                try RunQueue.end(run.id, .cancelled(report: nil), now: now, database)
            } else {
                try database.execute(
                    sql: """
                        UPDATE scheduler_runs SET state = 'queued', error = ?, not_before = ?, tries = ?,
                            lease_owner = NULL, lease_until = NULL
                        WHERE id = ?
                        """,
                    arguments: [
                        delay?.cause ?? current.error, delay?.notBefore_s,
                        delay?.tries ?? max(0, current.tries - 1), run.id,
                    ])
            }
            return try RunTable.existing(id: run.id, database, path)
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
                        UPDATE scheduler_runs SET state = 'cancelled', cancel_requested = 1, finished_at = ?,
                            not_before = NULL
                        WHERE id = ?
                        """, arguments: [now, id])
                try RunQueue.forgetProgress(of: id, database)
            case .running:
                try database.execute(
                    sql: "UPDATE scheduler_runs SET cancel_requested = 1 WHERE id = ?", arguments: [id])
            case .completed, .failed, .cancelled: break
            }
            return try RunTable.existing(id: id, database, path)
        }
    }
}
