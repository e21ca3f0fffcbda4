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
        // Asked beside every change.
        return try SQLRequest<Row>(sql: sql, cached: true).fetchOne(database).flatMap(record)
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

    /// Puts a run in the queue, or joins it to one that waits, whose other contacts are then not told.
    ///
    /// - Parameter configVersion: The version of the configuration that it shall have; nil for the one in force when it
    ///   begins.
    static func queue(
        _ request: RunRequest, configVersion: Int64? = nil, now: String, _ database: Database
    ) throws -> (run: RunRecord, isNew: Bool) {
        if let waiting = try join(request, configVersion, database) { return (waiting, false) }
        try database.execute(
            sql: """
                INSERT INTO scheduler_runs
                    (kind, today, state, dry_run, replan, contact_ids, campaign_instance_id, config_version, created_at)
                VALUES (?, ?, 'queued', ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                request.kind.rawValue, request.today.description, request.isDryRun, request.replans,
                request.contactIDs.map { JSONText.array($0) }, request.campaignInstanceID, configVersion, now,
            ])
        var run = RunRecord(id: database.lastInsertedRowID, request: request, createdAt: now)
        run.configVersion = configVersion
        return (run, true)
    }

    /// Characters of the list of contacts beyond which a run of kind `contacts` takes in no more: some 50,000 contacts.
    private static let listLength = 400_000

    /// The run that waits and does what a request asks for: the same full run, the same one of a campaign instance,
    /// or one of some contacts, to which the request's contacts are added. Nil where there is none. One that was begun
    /// and goes on later has contacts behind it, and is none to join.
    ///
    /// This is asked for beside every change of a contact, a thousand times while a run waits: the list is not read,
    /// and the statements stay prepared. A value compared with a column that an index has a condition on, without `+`,
    /// would have them prepared again.
    private static func join(
        _ request: RunRequest, _ configVersion: Int64?, _ database: Database
    ) throws -> RunRecord? {
        guard request.kind != .followups else { return nil }
        let waiting = SQLRequest<Row>(
            sql: """
                SELECT NULL AS contact_ids, * FROM scheduler_runs
                WHERE state = 'queued' AND attempts = 0
                    AND +kind = ? AND today = ? AND +dry_run = ? AND replan = ?
                    AND campaign_instance_id IS ? AND config_version IS ?
                    AND ifnull(length(contact_ids), 0) < ?
                ORDER BY id DESC LIMIT 1
                """,
            arguments: [
                request.kind.rawValue, request.today.description, request.isDryRun, request.replans,
                request.campaignInstanceID, configVersion, listLength,
            ], cached: true)
        guard var run = try waiting.fetchOne(database).flatMap(record) else { return nil }
        run.request.contactIDs = request.contactIDs
        guard let ids = request.contactIDs, !ids.isEmpty else { return run }
        let addition = try RawStatement(
            """
            UPDATE scheduler_runs SET contact_ids = CASE WHEN ifnull(contact_ids, '[]') = '[]' THEN '['
                ELSE substr(contact_ids, 1, length(contact_ids) - 1) || ',' END || ?2
            WHERE id = ?1
            """, database)
        addition.bind(1, run.id)
        addition.bind(2, String(JSONText.array(ids).dropFirst()))
        try addition.run()
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
            let ids = try? JSONDecoder().decode([Int64].self, from: Data(json.utf8))
            request.contactIDs = ids.map { Set($0).sorted() }
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
