import HTTPHandling
import HTTPTypes
import ScheduleStore
import Testing

@Suite struct CampaignTriggerTests {
    private static let trigger = "/v1/orgs/acme/campaign-instances/1/trigger"

    /// A service with three contacts and an instance of rate increases, and no plan.
    private func withInstance(_ body: (TestService) async throws -> Void) async throws {
        try await TestService.with { test in
            for id in 1...3 {
                _ = try await test.send(
                    .post, "/v1/orgs/acme/contacts",
                    body: """
                        {"id":\(id),"external_id":"crm-\(id)","email":"c\(id)@b.c","zip_code":"75001"}
                        """)
            }
            _ = try await test.send(
                .post, "/v1/orgs/acme/campaign-instances",
                body: """
                    {"campaign_type":"rate_increase","instance_name":"spring","email_template":"spring",\
                    "active_start_date":"2026-01-01","active_end_date":"2026-03-31"}
                    """)
            try await body(test)
        }
    }

    @Test func `contacts named in three ways are enrolled and planned in one run`() async throws {
        try await withInstance { test in
            let answer = try await test.send(
                .post, Self.trigger,
                body: """
                    {"contacts":[{"id":1,"trigger_date":"2026-03-20"},\
                    {"external_id":"crm-2","trigger_date":"2026-03-21"},\
                    {"email":"C3@B.C","trigger_date":null}]}
                    """)
            #expect(answer.status == 202)
            let run = try answer.object
            #expect(answer.fields[.location] == "/v1/orgs/acme/scheduler-runs/1")
            #expect(run["kind"] as? String == "contacts")
            #expect(run["today"] as? String == "2026-01-05")
            try await test.carryOutRun()
            let rows = try await test.send(.get, "/v1/orgs/acme/email-schedules?campaign_instance_id=1").items
            #expect(rows.map { $0["contact_id"] as? Int } == [1, 2, 3])
            let dates = rows.compactMap { $0["scheduled_send_date"] as? String }
            #expect(dates.prefix(2) == ["2026-03-06", "2026-03-07"])
            #expect(dates.count == 3 && dates.last ?? "" >= "2026-01-05")
            #expect(rows.allSatisfy { $0["email_template"] as? String == "spring" })
            let targets = try await test.send(.get, "/v1/orgs/acme/contact-campaigns").items
            #expect(targets.map { $0["status"] as? String } == ["scheduled", "scheduled", "scheduled"])
        }
    }

    @Test func `contacts that are enrolled already are planned all the same`() async throws {
        try await withInstance { test in
            let body = #"{"contacts":[{"id":1,"trigger_date":"2026-03-20"}]}"#
            _ = try await test.send(.post, Self.trigger, body: body)
            try await test.carryOutRun()
            let again = try await test.send(.post, Self.trigger, body: body)
            #expect(again.status == 202)
            #expect(try again.object["id"] as? Int == 2)
            #expect(try await test.send(.get, "/v1/orgs/acme/contact-campaigns").items.count == 1)
        }
    }

    @Test func `every mistake is named, and nobody is enrolled`() async throws {
        try await withInstance { test in
            let answer = try await test.send(
                .post, Self.trigger,
                body: """
                    {"contacts":[{"id":1},{"id":1,"email":"c1@b.c"},{},{"id":0},5,\
                    {"external_id":" "},{"id":2,"trigger_date":"soon"},{"id":3,"when":"now"}],"x":1}
                    """)
            #expect(answer.status == 422)
            #expect(
                try answer.mistakes == [
                    "/contacts/1 one_of", "/contacts/2 one_of", "/contacts/3/id invalid_value",
                    "/contacts/4 invalid_type", "/contacts/5/external_id invalid_value",
                    "/contacts/6/trigger_date invalid_date", "/contacts/7/when unknown_field",
                    "/x unknown_field",
                ])
            #expect(try await test.send(.get, "/v1/orgs/acme/contact-campaigns").items.isEmpty)
        }
    }

    @Test func `an unknown contact is named, and nobody is enrolled`() async throws {
        try await withInstance { test in
            let answer = try await test.send(
                .post, Self.trigger,
                body: #"{"contacts":[{"id":1},{"id":77},{"external_id":"crm-x"},{"email":"no@b.c"}]}"#)
            #expect(answer.status == 422)
            #expect(
                try answer.mistakes == [
                    "/contacts/1/id unknown_record", "/contacts/2/external_id unknown_record",
                    "/contacts/3/email unknown_record",
                ])
            #expect(try await test.send(.get, "/v1/orgs/acme/contact-campaigns").items.isEmpty)
            #expect(try await test.counts()["runs"] == 0)
        }
    }

    @Test(arguments: ["{}", #"{"contacts":[]}"#, #"{"contacts":null}"#])
    func `at least one contact is needed`(_ body: String) async throws {
        try await withInstance { test in
            let answer = try await test.send(.post, Self.trigger, body: body)
            #expect(answer.status == 422)
            #expect(try answer.mistakes == ["/contacts required"])
        }
    }

    @Test func `an instance that is not there cannot be triggered`() async throws {
        try await withInstance { test in
            let answer = try await test.send(
                .post, "/v1/orgs/acme/campaign-instances/9/trigger", body: #"{"contacts":[{"id":1}]}"#)
            #expect(answer.status == 404)
        }
    }
}
