import HTTPHandling
import HTTPTypes
import ScheduleAPI
import ScheduleJobs
import ScheduleStore
import ScheduleStoreSQLite
import Testing

@Suite struct CampaignTypeTests {
    private static let path = "/v1/orgs/acme/campaign-types"

    @Test func `the configuration's types are listed, and a stored one replaces them`() async throws {
        try await TestService.with { test in
            let replaced = try await test.send(
                .put, "\(Self.path)/rate_increase", body: #"{"priority":2,"days_before_event":-3}"#)
            #expect(replaced.status == 200)
            #expect(
                replaced.text == #"{"name":"rate_increase","respect_exclusion_windows":true,"#
                    + #""enable_followups":true,"days_before_event":-3,"target_all_contacts":false,"priority":2,"#
                    + #""active":true,"respect_frequency_limits":true}"#)
            let own = try await test.send(
                .put, "\(Self.path)/Autumn-1", body: #"{"name":"Autumn-1","target_all_contacts":true}"#)
            #expect(own.status == 201)
            #expect(own.fields[.location] == "\(Self.path)/Autumn-1")

            var names: [String?] = []
            var cursor: String? = ""
            while let key = cursor {
                let page = try await test.send(
                    .get, "\(Self.path)?limit=4" + (key.isEmpty ? "" : "&cursor=\(key)"))
                names += try page.items.map { $0["name"] as? String }
                cursor = try page.object["next_cursor"] as? String
            }
            #expect(
                names == [
                    "Autumn-1", "initial_blast", "policy_update", "rate_increase", "regulatory_notice",
                    "seasonal_promo",
                ])
            let read = try await test.send(.get, "\(Self.path)/rate_increase")
            #expect(read.text == replaced.text)

            let removed = try await test.send(.delete, "\(Self.path)/rate_increase")
            #expect(removed.status == 204)
            let standard = try await test.send(.get, "\(Self.path)/rate_increase")
            #expect(try standard.object["days_before_event"] as? Int == 14)
        }
    }

    @Test func `only a stored type can be removed`() async throws {
        try await TestService.with { test in
            let configured = try await test.send(.delete, "\(Self.path)/policy_update")
            let unknown = try await test.send(.delete, "\(Self.path)/none")
            let read = try await test.send(.get, "\(Self.path)/none")
            #expect([configured.status, unknown.status, read.status] == [409, 404, 404])
        }
    }

    @Test(arguments: [
        ("x", #"{"name":"y"}"#, ["/name invalid_value"]), ("a%20b", "{}", ["/name invalid_value"]),
        (
            "x", #"{"priority":-1,"days_before_event":367,"active":1,"colour":"red"}"#,
            [
                "/days_before_event invalid_value", "/priority invalid_value", "/active invalid_type",
                "/colour unknown_field",
            ]
        ),
        (
            "x", #"{"priority":"1","days_before_event":1.5}"#,
            ["/days_before_event invalid_value", "/priority invalid_type"]
        ),
    ])
    func `a wrong type is refused`(_ name: String, _ body: String, _ mistakes: [String]) async throws {
        try await TestService.with { test in
            let answer = try await test.send(.put, "\(Self.path)/\(name)", body: body)
            #expect(answer.status == 422)
            #expect(try answer.mistakes == mistakes)
            let stored = try await test.store.campaignTypes()
            #expect(stored.isEmpty)
        }
    }
}
