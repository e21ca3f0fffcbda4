import HTTPHandling
import HTTPTypes
import ScheduleAPI
import ScheduleJobs
import ScheduleStore
import ScheduleStoreSQLite
import Synchronization
import Testing

@Suite struct BackupTests {
    private static let path = "/v1/orgs/acme/backups"

    @Test func `a backup is made, answered and listed`() async throws {
        try await TestService.with { test in
            let made = try await test.send(.post, Self.path)
            #expect(made.status == 201)
            #expect(try made.object["name"] as? String == "acme-20260105T120000Z.sqlite3")
            #expect(try made.object["created_at"] as? String == "2026-01-05T12:00:00Z")
            #expect(try made.object["size_bytes"] as? Int ?? 0 > 4096)
            _ = try await test.send(.post, Self.path)
            let first = try await test.send(.get, "\(Self.path)?limit=1")
            #expect(try first.items.map { $0["name"] as? String } == ["acme-20260105T120000Z-2.sqlite3"])
            let cursor = try #require(try first.object["next_cursor"] as? String)
            let second = try await test.send(.get, "\(Self.path)?limit=1&cursor=\(cursor)")
            #expect(try second.items.map { $0["name"] as? String } == ["acme-20260105T120000Z.sqlite3"])
        }
    }

    @Test func `the same key makes one backup`() async throws {
        try await TestService.with { test in
            let fields: HTTPFields = [try #require(HTTPField.Name("Idempotency-Key")): "k"]
            let first = try await test.send(.post, Self.path, fields: fields)
            let second = try await test.send(.post, Self.path, fields: fields)
            #expect(first.status == 201)
            #expect(second.text == first.text)
            #expect(try await test.send(.get, Self.path).items.count == 1)
        }
    }

    @Test func `backups are for administrators, and each organisation sees its own`() async throws {
        try await TestService.with { test in
            _ = try await test.send(.post, "/v1/orgs", body: #"{"id":"acme-2"}"#)
            _ = try await test.send(.post, Self.path)
            #expect(try await test.send(.get, "/v1/orgs/acme-2/backups").items.isEmpty)
            let token = try await test.token("acme", [.read, .write])
            for method in [HTTPRequest.Method.get, .post] {
                #expect(try await test.send(method, Self.path, token: token).status == 403)
            }
            // An organisation made anew under the old id does not see the former one's.
            _ = try await test.send(.delete, "/v1/orgs/acme")
            test.clock.seconds.withLock { $0 += 1 }
            _ = try await test.send(.post, "/v1/orgs", body: #"{"id":"acme"}"#)
            #expect(try await test.send(.get, Self.path).items.isEmpty)
        }
    }
}
