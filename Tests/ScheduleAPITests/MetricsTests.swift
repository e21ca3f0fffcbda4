import HTTPHandling
import HTTPTypes
import ScheduleAPI
import ScheduleJobs
import ScheduleStore
import ScheduleStoreSQLite
import SchedulingCore
import Synchronization
import Testing

@Suite struct MetricsTests {
    /// Hands a service to `body` with five contacts and their schedule: two in a year-round state, one without ZIP.
    private static func with(_ body: (TestService) async throws -> Void) async throws {
        try await TestService.with { test in
            let csv = """
                id,email,zip_code,state,birth_date,effective_date
                1,a@example.org,75001,,1950-06-15,2020-03-01
                2,b@example.org,10001,,1951-07-16,2021-04-01
                3,c@example.org,75002,,1952-08-17,
                4,d@example.org,75003,NY,1952-08-17,
                5,e@example.org,,,1952-08-17,
                """
            _ = try await test.send(.post, "/v1/orgs/acme/contacts/import", body: csv, type: "text/csv")
            _ = try await test.send(.post, "/v1/orgs/acme/scheduler-runs", body: #"{"kind":"full"}"#)
            try await test.carryOutRun()
            try await body(test)
        }
    }

    private static func counts(_ rows: [[String: Any]], by names: String...) -> [String: Int] {
        rows.reduce(into: [:]) { counts, row in
            let key = names.map { "\(row[$0] ?? "-")" }.joined(separator: " ")
            counts[key, default: 0] += row["count"] as? Int ?? 0
        }
    }

    private static func rows(_ object: Any?) throws -> [[String: Any]] {
        try #require(object as? [[String: Any]])
    }

    private static func metrics(_ test: TestService) async throws -> [String: Any] {
        try await test.send(.get, "/v1/orgs/acme/metrics").object
    }

    @Test func `an organisation without anything has numbers too`() async throws {
        try await TestService.with { test in
            let metrics = try await Self.metrics(test)
            #expect(metrics["today"] as? String == "2026-01-05")
            #expect((metrics["contacts"] as? [String: Any])?["total"] as? Int == 0)
            let runs = try #require(metrics["runs"] as? [String: Any])
            #expect(
                runs["by_state"] as? [String: Int] == [
                    "queued": 0, "running": 0, "completed": 0, "failed": 0, "cancelled": 0,
                ])
            #expect(try Self.rows(runs["recent"]).isEmpty)
        }
    }

    @Test func `emails, states and runs are what the lists say`() async throws {
        try await Self.with { test in
            let metrics = try await Self.metrics(test)
            let contacts = try #require(metrics["contacts"] as? [String: Any])
            #expect(contacts["total"] as? Int == 5)
            #expect(contacts["invalid"] as? [String: Int] == ["missing_zip": 1])
            #expect(contacts["state_zip_mismatches"] as? Int == 1)

            let list = try await test.send(.get, "/v1/orgs/acme/email-schedules?limit=1000").items
            let listed = Self.counts(
                list.map { $0.merging(["count": 1]) { $1 } }, by: "email_type", "status", "skip_reason")
            let emails = try Self.rows(metrics["email_schedules"])
            #expect(Self.counts(emails, by: "email_type", "status", "skip_reason") == listed)
            let days = Self.counts(
                list.filter { $0["status"] as? String != "skipped" }.map { $0.merging(["count": 1]) { $1 } },
                by: "scheduled_send_date")
            #expect(Self.counts(try Self.rows(metrics["daily_volume"]), by: "date") == days)

            let exclusions = try Self.rows(metrics["exclusions"])
            let excluded = list.filter { [2, 4].contains($0["contact_id"] as? Int) }.count
            #expect(
                Self.counts(exclusions, by: "state", "skip_reason")["NY year_round_exclusion"] == excluded)
            let rates = try Self.rows(metrics["exclusion_rates"])
            let newYork = try #require(rates.first { $0["state"] as? String == "NY" })
            #expect(newYork["emails"] as? Int == newYork["excluded"] as? Int)
            #expect(newYork["rate"] as? Double == 1)

            let runs = try #require(metrics["runs"] as? [String: Any])
            #expect((runs["by_state"] as? [String: Int])?["completed"] == 1)
            #expect((runs["last_success"] as? [String: Any])?["kind"] as? String == "full")
            let run = try #require(try Self.rows(runs["recent"]).first)
            #expect(run["contacts_processed"] as? Int == 4)
            #expect(run["inserted"] as? Int == list.count)
            #expect(try Self.rows(run["phases"]).first?["name"] as? String == "survey")
            #expect((run["batches"] as? [String: Any])?["count"] as? Int ?? 0 > 0)
        }
    }

    @Test func `a contact that moves takes its exclusions along`() async throws {
        try await Self.with { test in
            _ = try await test.send(
                .patch, "/v1/orgs/acme/contacts/2", body: #"{"zip_code":"06101"}"#)
            let moved = try Self.rows(try await Self.metrics(test)["exclusions"])
            #expect(Self.counts(moved, by: "state")["CT"] ?? 0 > 0)
            try await test.carryOutRun()
            _ = try await test.send(.delete, "/v1/orgs/acme/contacts/4")
            let left = try Self.rows(try await Self.metrics(test)["exclusions"])
            #expect(Self.counts(left, by: "state")["NY"] == nil)
        }
    }

    @Test func `what is due and what senders have is the backlog`() async throws {
        try await Self.with { test in
            test.clock.seconds.withLock { $0 += 30 * 86_400 }
            let before = try #require(try await Self.metrics(test)["backlog"] as? [String: Any])
            #expect(before["oldest_due"] as? String == "2026-01-30")
            let due = try #require(before["due"] as? Int)
            let claim = try await test.send(
                .post, "/v1/orgs/acme/email-schedules/claim", body: #"{"limit":1}"#)
            #expect(try claim.items.count == 1)
            let after = try #require(try await Self.metrics(test)["backlog"] as? [String: Any])
            #expect(after["leased"] as? Int == 1)
            #expect(after["due"] as? Int == due - 1)
            test.clock.seconds.withLock { $0 += 301 }
            let ended = try #require(try await Self.metrics(test)["backlog"] as? [String: Any])
            #expect(ended["leased"] as? Int == 0)
        }
    }

    @Test func `the calendar has every day of its span`() async throws {
        try await Self.with { test in
            let year = try await test.send(.get, "/v1/orgs/acme/calendar").object
            #expect(year["from"] as? String == "2026-01-05")
            #expect(year["to"] as? String == "2027-01-05")
            #expect(year["cap"] as? Int == 1)
            let days = try Self.rows(year["items"])
            #expect(days.count == 366)
            let metrics = try Self.rows(try await Self.metrics(test)["daily_volume"])
            let volume = Self.counts(metrics, by: "date")
            #expect(Self.counts(days, by: "date").filter { $0.value > 0 } == volume)
            #expect(days.contains { $0["over_cap"] as? Bool == true } == volume.contains { $0.value > 1 })

            let span = try await test.send(.get, "/v1/orgs/acme/calendar?from=2026-06-01&to=2026-06-01")
                .object
            let day = try #require(try Self.rows(span["items"]).first)
            #expect(day["count"] as? Int == 1)
            #expect(
                Self.counts(try Self.rows(day["emails"]), by: "email_type", "status") == [
                    "birthday pre-scheduled": 1
                ])
        }
    }

    @Test(arguments: [
        "from=2026-02-01&to=2026-01-31", "to=2025-12-31", "from=2026-01-01&to=2028-03-11", "from=x",
        "from=2999-12-31", "from=1899-12-31", "to=2026-02-30", "limit=3",
    ])
    func `a span that is none is refused`(_ query: String) async throws {
        try await TestService.with { test in
            let answer = try await test.send(.get, "/v1/orgs/acme/calendar?\(query)")
            #expect(answer.status == 400)
        }
    }

    @Test func `the service's admin sees the sums of every organisation`() async throws {
        try await Self.with { test in
            let metrics = try await test.send(.get, "/v1/metrics").object
            let acme = try #require(
                try Self.rows(metrics["organizations"]).first { $0["id"] as? String == "acme" })
            #expect(acme["contacts"] as? Int == 5)
            #expect((acme["runs"] as? [String: Int])?["completed"] == 1)
            let emails = try #require(acme["email_schedules"] as? [String: Int])
            let list = try await test.send(.get, "/v1/orgs/acme/email-schedules?limit=1000").items
            #expect(emails.values.reduce(0, +) == list.count)
            #expect((metrics["workers"] as? [String: Any])?["waiting_organizations"] as? Int != nil)
            let token = try await test.token("acme", [.read, .admin])
            #expect(try await test.send(.get, "/v1/metrics", token: token).status == 403)
        }
    }

    @Test func `Prometheus' text has sums for everybody, and no organisation's name`() async throws {
        try await Self.with { test in
            let answer = try await test.send(.get, "/metrics", token: "")
            #expect(answer.status == 200)
            #expect(answer.fields[.contentType] == "text/plain; version=0.0.4; charset=utf-8")
            #expect(answer.text.contains("# TYPE email_scheduler_runs gauge\n"))
            #expect(answer.text.contains("email_scheduler_runs{state=\"completed\"} 1\n"))
            #expect(answer.text.contains("email_scheduler_contacts 5\n"))
            #expect(!answer.text.contains("acme"))
        }
    }

    @Test func `labels and help are escaped, and numbers are as the format has them`() {
        let family = MetricFamily(
            "a_total", .counter, help: "A \\ b\nc \"d\".",
            [.init(1, labels: [.init("x", "a\"b\\c\nd")]), .init(0.25), .init(.infinity)])
        let empty = MetricFamily("none", .gauge, help: "Nothing.", [])
        #expect(
            String(decoding: PrometheusText.write([family, empty]), as: UTF8.self) == #"""
                # HELP a_total A \\ b\nc "d".
                # TYPE a_total counter
                a_total{x="a\"b\\c\nd"} 1
                a_total 0.25
                a_total +Inf

                """#)
    }
}
