import HTTPHandling
import HTTPTypes
import ScheduleAPI
import ScheduleJobs
import ScheduleStore
import ScheduleStoreSQLite
import Testing

@Suite struct ScheduleTests {
    private static let path = "/v1/orgs/acme/email-schedules"

    /// Hands a service to `body` with three contacts and their schedule: one in a year-round state.
    private static func with(_ body: (TestService) async throws -> Void) async throws {
        try await TestService.with { test in
            let csv = """
                id,email,zip_code,birth_date,effective_date
                1,a@example.org,75001,1950-06-15,2020-03-01
                2,b@example.org,10001,1951-07-16,2021-04-01
                3,c@example.org,75002,1952-08-17,
                """
            _ = try await test.send(.post, "/v1/orgs/acme/contacts/import", body: csv, type: "text/csv")
            _ = try await test.send(.post, "/v1/orgs/acme/scheduler-runs", body: #"{"kind":"full"}"#)
            try await test.carryOutRun()
            try await body(test)
        }
    }

    @Test func `a contact's emails come in order of their dates, whatever the page`() async throws {
        try await Self.with { test in
            let whole = try await test.send(.get, "/v1/orgs/acme/contacts/1/schedule")
            let dates = try whole.items.compactMap { $0["scheduled_send_date"] as? String }
            #expect(dates == ["2026-01-30", "2026-06-01", "2026-09-15"])
            var paged: [String] = []
            var cursor = ""
            repeat {
                let page = try await test.send(.get, "/v1/orgs/acme/contacts/1/schedule?limit=1\(cursor)")
                paged += try page.items.compactMap { $0["scheduled_send_date"] as? String }
                cursor = try (page.object["next_cursor"] as? String).map { "&cursor=\($0)" } ?? ""
            } while !cursor.isEmpty
            #expect(paged == dates)
        }
    }

    @Test(arguments: [
        ("", 8), ("?contact_id=1", 3), ("?email_type=birthday", 3), ("?status=skipped", 3),
        ("?contact_id=2&status=pre-scheduled", 0), ("?from=2026-06-01&to=2026-06-01", 1),
        ("?from=2026-09-15", 3), ("?to=2026-01-30", 1), ("?run_id=1", 8), ("?run_id=2", 0),
        ("?campaign_instance_id=1", 0), ("?contact_id=9", 0),
    ])
    func `a filter chooses the rows that meet it, in every format`(_ query: String, _ count: Int) async throws
    {
        try await Self.with { test in
            let json = try await test.send(.get, Self.path + query)
            let csv = try await test.send(.get, Self.path + query, accept: "text/csv")
            let lines = try await test.send(.get, Self.path + query, accept: "application/x-ndjson")
            #expect(try json.items.count == count)
            #expect(csv.lines.count == count + 1)
            #expect(lines.lines.count == count)
        }
    }

    @Test func `the formats have the same columns`() async throws {
        try await Self.with { test in
            let csv = try await test.send(
                .get, "\(Self.path)?contact_id=1&email_type=birthday", accept: "text/csv")
            #expect(csv.fields[.contentType] == "text/csv; charset=utf-8")
            #expect(csv.fields[.vary] == "Accept")
            let names = csv.lines[0].split(separator: ",", omittingEmptySubsequences: false)
            let values = csv.lines[1].split(separator: ",", omittingEmptySubsequences: false)
            let json = try await test.send(.get, "\(Self.path)?contact_id=1&email_type=birthday")
            let row = try #require(try json.items.first)
            #expect(Set(names.map(String.init)) == Set(row.keys))
            for (name, value) in zip(names, values) where !value.isEmpty {
                #expect("\(row[String(name)] ?? "")" == value)
            }
            #expect(row["created_at"] as? String == "2026-01-05T12:00:01Z")
        }
    }

    @Test(
        arguments: [
            (nil, "application/json"), ("*/*", "application/json"), ("text/*", "text/csv"),
            ("text/csv;q=0.5, application/x-ndjson", "application/x-ndjson"),
            ("application/json;q=0, */*;q=0.1", "text/csv"), ("text/html, text/csv", "text/csv"),
        ] as [(String?, String)])
    func `the format is the one that the client likes best`(_ accept: String?, _ type: String) async throws {
        try await TestService.with { test in
            let answer = try await test.send(.get, Self.path, accept: accept)
            #expect(answer.status == 200)
            #expect(answer.fields[.contentType]?.hasPrefix(type) == true)
        }
    }

    @Test func `a client that accepts none of the formats is told so`() async throws {
        try await TestService.with { test in
            let answer = try await test.send(.get, Self.path, accept: "text/html")
            #expect(answer.status == 406)
        }
    }

    @Test func `a stream has no pages`() async throws {
        try await TestService.with { test in
            let answer = try await test.send(.get, "\(Self.path)?limit=5", accept: "text/csv")
            #expect(answer.status == 400)
            #expect(try answer.mistakes == ["limit not_applicable"])
        }
    }
}
