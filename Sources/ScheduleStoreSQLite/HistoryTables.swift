import GRDB
public import ScheduleStore
import SchedulingCore

/// The tables of history, and what of them goes.
enum HistoryTables {
    /// What of a table goes.
    struct Rule: Sendable {
        let table: String
        /// The columns that name a row.
        var key = "rowid"
        /// Which rows go; `?1` is the cutoff.
        let condition: String
        let cutoff: DatabaseValue
        /// Whether it is history, and its going is told.
        var isHistory = true

        /// Finds rows to remove, on a connection that makes nobody wait: there may be very many others.
        func find(_ limit: Int, _ database: Database) throws -> [[DatabaseValue]] {
            try Row.fetchAll(
                database, sql: "SELECT \(key) FROM \(table) WHERE \(condition) LIMIT ?2",
                arguments: [cutoff, limit]
            ).map { Array($0.databaseValues) }
        }

        /// Removes them, as far as they are still there and as they were.
        func remove(_ rows: [[DatabaseValue]], _ database: Database) throws -> Int {
            let count = key.split(separator: ",").count
            let places = (2..<2 + count).map { "?\($0)" }.joined(separator: ", ")
            let removal = try database.makeStatement(
                sql: "DELETE FROM \(table) WHERE (\(key)) = (\(places)) AND \(condition)")
            var removed = 0
            for row in rows {
                try removal.execute(arguments: StatementArguments([cutoff] + row))
                removed += database.changesCount
            }
            return removed
        }
    }

    /// The rules of an organisation's file.
    static func rules(_ cutoffs: HistoryCutoffs, now: String) -> [Rule] {
        var rules = answers(now)
        func rule(_ date: CivilDate?, _ table: String, _ condition: String, key: String = "rowid") {
            guard let date else { return }
            rules.append(Rule(table: table, key: key, condition: condition, cutoff: "\(date)".databaseValue))
        }
        rule(cutoffs.audit, "audit_log", "at < ?1")
        rule(cutoffs.audit, "campaign_change_log", "changed_at < ?1")
        rule(
            cutoffs.runs, "scheduler_runs",
            """
            state IN ('completed', 'failed', 'cancelled') AND finished_at < ?1
            AND id < (SELECT max(id) FROM scheduler_runs WHERE kind = 'full' AND state = 'completed' AND dry_run = 0)
            AND NOT EXISTS (SELECT 1 FROM email_schedules WHERE scheduler_run_id = scheduler_runs.id)
            """)
        rule(
            cutoffs.imports, "import_rejects",
            "import_id IN (SELECT id FROM imports WHERE finished_at < ?1)", key: "import_id, row")
        rule(
            cutoffs.imports, "imports",
            "finished_at < ?1 AND NOT EXISTS (SELECT 1 FROM import_rejects WHERE import_id = imports.id)")
        rule(cutoffs.events, "tracking_clicks", "clicked_at < ?1")
        rule(cutoffs.events, "contact_events", "created_at < ?1")
        rule(cutoffs.events, "send_reports", "created_at < ?1")
        rule(cutoffs.events, "claim_calls", "created_at < ?1")
        if let date = cutoffs.events {
            rules.append(
                Rule(
                    table: "email_events", key: "schedule_id, event_key", condition: "at < ?1",
                    cutoff: (Int64(date.dayNumber) * 86_400).databaseValue))
        }
        return rules
    }

    /// The rules of the service's own file.
    static func serviceRules(_ cutoffs: HistoryCutoffs, now: String) -> [Rule] {
        answers(now)
            + (cutoffs.audit.map {
                [Rule(table: "audit_log", condition: "at < ?1", cutoff: "\($0)".databaseValue)]
            } ?? [])
    }

    /// Answers of requests are kept for a day.
    private static func answers(_ now: String) -> [Rule] {
        [
            Rule(
                table: "idempotency_keys", key: "id", condition: "expires_at < ?1", cutoff: now.databaseValue,
                isHistory: false)
        ]
    }

    /// Removes what was found.
    static func remove(
        _ found: [(rule: Rule, rows: [[DatabaseValue]])], _ database: Database
    ) throws -> [String: Int] {
        var removed: [String: Int] = [:]
        for (rule, rows) in found {
            let count = try rule.remove(rows, database)
            if count > 0, rule.isHistory { removed[rule.table, default: 0] += count }
        }
        return removed
    }
}

extension SQLiteOrganizationStore {
    /// Removes some of what is older than the cutoffs, in one short transaction. While a run goes on nothing is removed.
    public func removeHistory(
        before cutoffs: HistoryCutoffs, limit: Int, now: String
    ) async throws -> [String: Int] {
        let isRunning = "SELECT EXISTS (SELECT 1 FROM scheduler_runs WHERE state = 'running')"
        let found = try await read("look for old history") { database in
            if try Bool.fetchOne(database, sql: isRunning) ?? false {
                return [(HistoryTables.Rule, [[DatabaseValue]])]()
            }
            return try HistoryTables.rules(cutoffs, now: now).map { ($0, try $0.find(limit, database)) }
        }
        guard found.contains(where: { !$0.1.isEmpty }) else { return [:] }
        return try await write("remove old history") {
            if try Bool.fetchOne($0, sql: isRunning) ?? false { return [:] }
            return try HistoryTables.remove(found, $0)
        }
    }
}

extension SQLiteServiceStore {
    /// Removes some of what is older than the cutoffs, in one short transaction.
    public func removeHistory(
        before cutoffs: HistoryCutoffs, limit: Int, now: String
    ) async throws -> [String: Int] {
        let found = try await read("look for old history") { database in
            try HistoryTables.serviceRules(cutoffs, now: now).map { ($0, try $0.find(limit, database)) }
        }
        guard found.contains(where: { !$0.1.isEmpty }) else { return [:] }
        return try await write("remove old history") { try HistoryTables.remove(found, $0) }
    }
}
