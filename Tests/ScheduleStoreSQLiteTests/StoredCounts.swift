import GRDB
import SchedulingCore
import Testing

/// Holds the numbers that a file keeps against those that counting its rows gives, by statements of the test's own.
enum StoredCounts {
    static func expectExact(_ file: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let isExact = try areExact(file, sourceLocation: sourceLocation)
        #expect(isExact, sourceLocation: sourceLocation)
    }

    /// Whether all are as they should be; tells those that are not.
    static func areExact(_ file: String, sourceLocation: SourceLocation = #_sourceLocation) throws -> Bool {
        var isExact = true
        for (name, kept, counted) in comparisons {
            let (kept, counted) = (try rows(kept, file), try rows(counted, file))
            #expect(kept == counted, "\(name)", sourceLocation: sourceLocation)
            isExact = isExact && kept == counted
        }
        let (kept, counted) = (try states(file), try counted(file))
        #expect(kept == counted, "states", sourceLocation: sourceLocation)
        return isExact && kept == counted
    }

    private static let comparisons: [(name: String, kept: String, counted: String)] = [
        (
            "contacts", "SELECT total, suppressed FROM contact_counts",
            "SELECT (SELECT count(*) FROM contacts), (SELECT count(DISTINCT contact_id) FROM suppressions)"
        ),
        (
            "emails",
            """
            SELECT email_type, status, skip_reason, scheduled_send_date, count FROM schedule_counts
            WHERE count <> 0 ORDER BY 1, 2, 3, 4
            """,
            """
            SELECT ifnull(email_type, ''), ifnull(status, ''), ifnull(skip_reason, ''),
                ifnull(scheduled_send_date, ''), count(*)
            FROM email_schedules GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
            """
        ),
        (
            "campaigns",
            """
            SELECT * FROM campaign_counts
            WHERE scheduled + sent + delivered + opened + clicked + bounced + unsubscribed <> 0 ORDER BY 1
            """,
            """
            SELECT campaign_instance_id, sum(scheduled) AS a, sum(sent) AS b, sum(delivered) AS c,
                sum(opened) AS d, sum(clicked) AS e, sum(bounced) AS f, sum(unsubscribed) AS g
            FROM (
                SELECT campaign_instance_id, status NOT IN ('skipped', 'cancelled') AS scheduled,
                    status IN ('accepted', 'sent', 'delivered', 'bounced')
                        OR actual_send_datetime IS NOT NULL AS sent,
                    max(ifnull(event = 'delivered', status = 'delivered')) AS delivered,
                    max(ifnull(event = 'opened', 0)) AS opened, max(ifnull(event = 'clicked', 0)) AS clicked,
                    max(ifnull(event = 'bounced', status = 'bounced')) AS bounced,
                    max(ifnull(event IN ('unsubscribed', 'group_unsubscribed'), 0)) AS unsubscribed
                FROM email_schedules LEFT JOIN email_events ON schedule_id = id
                WHERE campaign_instance_id IS NOT NULL GROUP BY id)
            GROUP BY 1 HAVING a + b + c + d + e + f + g <> 0 ORDER BY 1
            """
        ),
        (
            "runs", "SELECT state, count FROM run_counts WHERE count <> 0 ORDER BY 1",
            "SELECT state, count(*) FROM scheduler_runs GROUP BY 1 ORDER BY 1"
        ),
    ]

    private static func rows(_ sql: String, _ file: String) throws -> [[DatabaseValue]] {
        try Other.rows(sql, file: file).map { Array($0.databaseValues) }
    }

    /// The counts by state that the file keeps.
    static func states(_ file: String) throws -> [String: Int] {
        let rows = try Other.rows("SELECT * FROM state_counts WHERE count <> 0", file: file)
        return Dictionary(
            uniqueKeysWithValues: rows.map { row in
                ((row["state"] as String) + " " + (row["skip_reason"] as String), row["count"] as Int)
            })
    }

    /// The same from the rows, each contact's state found as a run finds it.
    private static func counted(_ file: String) throws -> [String: Int] {
        let exclusions = Set(SkipReason.allCases.filter(\.isExclusion).map(\.rawValue))
        let rows = try Other.rows(
            """
            SELECT contacts.id, ifnull(state, '') AS state, ifnull(zip_code, '') AS zip, status, skip_reason
            FROM email_schedules JOIN contacts ON contacts.id = contact_id
            """, file: file)
        var counts: [String: Int] = [:]
        for row in rows {
            let none: [UInt8] = []
            let (state, zip) = (Array((row["state"] as String).utf8), Array((row["zip"] as String).utf8))
            let contact = Contact(
                id: row["id"], email: none.span, zipCode: zip.span, state: state.span, birthDate: none.span,
                effectiveDate: none.span, phoneNumber: none.span, today: CivilDate(dayNumber: 20_000),
                zipTable: .bundled)
            guard let place = contact.state else { continue }
            let reason: String? = row["skip_reason"]
            let exclusion =
                row["status"] == "skipped" ? reason.flatMap { exclusions.contains($0) ? $0 : nil } : nil
            counts["\(place) \(exclusion ?? "")", default: 0] += 1
        }
        return counts
    }
}
