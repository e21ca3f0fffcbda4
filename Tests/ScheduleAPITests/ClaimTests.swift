import HTTPHandling
import HTTPTypes
import ScheduleAPI
import ScheduleJobs
import ScheduleStore
import ScheduleStoreSQLite
import SchedulingCore
import Synchronization
import Testing

@Suite struct ClaimTests {
    static let claimPath = "/v1/orgs/acme/email-schedules/claim"
    static let statusPath = "/v1/orgs/acme/email-schedules/status"

    /// Contacts in Texas, each with a birthday email, one a day from 2026-01-05 on, and an email in September.
    static func plan(_ test: TestService, contacts: Int = 2) async throws {
        for id in 1...contacts {
            let added = try await test.send(
                .post, "/v1/orgs/acme/contacts",
                body: #"{"id":\#(id),"email":"c\#(id)@b.c","zip_code":"75001","birth_date":"1960-01-19"}"#)
            #expect(added.status == 201)
        }
        let run = try await test.send(
            .post, "/v1/orgs/acme/scheduler-runs", body: #"{"kind":"full","today":"2026-01-05"}"#)
        #expect(run.status == 202)
        try await test.carryOutRun()
    }

    @Test func `a due email is claimed, and follows what its sender reports`() async throws {
        try await TestService.with { test in
            try await Self.plan(test)
            let claim = try await test.send(
                .post, Self.claimPath, body: #"{"limit":1,"channel":"email","lease_seconds":60}"#)
            #expect(claim.status == 200)
            #expect(
                claim.text
                    == #"{"items":[{"id":1,"lease":1,"attempt":1,"contact":{"id":1,"external_id":null,"#
                    + #""first_name":null,"last_name":null,"email":"c1@b.c","zip_code":"75001","state":null,"#
                    + #""birth_date":"1960-01-19","effective_date":null,"phone_number":null},"#
                    + #""email_type":"birthday","email_template":"birthday_email","sms_template":null,"priority":5,"#
                    + #""scheduled_send_date":"2026-01-05","scheduled_send_time":"08:30:00","#
                    + #""campaign_instance_id":null}],"skipped":[],"held":0,"unconfirmed":0}"#)
            let reported = try await test.send(
                .post, Self.statusPath,
                body: """
                    [{"id":1,"lease":1,"status":"sent","at":"2026-01-05T12:00:01Z","message_id":"m","detail":{"a":1}},
                     {"id":1,"lease":7,"status":"sent"},{"id":99,"lease":1,"status":"sent"},
                     {"id":"x","lease":1,"status":"sent"},{"id":1,"lease":1,"status":"lost"},5,
                     {"id":1,"lease":1,"status":"sent","at":"yesterday"},{"id":1,"lease":1,"status":"sent","x":1}]
                    """)
            #expect(reported.status == 200)
            let results = try #require(try reported.object["results"] as? [[String: Any]])
            #expect(
                results.map { $0["result"] as? String } == [
                    "recorded", "invalid", "unknown_id", "invalid", "invalid", "invalid", "invalid",
                    "invalid",
                ])
            #expect(results[3]["id"] as? String == "x")
            let rows = try await test.send(.get, "/v1/orgs/acme/email-schedules?status=sent")
            #expect(try rows.items.map { $0["actual_send_datetime"] as? String } == ["2026-01-05T12:00:01Z"])
        }
    }

    @Test func `a lease ends by the clock, and an old one is stale`() async throws {
        try await TestService.with { test in
            try await Self.plan(test, contacts: 1)
            _ = try await test.send(.post, Self.claimPath, body: #"{"lease_seconds":60}"#)
            test.clock.seconds.withLock { $0 += 59 }
            let early = try await test.send(.post, Self.claimPath, body: "{}")
            #expect(try early.items.isEmpty)
            test.clock.seconds.withLock { $0 += 1 }
            let again = try await test.send(.post, Self.claimPath, body: "{}")
            #expect(try again.items.map { $0["attempt"] as? Int } == [2])
            let late = try await test.send(
                .post, Self.statusPath, body: #"[{"id":1,"lease":1,"status":"sent"}]"#)
            #expect(late.text == #"{"results":[{"id":1,"result":"stale_lease"}]}"#)
        }
    }

    @Test func `who unsubscribes between the plan and the claim is never handed out`() async throws {
        try await TestService.with { test in
            try await Self.plan(test)
            _ = try await test.send(.post, "/v1/orgs/acme/suppressions", body: #"{"contact_id":1}"#)
            let claim = try await test.send(.post, Self.claimPath, body: #"{"as_of":"2026-01-12"}"#)
            #expect(try claim.items.map { ($0["contact"] as? [String: Any])?["id"] as? Int } == [2])
            #expect(claim.text.contains(#""skipped":[{"id":1,"skip_reason":"suppressed"}]"#))
        }
    }

    @Test(arguments: [
        (#"{"as_of":"2026-01-04"}"#, 0), (#"{"as_of":"2026-01-05"}"#, 1),
        (#"{"as_of":"2026-01-04T23:59:59Z"}"#, 0),
        (#"{"as_of":"2026-01-05T01:00:00+01:00"}"#, 1), (#"{"as_of":"2026-01-06"}"#, 2),
    ])
    func `a claim can be made for another date or moment`(_ body: String, _ count: Int) async throws {
        try await TestService.with { test in
            try await Self.plan(test)
            let claim = try await test.send(.post, Self.claimPath, body: body)
            #expect(claim.status == 200)
            #expect(try claim.items.count == count)
        }
    }

    @Test(arguments: [
        (#"{"limit":0}"#, ["/limit invalid_value"]), (#"{"limit":10001}"#, ["/limit invalid_value"]),
        (#"{"channel":"fax"}"#, ["/channel invalid_value"]),
        (#"{"lease_seconds":0}"#, ["/lease_seconds invalid_value"]),
        (#"{"as_of":"soon","x":1}"#, ["/as_of invalid_instant", "/x unknown_field"]),
    ])
    func `a wrong claim is refused`(_ body: String, _ mistakes: [String]) async throws {
        try await TestService.with { test in
            let claim = try await test.send(.post, Self.claimPath, body: body)
            #expect(claim.status == 422)
            #expect(try claim.mistakes == mistakes)
        }
    }

    @Test(arguments: [(#"{"id":1}"#, 422), ("[", 400)])
    func `a report that is no array is refused`(_ body: String, _ status: Int) async throws {
        try await TestService.with { test in
            let answer = try await test.send(.post, Self.statusPath, body: body)
            #expect(answer.status == status)
        }
    }

    @Test func `only senders claim and report`() async throws {
        try await TestService.with { test in
            let writer = try await test.token("acme", [.read, .write, .webhook])
            let sender = try await test.token("acme", [.send])
            for (path, body) in [(Self.claimPath, "{}"), (Self.statusPath, "[]")] {
                let refused = try await test.send(.post, path, token: writer, body: body)
                let allowed = try await test.send(.post, path, token: sender, body: body)
                #expect([refused.status, allowed.status] == [403, 200])
            }
        }
    }
}
