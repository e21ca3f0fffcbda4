import HTTPHandling
import HTTPTypes
import ScheduleStore
import Testing

/// A change of a contact plans it anew, once there is a plan.
@Suite struct ReschedulingTests {
    private static let runs = "/v1/orgs/acme/scheduler-runs"
    private static let contacts = "/v1/orgs/acme/contacts"

    /// A service with three contacts and a finished full run for a date.
    private func withPlan(
        today: String = "2026-01-05", _ body: (TestService) async throws -> Void
    ) async throws {
        try await TestService.with { test in
            for id in 1...3 {
                _ = try await test.send(
                    .post, Self.contacts,
                    body: #"{"id":\#(id),"email":"c\#(id)@b.c","zip_code":"75001","birth_date":"1950-06-15"}"#
                )
            }
            #expect(try await test.send(.get, Self.runs).items.isEmpty)
            _ = try await test.send(.post, Self.runs, body: #"{"kind":"full","today":"\#(today)"}"#)
            try await test.carryOutRun()
            try await body(test)
        }
    }

    private func reasons(_ test: TestService, contact: Int) async throws -> [String?] {
        try await test.send(.get, "\(Self.contacts)/\(contact)/schedule").items
            .map { $0["skip_reason"] as? String }
    }

    @Test func `another state is planned at once, and moves nobody else`() async throws {
        try await withPlan { test in
            let others = try await reasons(test, contact: 2)
            let answer = try await test.send(.patch, "\(Self.contacts)/1", body: #"{"state":"NY"}"#)
            #expect(answer.status == 200)
            try await test.carryOutRun()
            let changed = try await reasons(test, contact: 1)
            #expect(!changed.isEmpty)
            #expect(changed.allSatisfy { $0 == "year_round_exclusion" })
            #expect(try await reasons(test, contact: 2) == others)
            let run = try #require(try await test.send(.get, "\(Self.runs)?limit=1").items.first)
            #expect(run["kind"] as? String == "contacts")
            #expect(run["today"] as? String == "2026-01-05")
        }
    }

    @Test func `a new contact and one that is gone are planned at once`() async throws {
        try await withPlan { test in
            _ = try await test.send(
                .post, Self.contacts, body: #"{"id":9,"email":"n@b.c","zip_code":"75001"}"#)
            _ = try await test.send(.delete, "\(Self.contacts)/2")
            try await test.carryOutRun()
            #expect(try await reasons(test, contact: 9) == [nil])
            let rows = try await test.send(.get, "/v1/orgs/acme/email-schedules?contact_id=2")
            #expect(try rows.items.isEmpty)
        }
    }

    @Test func `who is put on the do-not-contact list, or taken off it, is planned at once`() async throws {
        try await withPlan { test in
            let suppressions = "/v1/orgs/acme/suppressions"
            let before = try await reasons(test, contact: 3)
            let answer = try await test.send(
                .post, suppressions, body: #"{"contact_id":3,"channel":"email"}"#)
            #expect(answer.status == 201)
            try await test.carryOutRun()
            #expect(try await reasons(test, contact: 3).allSatisfy { $0 == "suppressed" })
            _ = try await test.send(.delete, "\(suppressions)/1")
            try await test.carryOutRun()
            #expect(try await reasons(test, contact: 3) == before)
        }
    }

    @Test func `targets and their instance are planned at once, and gone with them`() async throws {
        try await withPlan { test in
            let instances = "/v1/orgs/acme/campaign-instances"
            let made = try await test.send(
                .post, instances,
                body: """
                    {"campaign_type":"rate_increase","instance_name":"spring","email_template":"spring_v1",\
                    "active_start_date":"2026-01-01","active_end_date":"2026-03-31"}
                    """)
            #expect(made.status == 201)
            try await test.carryOutRun()
            let target = try await test.send(
                .post, "/v1/orgs/acme/contact-campaigns",
                body: #"{"contact_id":2,"campaign_instance_id":1,"trigger_date":"2026-03-20"}"#)
            #expect(target.status == 201)
            try await test.carryOutRun()
            func rows() async throws -> [[String: Any]] {
                try await test.send(.get, "/v1/orgs/acme/email-schedules?campaign_instance_id=1").items
            }
            let row = try #require(try await rows().first)
            #expect(row["scheduled_send_date"] as? String == "2026-03-06")
            #expect(row["email_template"] as? String == "spring_v1")
            _ = try await test.send(.patch, "\(instances)/1", body: #"{"email_template":"spring_v2"}"#)
            try await test.carryOutRun()
            #expect(try await rows().first?["email_template"] as? String == "spring_v2")
            _ = try await test.send(.delete, "\(instances)/1")
            try await test.carryOutRun()
            #expect(try await rows().isEmpty)
        }
    }

    @Test func `many changes make one run`() async throws {
        try await withPlan { test in
            for id in 1...3 {
                _ = try await test.send(.patch, "\(Self.contacts)/\(id)", body: #"{"state":"NY"}"#)
            }
            let runs = try await test.send(.get, Self.runs).items
            #expect(runs.map { $0["kind"] as? String } == ["contacts", "full"])
            try await test.carryOutRun()
            for id in 1...3 {
                #expect(try await reasons(test, contact: id).allSatisfy { $0 == "year_round_exclusion" })
            }
        }
    }

    @Test func `many changes of a campaign instance make one run`() async throws {
        try await withPlan { test in
            let instances = "/v1/orgs/acme/campaign-instances"
            let made = try await test.send(
                .post, instances,
                body:
                    #"{"campaign_type":"rate_increase","email_template":"t0","active_start_date":"2026-01-01"}"#
            )
            #expect(made.status == 201)
            for number in 1...3 {
                _ = try await test.send(
                    .patch, "\(instances)/1", body: #"{"email_template":"t\#(number)"}"#)
            }
            let runs = try await test.send(.get, Self.runs).items
            #expect(runs.map { $0["kind"] as? String } == ["campaign", "full"])
        }
    }

    @Test func `the contacts that an import adds or changes are planned at once, in one run`() async throws {
        try await withPlan { test in
            let csv =
                "id,email,zip_code,state,first_name\n1,c1@b.c,75001,NY,Ann\n2,c2@b.c,75001,,Bob\n9,n@b.c,10001,,\n"
            let answer = try await test.send(.post, "\(Self.contacts)/import", body: csv, type: "text/csv")
            #expect(answer.status == 200)
            let runs = try await test.send(.get, Self.runs).items
            #expect(runs.map { $0["kind"] as? String } == ["contacts", "full"])
            try await test.carryOutRun()
            let run = try #require(try await test.send(.get, "\(Self.runs)?limit=1").items.first)
            let report = try #require(run["report"] as? [String: Any])
            #expect(report["contacts_processed"] as? Int == 2)
            #expect(try await reasons(test, contact: 1).allSatisfy { $0 == "year_round_exclusion" })
            #expect(try await !reasons(test, contact: 9).isEmpty)
        }
    }

    @Test func `an import of contacts that are as they were makes no run`() async throws {
        try await withPlan { test in
            let csv = "id,email,zip_code,birth_date\n1,c1@b.c,75001,1950-06-15\n"
            _ = try await test.send(.post, "\(Self.contacts)/import", body: csv, type: "text/csv")
            #expect(try await test.send(.get, Self.runs).items.count == 1)
        }
    }

    @Test func `a change that no rule looks at makes no run`() async throws {
        try await withPlan { test in
            _ = try await test.send(.patch, "\(Self.contacts)/1", body: #"{"first_name":"Ann"}"#)
            #expect(try await test.send(.get, Self.runs).items.count == 1)
        }
    }

    @Test func `a plan for another date stays one for that date`() async throws {
        try await withPlan(today: "2025-03-01") { test in
            _ = try await test.send(.patch, "\(Self.contacts)/1", body: #"{"state":"NY"}"#)
            let run = try #require(try await test.send(.get, "\(Self.runs)?limit=1").items.first)
            #expect(run["kind"] as? String == "contacts")
            #expect(run["today"] as? String == "2025-03-01")
        }
    }
}
