import GRDB
public import ScheduleStore
public import SchedulingCore

extension SQLiteOrganizationStore {
    /// Everything that dashboards show.
    public func metrics(today: CivilDate, unixSeconds: Int64) async throws -> OrganizationMetrics {
        try await readTogether("read the metrics") { database in
            var metrics = OrganizationMetrics()
            (metrics.contacts, metrics.suppressedContacts) = try CountTables.contacts(database)
            metrics.emails = try CountTables.emails(database)
            metrics.dailyVolume = try CountTables.dailyVolume(database)
            metrics.campaigns = try CountTables.campaigns(database)
            metrics.states = try CountTables.states(database)
            metrics.runs = try CountTables.runs(database)
            metrics.lastSuccess = try CountTables.lastSuccess(database)
            metrics.latestFullRun = try RunTable.latestFullRun(database)
            metrics.recentRuns = try CountTables.recentRuns(database)
            metrics.backlog = try CountTables.backlog(today: today, unixSeconds: unixSeconds, database)
            metrics.backlog.queuedRuns = metrics.runs[.queued] ?? 0
            return metrics
        }
    }

    /// The sums alone.
    public func summary(today: CivilDate, unixSeconds: Int64) async throws -> OrganizationSummary {
        try await readTogether("read the sums") { database in
            var summary = OrganizationSummary()
            (summary.contacts, summary.suppressedContacts) = try CountTables.contacts(database)
            for count in try CountTables.emails(database) {
                summary.emails[count.status, default: 0] += count.count
            }
            summary.runs = try CountTables.runs(database)
            summary.lastSuccess = try CountTables.lastSuccess(database)
            summary.backlog = try CountTables.backlog(today: today, unixSeconds: unixSeconds, database)
            summary.backlog.queuedRuns = summary.runs[.queued] ?? 0
            return summary
        }
    }

    /// Emails by planned date, type and status.
    public func dayCounts(_ days: ClosedRange<CivilDate>) async throws -> [EmailDayCount] {
        try await read("read the counts by day") { try CountTables.days(days, $0) }
    }
}

/// Reads the tables of `CountSchema`.
enum CountTables {
    /// Contacts, and those that are on the do-not-contact list.
    static func contacts(_ database: Database) throws -> (total: Int, suppressed: Int) {
        let rows = try RawStatement("SELECT total, suppressed FROM contact_counts", database)
        defer { rows.reset() }
        guard try rows.step() else { return (0, 0) }
        return (Int(rows.integer(0)), Int(rows.integer(1)))
    }

    static func emails(_ database: Database) throws -> [EmailCount] {
        let rows = try RawStatement(
            """
            SELECT email_type, status, skip_reason, sum(count) FROM schedule_counts
            GROUP BY 1, 2, 3 HAVING sum(count) <> 0 ORDER BY 1, 2, 3
            """, database)
        return try rows.map {
            EmailCount(
                emailType: $0.text(0) ?? "", status: $0.text(1) ?? "",
                skipReason: $0.text(2).flatMap { $0.isEmpty ? nil : $0 }, count: Int($0.integer(3)))
        }
    }

    static func dailyVolume(_ database: Database) throws -> [DailyVolume] {
        let rows = try RawStatement(
            """
            SELECT scheduled_send_date, sum(count) FROM schedule_counts
            WHERE status <> 'skipped' AND scheduled_send_date <> ''
            GROUP BY 1 HAVING sum(count) <> 0 ORDER BY 1
            """, database)
        return try rows.map { DailyVolume(date: $0.text(0) ?? "", count: Int($0.integer(1))) }
    }

    static func days(_ days: ClosedRange<CivilDate>, _ database: Database) throws -> [EmailDayCount] {
        let rows = try RawStatement(
            """
            SELECT scheduled_send_date, email_type, status, sum(count) FROM schedule_counts
            WHERE scheduled_send_date BETWEEN ? AND ?
            GROUP BY 1, 2, 3 HAVING sum(count) <> 0 ORDER BY 1, 2, 3
            """, database)
        rows.bind(1, days.lowerBound.description)
        rows.bind(2, days.upperBound.description)
        return try rows.map { rows -> EmailDayCount? in
            guard let date = CivilDate(rows.bytes(0).span) else { return nil }
            return EmailDayCount(
                date: date, emailType: rows.text(1) ?? "", status: rows.text(2) ?? "",
                count: Int(rows.integer(3)))
        }.compactMap(\.self)
    }

    static func campaigns(_ database: Database) throws -> [CampaignCount] {
        let rows = try RawStatement(
            """
            SELECT campaign_instance_id, campaign_type, instance_name,
                scheduled, sent, delivered, opened, clicked, bounced, unsubscribed
            FROM campaign_counts LEFT JOIN campaign_instances ON id = campaign_instance_id
            WHERE typeof(campaign_instance_id) = 'integer'
            UNION ALL
            SELECT id, campaign_type, instance_name, 0, 0, 0, 0, 0, 0, 0 FROM campaign_instances
            WHERE id NOT IN (SELECT campaign_instance_id FROM campaign_counts)
            ORDER BY 1
            """, database)
        return try rows.map { rows in
            var count = CampaignCount(instanceID: rows.integer(0))
            count.campaignType = rows.text(1)
            count.instanceName = rows.text(2)
            count.scheduled = Int(rows.integer(3))
            count.sent = Int(rows.integer(4))
            count.delivered = Int(rows.integer(5))
            count.opened = Int(rows.integer(6))
            count.clicked = Int(rows.integer(7))
            count.bounced = Int(rows.integer(8))
            count.unsubscribed = Int(rows.integer(9))
            return count
        }
    }

    static func states(_ database: Database) throws -> [StateCount] {
        let rows = try RawStatement(
            "SELECT state, skip_reason, count FROM state_counts WHERE count <> 0 ORDER BY 1, 2", database)
        var states: [StateCount] = []
        while try rows.step() {
            let (state, reason) = (rows.text(0) ?? "", rows.text(1) ?? "")
            if states.last?.state != state { states.append(StateCount(state: state)) }
            states[states.count - 1].emails += Int(rows.integer(2))
            if !reason.isEmpty { states[states.count - 1].excluded[reason] = Int(rows.integer(2)) }
        }
        return states
    }

    static func runs(_ database: Database) throws -> [RunRecord.State: Int] {
        let rows = try RawStatement("SELECT state, count FROM run_counts WHERE count <> 0", database)
        var runs: [RunRecord.State: Int] = [:]
        while try rows.step() {
            if let state = rows.text(0).flatMap(RunRecord.State.init) { runs[state] = Int(rows.integer(1)) }
        }
        return runs
    }

    static func lastSuccess(_ database: Database) throws -> RunRecord? {
        let sql = """
            SELECT * FROM scheduler_runs WHERE state = 'completed' AND +dry_run = 0 ORDER BY id DESC LIMIT 1
            """
        return try Row.fetchOne(database, sql: sql).flatMap(RunTable.record)
    }

    static func recentRuns(_ database: Database) throws -> [RunRecord] {
        let sql = "SELECT * FROM scheduler_runs ORDER BY id DESC LIMIT ?"
        return try Row.fetchAll(database, sql: sql, arguments: [OrganizationMetrics.recentRunLimit])
            .compactMap(RunTable.record)
    }

    /// What waits to be sent, or is with senders.
    static func backlog(today: CivilDate, unixSeconds: Int64, _ database: Database) throws -> Backlog {
        var backlog = Backlog()
        let due = try RawStatement(
            """
            SELECT ifnull(sum(count), 0), min(scheduled_send_date) FROM schedule_counts
            WHERE status = 'pre-scheduled' AND count > 0 AND scheduled_send_date BETWEEN '0' AND ?
            """, database)
        due.bind(1, today.description)
        if try due.step() {
            backlog.due = Int(due.integer(0))
            backlog.oldestDue = due.text(1)
            due.reset()
        }
        let leased = try RawStatement(
            """
            SELECT count(*) FROM email_claims
            WHERE state IN ('leased', 'sending') AND channel IN ('email', 'sms') AND leased_until > ?
            """, database)
        leased.bind(1, unixSeconds)
        if try leased.step() {
            backlog.leased = Int(leased.integer(0))
            leased.reset()
        }
        return backlog
    }
}

extension RawStatement {
    /// What every row gives.
    fileprivate func map<Element>(_ body: (RawStatement) -> Element) throws -> [Element] {
        var elements: [Element] = []
        while try step() { elements.append(body(self)) }
        return elements
    }
}
