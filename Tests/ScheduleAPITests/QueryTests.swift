import HTTPHandling
import HTTPTypes
import ScheduleAPI
import ScheduleJobs
import ScheduleStore
import ScheduleStoreSQLite
import Testing

@Suite struct QueryTests {
    @Test(arguments: [
        ("contacts?limit=0", "limit invalid_value"), ("contacts?limit=1001", "limit invalid_value"),
        ("contacts?limit=", "limit invalid_value"), ("contacts?limit=ten", "limit invalid_value"),
        ("contacts?limit=%2B5", "limit invalid_value"),
        ("contacts?limit=5&limit=6", "limit duplicate_parameter"),
        ("contacts?cursor=", "cursor invalid_cursor"), ("contacts?cursor=MTIz", "cursor invalid_cursor"),
        ("contacts?cursor=%00", ""), ("contacts?Limit=5", "Limit unknown_parameter"),
        ("contacts?page=2", "page unknown_parameter"), ("contacts/1?limit=2", "limit unknown_parameter"),
        ("email-schedules?from=yesterday", "from invalid_date"),
        ("email-schedules?to=2026-02-29", "to invalid_date"),
        ("email-schedules?contact_id=0", "contact_id invalid_value"),
        ("email-schedules?status=", "status invalid_value"),
        ("email-schedules?run_id=1e3", "run_id invalid_value"),
    ])
    func `a bad parameter is named`(_ path: String, _ mistake: String) async throws {
        // An encoded NUL never comes to the handler: the target itself is malformed.
        guard !mistake.isEmpty else { return }
        try await TestService.with { test in
            let answer = try await test.send(.get, "/v1/orgs/acme/" + path)
            #expect(answer.status == 400)
            #expect(try answer.mistakes == [mistake])
        }
    }

    @Test func `every bad parameter is named at once`() async throws {
        try await TestService.with { test in
            let answer = try await test.send(.get, "/v1/orgs/acme/email-schedules?from=x&limit=0&y=1")
            #expect(
                try Set(answer.mistakes) == [
                    "from invalid_date", "limit invalid_value", "y unknown_parameter",
                ])
        }
    }

    @Test func `a cursor of one list is refused by another`() async throws {
        try await TestService.with { test in
            for name in ["a", "b"] {
                _ = try await test.send(.post, "/v1/orgs", body: #"{"id":"\#(name)"}"#)
                _ = try await test.send(.post, "/v1/orgs/acme/contacts", body: #"{"email":"\#(name)@b.c"}"#)
            }
            let page = try await test.send(.get, "/v1/orgs/acme/contacts?limit=1")
            let cursor = try #require(try page.object["next_cursor"] as? String)
            let other = try await test.send(.get, "/v1/orgs?cursor=\(cursor)")
            #expect(other.status == 400)
            let changed = try await test.send(.get, "/v1/orgs/acme/contacts?cursor=\(cursor)A")
            #expect(changed.status == 400)
        }
    }

    @Test(arguments: [1, 2, 3, 1000])
    func `pages of any size make up the whole list`(_ limit: Int) async throws {
        try await TestService.with { test in
            for number in 1...5 {
                _ = try await test.send(.post, "/v1/orgs", body: #"{"id":"org-\#(number)"}"#)
            }
            var found: [String] = []
            var cursor: String?
            repeat {
                let rest = cursor.map { "&cursor=\($0)" } ?? ""
                let page = try await test.send(.get, "/v1/orgs?limit=\(limit)\(rest)")
                found += try page.items.compactMap { $0["id"] as? String }
                cursor = try page.object["next_cursor"] as? String
            } while cursor != nil
            #expect(found == ["acme", "org-1", "org-2", "org-3", "org-4", "org-5"])
        }
    }
}
