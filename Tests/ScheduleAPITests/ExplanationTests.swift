import Foundation
import HTTPHandling
import HTTPTypes
import ScheduleStore
import Testing

/// Why the emails of a contact are what they are.
@Suite struct ExplanationTests {
    private static let contacts = "/v1/orgs/acme/contacts"
    private static let runs = "/v1/orgs/acme/scheduler-runs"

    /// A service with contact 1, of California by its ZIP code, and a finished full run.
    private func withPlan(_ body: (TestService) async throws -> Void) async throws {
        try await TestService.with { test in
            _ = try await test.send(
                .post, Self.contacts,
                body:
                    #"{"id":1,"email":"a@b.c","zip_code":"94110","birth_date":"1950-07-20","effective_date":"2020-03-01"}"#
            )
            _ = try await test.send(.post, Self.runs, body: #"{"kind":"full"}"#)
            try await test.carryOutRun()
            try await body(test)
        }
    }

    private func emails(_ answer: Answer) throws -> [String: [String: Any]] {
        let emails = try #require(try answer.object["emails"] as? [[String: Any]])
        return Dictionary(emails.map { ($0["email_type"] as? String ?? "", $0) }) { first, _ in first }
    }

    private func rule(_ name: String, of email: [String: Any]?) -> [String: Any]? {
        (email?["rules"] as? [[String: Any]])?.last { $0["rule"] as? String == name }
    }

    @Test func `every type, its rules with window dates, and the row are told`() async throws {
        try await withPlan { test in
            let before = try await test.counts()
            let answer = try await test.send(.get, "\(Self.contacts)/1/explain")
            #expect(answer.status == 200)
            let object = try answer.object
            #expect(object["today"] as? String == "2026-01-05")
            #expect(object["valid"] as? Bool == true)
            let contact = try #require(object["contact"] as? [String: Any])
            #expect(contact["state"] as? String == "CA")
            #expect(contact["state_source"] as? String == "zip_code")
            #expect(contact["time_zone"] as? String == "America/Los_Angeles")

            let emails = try emails(answer)
            #expect(Set(emails.keys) == ["birthday", "effective_date", "aep", "post_window"])
            let birthday = try #require(emails["birthday"])
            #expect(birthday["status"] as? String == "skipped")
            #expect(birthday["skip_reason"] as? String == "birthday_window")
            let windows = rule("exclusion_window", of: birthday)?["windows"] as? [[String: Any]]
            let window = try #require(windows?.first)
            #expect(window["first_date"] as? String == "2026-04-21")
            #expect(window["last_date"] as? String == "2026-09-18")
            #expect(window["state"] as? String == "CA")

            let anniversary = try #require(emails["effective_date"])
            #expect(rule("kept_date", of: anniversary)?["outcome"] as? String == "kept")
            #expect(anniversary["schedule_agrees"] as? Bool == true)
            let rows = try await test.send(.get, "\(Self.contacts)/1/schedule").items
            let row = try #require(rows.first { $0["email_type"] as? String == "effective_date" })
            #expect(anniversary["schedule_id"] as? Int == row["id"] as? Int)
            #expect(
                anniversary["scheduled_send_date"] as? String == row["scheduled_send_date"] as? String)
            #expect(try await test.counts() == before)
        }
    }

    @Test func `before the first full run it is told that nobody else is counted`() async throws {
        try await TestService.with { test in
            let contact = #"{"id":1,"email":"a@b.c","zip_code":"75001","effective_date":"2020-03-01"}"#
            _ = try await test.send(.post, Self.contacts, body: contact)
            let before = try await test.send(.get, "\(Self.contacts)/1/explain").object
            #expect(before["counts_of_run"] is NSNull)
            #expect((before["sentence"] as? String)?.contains("No full run has been completed yet") == true)
            _ = try await test.send(.post, Self.runs, body: #"{"kind":"full"}"#)
            try await test.carryOutRun()
            let after = try await test.send(.get, "\(Self.contacts)/1/explain").object
            #expect(after["counts_of_run"] as? Int == 1)
            #expect(after["sentence"] as? String == "The contact is mailed under the rules of TX.")
        }
    }

    @Test func `another date is explained as a run on it would decide`() async throws {
        try await withPlan { test in
            let answer = try await test.send(.get, "\(Self.contacts)/1/explain?today=2026-05-01")
            #expect(try answer.object["today"] as? String == "2026-05-01")
            let emails = try emails(answer)
            #expect(emails["birthday"]?["earliest_legal_send_date"] as? String == "2026-09-19")
            #expect(emails["effective_date"]?["event_date"] as? String == "2027-03-01")
        }
    }

    @Test func `a row that no longer agrees is told, until the contact is planned anew`() async throws {
        try await withPlan { test in
            _ = try await test.send(.patch, "\(Self.contacts)/1", body: #"{"state":"NY"}"#)
            func email() async throws -> [String: Any] {
                let answer = try await test.send(.get, "\(Self.contacts)/1/explain")
                return try #require(try emails(answer)["effective_date"])
            }
            let before = try await email()
            #expect(before["skip_reason"] as? String == "year_round_exclusion")
            #expect(before["schedule_agrees"] as? Bool == false)
            try await test.carryOutRun()
            let after = try await email()
            #expect(after["schedule_agrees"] as? Bool == true)
            #expect(after["schedule_id"] as? Int == before["schedule_id"] as? Int)
        }
    }

    @Test func `campaigns, suppression and follow-ups are told`() async throws {
        try await withPlan { test in
            _ = try await test.send(
                .post, "/v1/orgs/acme/campaign-instances",
                body: """
                    {"campaign_type":"rate_increase","instance_name":"spring","active_start_date":"2026-01-01",\
                    "active_end_date":"2026-03-31"}
                    """)
            _ = try await test.send(
                .post, "/v1/orgs/acme/contact-campaigns",
                body: #"{"contact_id":1,"campaign_instance_id":1,"trigger_date":"2026-03-20"}"#)
            let planned = try emails(try await test.send(.get, "\(Self.contacts)/1/explain"))
            let campaign = try #require(planned["campaign_rate_increase"])
            #expect(campaign["campaign_instance_id"] as? Int == 1)
            #expect(campaign["scheduled_send_date"] as? String == "2026-03-06")
            #expect(rule("daily_cap", of: campaign)?["days"] is [Any])
            _ = try await test.send(
                .post, "/v1/orgs/acme/suppressions", body: #"{"contact_id":1,"channel":"email"}"#)
            let answer = try await test.send(.get, "\(Self.contacts)/1/explain")
            #expect(try answer.object["suppressed"] as? Bool == true)
            #expect(try emails(answer)["campaign_rate_increase"]?["skip_reason"] as? String == "suppressed")
        }
    }

    @Test func `an invalid contact has its reason and no emails`() async throws {
        try await TestService.with { test in
            _ = try await test.send(.post, Self.contacts, body: #"{"id":4,"email":"a@b.c"}"#)
            let answer = try await test.send(.get, "\(Self.contacts)/4/explain").object
            #expect(answer["valid"] as? Bool == false)
            #expect(answer["invalid_reason"] as? String == "missing_zip")
            #expect((answer["emails"] as? [Any])?.isEmpty == true)
            let contact = try #require(answer["contact"] as? [String: Any])
            #expect(contact["state"] is NSNull && contact["state_source"] is NSNull)
        }
    }

    @Test(arguments: [
        ("9/explain", 404), ("x/explain", 404), ("1/explain?today=2026-02-30", 400),
        ("1/explain?today=0001-01-01", 400), ("1/explain?today=", 400), ("1/explain?replan=true", 400),
    ])
    func `what cannot be explained is refused`(path: String, status: Int) async throws {
        try await withPlan { test in
            let answer = try await test.send(.get, "\(Self.contacts)/\(path)")
            #expect(answer.status == status)
        }
    }

    @Test func `a token that may read is enough, and one that may only send is not`() async throws {
        try await withPlan { test in
            let path = "\(Self.contacts)/1/explain"
            let tokens = [
                try await test.token("acme", [.read]), try await test.token("acme", [.send]), nil,
            ]
            var statuses: [Int] = []
            for token in tokens { statuses.append(try await test.send(.get, path, token: token).status) }
            #expect(statuses == [200, 403, 401])
        }
    }
}
