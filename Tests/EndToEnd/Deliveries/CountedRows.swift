import Foundation

/// Holds the numbers that an organisation's metrics have against those that counting its rows gives, in SQL that uses
/// none of the tables and views that numbers are kept in. Every contact has a state of its own.
struct CountedRows {
    /// A part of the metrics: how to count it, and how the answer says it.
    private struct Part {
        let name: String
        let sql: String
        let lines: (_ metrics: [String: Any]) throws -> [String]
    }

    /// What differs between the metrics and the rows; empty where nothing does.
    static func differences(_ metrics: [String: Any], _ database: Database) throws -> [String] {
        guard let today = metrics["today"] as? String else { throw Failure("no date in \(metrics)") }
        return try parts(today).flatMap { part in
            let counted = try database.sql(part.sql).split(separator: "\n").map(String.init).sorted()
            let told = try part.lines(metrics).sorted()
            return told.difference(from: counted).map { change in
                switch change {
                case .insert(_, let line, _): "\(part.name): told, not counted: \(line)"
                case .remove(_, let line, _): "\(part.name): counted, not told: \(line)"
                }
            }
        }
    }

    private static func parts(_ today: String) -> [Part] {
        [
            Part(
                name: "email_schedules",
                sql: """
                    SELECT email_type, status, ifnull(skip_reason, ''), count(*) FROM email_schedules GROUP BY 1, 2, 3
                    """
            ) { try lines($0["email_schedules"], "email_type", "status", "skip_reason", "count") },
            Part(
                name: "daily_volume",
                sql: """
                    SELECT scheduled_send_date, count(*) FROM email_schedules
                    WHERE status <> 'skipped' AND scheduled_send_date <> '' GROUP BY 1
                    """
            ) { try lines($0["daily_volume"], "date", "count") },
            Part(name: "campaigns", sql: campaigns) { try lines($0["campaigns"], campaignNames) },
            Part(
                name: "exclusions",
                sql: """
                    SELECT state, skip_reason, count(*) FROM email_schedules JOIN contacts ON contacts.id = contact_id
                    WHERE status = 'skipped' AND skip_reason IN (\(exclusions)) GROUP BY 1, 2
                    """
            ) { try lines($0["exclusions"], "state", "skip_reason", "count") },
            Part(
                name: "exclusion_rates",
                sql: """
                    SELECT state, count(*), sum(status = 'skipped' AND ifnull(skip_reason, '') IN (\(exclusions)))
                    FROM email_schedules JOIN contacts ON contacts.id = contact_id GROUP BY 1
                    """
            ) { try lines($0["exclusion_rates"], "state", "emails", "excluded") },
            Part(
                name: "contacts",
                sql: """
                    SELECT (SELECT count(*) FROM contacts), (SELECT count(DISTINCT contact_id) FROM suppressions)
                    """
            ) { try lines([$0["contacts"] ?? [:]], "total", "suppressed") },
            Part(
                name: "backlog",
                sql: """
                    SELECT count(*), ifnull(min(scheduled_send_date), '') FROM email_schedules
                    WHERE status = 'pre-scheduled' AND scheduled_send_date <= '\(today)'
                    """
            ) { try lines([$0["backlog"] ?? [:]], "due", "oldest_due") },
            Part(name: "runs", sql: "SELECT state, count(*) FROM scheduler_runs GROUP BY 1") { metrics in
                let runs = metrics["runs"] as? [String: Any]
                return (runs?["by_state"] as? [String: Int] ?? [:]).filter { $0.value > 0 }.map {
                    "\($0.key)|\($0.value)"
                }
            },
        ]
    }

    private static let campaignNames = [
        "campaign_instance_id", "scheduled", "sent", "delivered", "opened", "clicked", "bounced",
        "unsubscribed",
    ]
    private static let exclusions =
        "'year_round_exclusion', 'birthday_window', 'effective_date_window', 'age_76_plus', 'missing_anchor'"

    /// Rows of which something is told by an event, or, where a row has no events, by its status.
    private static let campaigns = """
        WITH told AS (
            SELECT schedule_id, max(event = 'delivered') AS delivered, max(event = 'opened') AS opened,
                max(event = 'clicked') AS clicked, max(event = 'bounced') AS bounced,
                max(event IN ('unsubscribed', 'group_unsubscribed')) AS unsubscribed
            FROM email_events GROUP BY schedule_id)
        SELECT instance.id, ifnull(sum(status NOT IN ('skipped', 'cancelled')), 0),
            ifnull(sum(status IN ('accepted', 'sent', 'delivered', 'bounced')
                OR actual_send_datetime IS NOT NULL), 0),
            ifnull(sum(ifnull(delivered, status = 'delivered')), 0), ifnull(sum(opened), 0),
            ifnull(sum(clicked), 0), ifnull(sum(ifnull(bounced, status = 'bounced')), 0),
            ifnull(sum(unsubscribed), 0)
        FROM campaign_instances AS instance
            LEFT JOIN email_schedules AS email ON email.campaign_instance_id = instance.id
            LEFT JOIN told ON told.schedule_id = email.id
        GROUP BY 1
        """

    private static func lines(_ rows: Any?, _ names: String...) throws -> [String] {
        try lines(rows, names)
    }

    private static func lines(_ rows: Any?, _ names: [String]) throws -> [String] {
        guard let rows = rows as? [[String: Any]] else { throw Failure("no list of \(names)") }
        return rows.map { row in
            names.map { name in row[name].map { $0 is NSNull ? "" : "\($0)" } ?? "" }.joined(separator: "|")
        }
    }
}
