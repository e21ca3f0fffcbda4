import Foundation
import GRDB
import ScheduleStore
import SchedulingCore

/// The table `scheduler_runs` as records.
enum RunTable {
    static func run(id: Int64, _ database: Database) throws -> RunRecord? {
        try Row.fetchOne(database, sql: "SELECT * FROM scheduler_runs WHERE id = ?", arguments: [id])
            .flatMap(record)
    }

    /// - Throws: `notFound`.
    static func existing(id: Int64, _ database: Database, _ path: String) throws -> RunRecord {
        if let run = try run(id: id, database) { return run }
        throw StoreError(.notFound, operation: "find a run", path: path, cause: "there is no run \(id)")
    }

    /// The newest full run that is completed and was no dry run; nil where there is none.
    static func latestFullRun(_ database: Database) throws -> RunRecord? {
        let sql = """
            SELECT * FROM scheduler_runs WHERE kind = 'full' AND state = 'completed' AND dry_run = 0
            ORDER BY id DESC LIMIT 1
            """
        return try Row.fetchOne(database, sql: sql).flatMap(record)
    }

    /// The oldest full run of a date that waits or goes on and is no dry run; nil where there is none.
    static func fullRunGoingOn(today: CivilDate, _ database: Database) throws -> RunRecord? {
        let sql = """
            SELECT * FROM scheduler_runs
            WHERE state IN ('queued', 'running') AND kind = 'full' AND dry_run = 0 AND today = ?
            ORDER BY id LIMIT 1
            """
        return try Row.fetchOne(database, sql: sql, arguments: [today.description]).flatMap(record)
    }

    /// Puts a run in the queue, or joins it to one that waits.
    static func queue(
        _ request: RunRequest, now: String, _ database: Database
    ) throws -> (run: RunRecord, isNew: Bool) {
        if let waiting = try join(request, database) { return (waiting, false) }
        try database.execute(
            sql: """
                INSERT INTO scheduler_runs
                    (kind, today, state, dry_run, replan, contact_ids, campaign_instance_id, created_at)
                VALUES (?, ?, 'queued', ?, ?, ?, ?, ?)
                """,
            arguments: [
                request.kind.rawValue, request.today.description, request.isDryRun, request.replans,
                request.contactIDs.map { JSONText.array($0) }, request.campaignInstanceID, now,
            ])
        return (RunRecord(id: database.lastInsertedRowID, request: request, createdAt: now), true)
    }

    /// Contacts that one run of kind `contacts` takes in at most by joining.
    private static let joinedContacts = 50_000

    /// The run that waits and does what a request asks for: the same full run, the same one of a campaign instance,
    /// or one of some contacts, to which the request's contacts are added. Nil where there is none. One that was begun
    /// and goes on later has contacts behind it, and is none to join.
    private static func join(_ request: RunRequest, _ database: Database) throws -> RunRecord? {
        guard request.kind != .followups else { return nil }
        let row = try Row.fetchOne(
            database,
            sql: """
                SELECT * FROM scheduler_runs
                WHERE state = 'queued' AND attempts = 0
                    AND kind = ? AND today = ? AND dry_run = ? AND replan = ?
                    AND campaign_instance_id IS ?
                ORDER BY id DESC LIMIT 1
                """,
            arguments: [
                request.kind.rawValue, request.today.description, request.isDryRun, request.replans,
                request.campaignInstanceID,
            ])
        guard var run = row.flatMap(record) else { return nil }
        guard request.kind == .contacts else { return run }
        let ids = Set(run.request.contactIDs ?? []).union(request.contactIDs ?? []).sorted()
        guard ids.count <= joinedContacts else { return nil }
        run.request.contactIDs = ids
        try database.execute(
            sql: "UPDATE scheduler_runs SET contact_ids = ? WHERE id = ?",
            arguments: [JSONText.array(ids), run.id])
        return run
    }

    static func record(_ row: Row) -> RunRecord? {
        guard let kind = RunRecord.Kind(rawValue: row["kind"] ?? ""),
            let state = RunRecord.State(rawValue: row["state"] ?? ""),
            let today = CivilDate((row["today"] ?? "") as String)
        else { return nil }
        var request = RunRequest(kind: kind, today: today)
        request.isDryRun = row["dry_run"]
        request.replans = row["replan"]
        if let json: String = row["contact_ids"] {
            request.contactIDs = try? JSONDecoder().decode([Int64].self, from: Data(json.utf8))
        }
        request.campaignInstanceID = row["campaign_instance_id"]
        var run = RunRecord(id: row["id"], request: request, state: state, createdAt: row["created_at"] ?? "")
        run.isCancelRequested = row["cancel_requested"]
        run.contactsDone = row["contacts_done"]
        run.contactsTotal = row["contacts_total"]
        run.attempts = row["attempts"]
        run.tries = row["tries"]
        run.notBefore_s = row["not_before"]
        run.startedAt = row["started_at"]
        run.finishedAt = row["finished_at"]
        run.report = row["report"]
        run.error = row["error"]
        run.configVersion = row["config_version"]
        run.engineVersion = row["engine_version"]
        return run
    }
}

extension RunOutcome {
    /// The final state, the report and the error.
    var columns: (state: RunRecord.State, report: String?, error: String?) {
        switch self {
        case .completed(let report): (.completed, report, nil)
        case .failed(let message, let report): (.failed, report, message)
        case .cancelled(let report): (.cancelled, report, nil)
        }
    }
}
