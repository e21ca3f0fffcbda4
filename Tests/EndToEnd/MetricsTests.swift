import Foundation
import Testing

/// What the real service tells those who watch it, held against its tables.
@Suite struct MetricsTests {
    private let plan: PlannedFile
    private let service: RunningService

    init() throws {
        plan = try PlannedFile(contacts: 2_000)
        service = try plan.start("acme")
    }

    @Test func `an organisation's numbers are those of its rows after a plan and after plain SQL`() throws {
        let database = plan.database("acme")
        #expect(try CountedRows.differences(try metrics(), database).isEmpty)
        try database.sql(
            """
            UPDATE email_schedules SET status = 'sent', actual_send_datetime = '2026-01-05 10:00:00' WHERE id % 5 = 0;
            DELETE FROM email_schedules WHERE id % 7 = 0;
            UPDATE contacts SET state = 'NY' WHERE id % 11 = 0;
            INSERT INTO suppressions (contact_id, channel) SELECT id, 'email' FROM contacts WHERE id % 13 = 0;
            """)
        #expect(try CountedRows.differences(try metrics(), database).isEmpty)
    }

    private func metrics() throws -> [String: Any] { try service.request("/v1/orgs/acme/metrics").json }

    @Test func `the calendar has each day's rows by type and status`() throws {
        let answer = try service.request("/v1/orgs/acme/calendar?from=2026-01-01&to=2027-03-31")
        let days = try #require(answer.json["items"] as? [[String: Any]])
        #expect(days.count == 455)
        let told = days.flatMap { day in
            (day["emails"] as? [[String: Any]] ?? []).map { email in
                ([day["date"]] + ["email_type", "status", "count"].map { email[$0] }).map { "\($0 ?? "")" }
                    .joined(separator: "|")
            }
        }
        let counted = try plan.database("acme").sql(
            """
            SELECT scheduled_send_date, email_type, status, count(*) FROM email_schedules
            WHERE scheduled_send_date BETWEEN '2026-01-01' AND '2027-03-31' GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
            """)
        #expect(told.joined(separator: "\n") == counted)
        let volumes = Dictionary(
            uniqueKeysWithValues: days.compactMap { day in
                (day["count"] as? Int).flatMap { $0 > 0 ? ("\(day["date"] ?? "")", $0) : nil }
            })
        let volume = try plan.database("acme").sql(
            """
            SELECT scheduled_send_date, count(*) FROM email_schedules WHERE status <> 'skipped'
                AND scheduled_send_date BETWEEN '2026-01-01' AND '2027-03-31' GROUP BY 1 ORDER BY 1
            """)
        #expect(
            volumes.sorted { $0.key < $1.key }.map { "\($0.key)|\($0.value)" }.joined(separator: "\n")
                == volume)
    }

    @Test func `Prometheus' own parser reads the text, and its numbers are those of the rows`() throws {
        let scratch = try Scratch()
        let text = scratch.path("metrics")
        _ = try service.request("/v1/orgs/acme/contacts/1")
        try Data(try service.request("/metrics", token: "none").body.utf8).write(to: URL(filePath: text))
        let parsed = try Command(
            Repository.root.appending(path: ".schemathesis/bin/python").path, ["-c", Self.parser],
            input: URL(filePath: text))
        #expect(parsed.status == 0, "\(parsed.errors)")
        let samples = parsed.output.split(separator: "\n").map(String.init)
        let counted = try plan.database("acme").sql(
            """
            SELECT 'gauge email_scheduler_emails status=' || status || ' ' || count(*) FROM email_schedules GROUP BY status
            UNION ALL SELECT 'gauge email_scheduler_contacts  ' || count(*) FROM contacts
            UNION ALL SELECT 'gauge email_scheduler_runs state=' || state || ' ' || count(*)
                FROM scheduler_runs GROUP BY state
            """)
        for line in counted.split(separator: "\n") { #expect(samples.contains(String(line))) }
        #expect(samples.contains { $0.hasPrefix("counter process_cpu_seconds_total ") })
        try checkHistograms(samples)
    }

    /// Every bucket of a histogram counts those below it too, and the last one everything.
    private func checkHistograms(_ samples: [String]) throws {
        var series: [String: [Double]] = [:]
        var totals: [String: Double] = [:]
        for sample in samples {
            guard let match = sample.wholeMatch(of: /histogram (\w+)_(bucket|count) (\S*) (\S+)/) else {
                continue
            }
            let labels = match.3.split(separator: ",").filter { !$0.hasPrefix("le=") }.joined(separator: ",")
            let value = try #require(Double(match.4))
            if match.2 == "bucket" {
                series["\(match.1) \(labels)", default: []].append(value)
            } else {
                totals["\(match.1) \(labels)"] = value
            }
        }
        #expect(!series.isEmpty)
        #expect(Set(series.keys) == Set(totals.keys))
        for (name, buckets) in series {
            #expect(buckets == buckets.sorted(), "\(name)")
            #expect(buckets.last == totals[name], "\(name)")
        }
    }

    /// A line for each sample, in the order of the text.
    private static let parser = """
        import sys
        from prometheus_client.parser import text_string_to_metric_families
        for family in text_string_to_metric_families(sys.stdin.read()):
            assert family.documentation and family.type != "unknown", family.name
            for sample in family.samples:
                labels = ",".join(f"{name}={value}" for name, value in sorted(sample.labels.items()))
                print(family.type, sample.name, labels, f"{sample.value:.17g}")
        """
}
