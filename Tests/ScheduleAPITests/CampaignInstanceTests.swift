import HTTPHandling
import HTTPTypes
import ScheduleAPI
import ScheduleJobs
import ScheduleStore
import ScheduleStoreSQLite
import Testing

@Suite struct CampaignInstanceTests {
    private static let path = "/v1/orgs/acme/campaign-instances"
    private static let autumn = #"""
        {"campaign_type":"rate_increase","instance_name":"Q3","email_template":"rates","sms_template":null,
         "active_start_date":"2025-07-01","active_end_date":"2025-09-30","metadata":{"a":[1,"x\n"],"b":1.50},
         "audience":["ca","TX","CA"]}
        """#

    @Test func `an instance is added, listed by type and read back`() async throws {
        try await TestService.with { test in
            let added = try await test.send(.post, Self.path, body: Self.autumn)
            #expect(added.status == 201)
            #expect(added.fields[.location] == "\(Self.path)/1")
            #expect(
                added.text == #"{"id":1,"campaign_type":"rate_increase","instance_name":"Q3","#
                    + #""email_template":"rates","sms_template":null,"active_start_date":"2025-07-01","#
                    + #""active_end_date":"2025-09-30","metadata":{"a":[1,"x\n"],"b":1.50},"#
                    + #""audience":["CA","TX"],"created_at":"2026-01-05T12:00:00Z","#
                    + #""updated_at":"2026-01-05T12:00:00Z"}"#)
            _ = try await test.send(.post, Self.path, body: #"{"campaign_type":"initial_blast"}"#)
            let read = try await test.send(.get, "\(Self.path)/1")
            #expect(read.text == added.text)
            let list = try await test.send(.get, "\(Self.path)?campaign_type=initial_blast")
            #expect(try list.items.map { $0["id"] as? Int } == [2])
            let inUse = try await test.send(.put, "/v1/orgs/acme/campaign-types/rate_increase", body: "{}")
            let kept = try await test.send(.delete, "/v1/orgs/acme/campaign-types/rate_increase")
            #expect([inUse.status, kept.status] == [200, 409])
        }
    }

    @Test func `every change is logged with who made it, until after the instance's end`() async throws {
        try await TestService.with { test in
            _ = try await test.send(.post, Self.path, body: Self.autumn)
            let token = try await test.token("acme", [.write])
            let changed = try await test.send(
                .patch, "\(Self.path)/1", token: token,
                body: #"{"active_end_date":null,"email_template":"rates","audience":["NY"]}"#)
            #expect(changed.status == 200)
            #expect(try changed.object["instance_name"] as? String == "Q3")
            _ = try await test.send(.patch, "\(Self.path)/1", body: #"{"audience":[]}"#)
            let removed = try await test.send(.delete, "\(Self.path)/1")
            let gone = try await test.send(.get, "\(Self.path)/1")
            #expect([removed.status, gone.status] == [204, 404])

            let log = try await test.send(.get, "\(Self.path)/1/changes")
            let rows = try log.items.map { item in
                ["field_changed", "old_value", "new_value", "changed_by"].map { item[$0] as? String ?? "-" }
            }
            #expect(
                rows == [
                    ["active_end_date", "2025-09-30", "-", "test (token 2)"],
                    ["audience", #"["CA","TX"]"#, #"["NY"]"#, "test (token 2)"],
                    ["audience", #"["NY"]"#, "-", "admin (token 1)"],
                    ["deleted", "Q3", "-", "admin (token 1)"],
                ])
            #expect(try log.items.first?["changed_at"] as? String == "2026-01-05T12:00:00Z")
            let unknown = try await test.send(.get, "\(Self.path)/9/changes")
            #expect(unknown.status == 404)
        }
    }

    @Test(arguments: [
        (HTTPRequest.Method.post, "{}", ["/campaign_type required"]),
        (.post, #"{"campaign_type":"none"}"#, ["/campaign_type unknown_record"]),
        (
            .post,
            #"{"campaign_type":"initial_blast","active_start_date":"2025-02-02","active_end_date":"2025-02-01"}"#,
            ["/active_end_date invalid_date"]
        ),
        (
            .post,
            #"{"campaign_type":"initial_blast","active_start_date":"soon","metadata":[],"audience":["ZZ",5],"x":1}"#,
            [
                "/active_start_date invalid_date", "/metadata invalid_type", "/audience/0 invalid_value",
                "/audience/1 invalid_value", "/x unknown_field",
            ]
        ),
        (.patch, #"{"active_start_date":"2026-01-01"}"#, ["/active_start_date invalid_date"]),
        (.patch, #"{"campaign_type":null}"#, ["/campaign_type invalid_type"]),
        (.patch, #"{"id":1,"audience":"CA"}"#, ["/audience invalid_type", "/id unknown_field"]),
    ])
    func `a wrong instance is refused`(
        _ method: HTTPRequest.Method, _ body: String, _ mistakes: [String]
    ) async throws {
        try await TestService.with { test in
            _ = try await test.send(.post, Self.path, body: Self.autumn)
            let before = try await test.send(.get, Self.path).text
            let path = method == .post ? Self.path : "\(Self.path)/1"
            let answer = try await test.send(method, path, body: body)
            #expect(answer.status == 422)
            #expect(try answer.mistakes == mistakes)
            let after = try await test.send(.get, Self.path).text
            #expect(after == before)
        }
    }
}
