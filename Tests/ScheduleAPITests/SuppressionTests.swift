import HTTPHandling
import HTTPTypes
import ScheduleAPI
import ScheduleJobs
import ScheduleStore
import ScheduleStoreSQLite
import Testing

@Suite struct SuppressionTests {
    private static let path = "/v1/orgs/acme/suppressions"

    private static func addContacts(_ test: TestService) async throws {
        for id in 1...2 {
            _ = try await test.send(
                .post, "/v1/orgs/acme/contacts", body: #"{"id":\#(id),"email":"c\#(id)@b.c"}"#)
        }
    }

    @Test func `a suppression is added, listed and removed`() async throws {
        try await TestService.with { test in
            try await Self.addContacts(test)
            let added = try await test.send(
                .post, Self.path,
                body: #"{"contact_id":1,"channel":"sms","reason":"asked","source":"phone"}"#)
            #expect(added.status == 201)
            #expect(
                added.text == #"{"id":1,"contact_id":1,"channel":"sms","reason":"asked","source":"phone","#
                    + #""created_at":"2026-01-05T12:00:00Z"}"#)
            let other = try await test.send(.post, Self.path, body: #"{"contact_id":2}"#)
            #expect(try other.object["channel"] as? String == "all")

            let first = try await test.send(.get, "\(Self.path)?limit=1")
            let cursor = try #require(try first.object["next_cursor"] as? String)
            let second = try await test.send(.get, "\(Self.path)?limit=1&cursor=\(cursor)")
            #expect(try (first.items + second.items).map { $0["id"] as? Int } == [1, 2])
            let own = try await test.send(.get, "\(Self.path)?contact_id=2")
            #expect(try own.items.map { $0["id"] as? Int } == [2])

            let removed = try await test.send(.delete, "\(Self.path)/1")
            let again = try await test.send(.delete, "\(Self.path)/1")
            #expect([removed.status, again.status] == [204, 404])
        }
    }

    @Test(arguments: [
        ("{}", ["/contact_id required"]), (#"{"contact_id":9}"#, ["/contact_id unknown_record"]),
        (#"{"contact_id":"1"}"#, ["/contact_id invalid_type"]),
        (#"{"contact_id":1,"channel":"fax"}"#, ["/channel invalid_value"]),
        (
            #"{"contact_id":0,"reason":5,"id":1}"#,
            ["/contact_id invalid_value", "/reason invalid_type", "/id unknown_field"]
        ),
    ])
    func `a wrong suppression is refused`(_ body: String, _ mistakes: [String]) async throws {
        try await TestService.with { test in
            try await Self.addContacts(test)
            let answer = try await test.send(.post, Self.path, body: body)
            #expect(answer.status == 422)
            #expect(try answer.mistakes == mistakes)
            let list = try await test.send(.get, Self.path)
            #expect(try list.items.isEmpty)
        }
    }
}
