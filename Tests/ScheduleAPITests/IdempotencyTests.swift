import HTTPHandling
import HTTPTypes
import ScheduleAPI
import ScheduleStore
import Synchronization
import Testing

@Suite struct IdempotencyTests {
    private static let contacts = "/v1/orgs/acme/contacts"
    private static let ann = #"{"email":"ann@b.c","zip_code":"75001"}"#

    private static func key(_ value: String) throws -> HTTPFields {
        [try #require(HTTPField.Name("Idempotency-Key")): value]
    }

    @Test func `a request that comes again is answered as before and not carried out again`() async throws {
        try await TestService.with { test in
            let key = try Self.key("k-1")
            let first = try await test.send(.post, Self.contacts, body: Self.ann, fields: key)
            #expect(first.status == 201)
            let second = try await test.send(.post, Self.contacts, body: Self.ann, fields: key)
            #expect(second.status == 201)
            #expect(second.bytes == first.bytes)
            #expect(second.fields == first.fields)
            #expect(try await test.counts()["contacts"] == 1)
            let other = try await test.send(.post, Self.contacts, body: Self.ann, fields: try Self.key("k-2"))
            #expect(other.status == 201)
            #expect(try await test.counts()["contacts"] == 2)
        }
    }

    @Test func `a key that comes with another body is refused`() async throws {
        try await TestService.with { test in
            let key = try Self.key("k-1")
            _ = try await test.send(.post, Self.contacts, body: Self.ann, fields: key)
            let answer = try await test.send(.post, Self.contacts, body: #"{"email":"bob@b.c"}"#, fields: key)
            #expect(answer.status == 422)
            #expect(try answer.object["type"] as? String == ProblemKind.idempotencyKeyReused.uri)
            #expect(try await test.counts()["contacts"] == 1)
        }
    }

    @Test func `a request that was refused may be mended under its key`() async throws {
        try await TestService.with { test in
            let key = try Self.key("k-1")
            let refused = try await test.send(.post, Self.contacts, body: #"{"email":"nobody"}"#, fields: key)
            #expect(refused.status == 422)
            let mended = try await test.send(.post, Self.contacts, body: Self.ann, fields: key)
            #expect(mended.status == 201)
        }
    }

    @Test func `an answer is kept for a day`() async throws {
        try await TestService.with { test in
            let key = try Self.key("k-1")
            _ = try await test.send(.post, Self.contacts, body: Self.ann, fields: key)
            test.clock.seconds.withLock { $0 += 24 * 3600 }
            _ = try await test.send(.post, Self.contacts, body: Self.ann, fields: key)
            #expect(try await test.counts()["contacts"] == 1)
            test.clock.seconds.withLock { $0 += 1 }
            _ = try await test.send(.post, Self.contacts, body: Self.ann, fields: key)
            #expect(try await test.counts()["contacts"] == 2)
        }
    }

    @Test func `a key counts for its path and its token alone`() async throws {
        try await TestService.with { test in
            let key = try Self.key("k-1")
            _ = try await test.send(.post, Self.contacts, body: Self.ann, fields: key)
            let run = try await test.send(
                .post, "/v1/orgs/acme/scheduler-runs", body: #"{"kind":"full"}"#, fields: key)
            #expect(run.status == 202)
            let writer = try await test.token("acme", [.write])
            let answer = try await test.send(
                .post, Self.contacts, token: writer, body: #"{"email":"bob@b.c"}"#, fields: key)
            #expect(answer.status == 201)
        }
    }

    @Test(arguments: [
        ("/v1/orgs", #"{"id":"beta"}"#, "organizations"),
        ("/v1/orgs/acme/tokens", #"{"name":"t","scopes":["read"]}"#, "tokens"),
        ("/v1/orgs/acme/scheduler-runs", #"{"kind":"followups"}"#, "runs"),
    ])
    func `every kind of POST is carried out once`(_ path: String, _ body: String, _ kind: String) async throws
    {
        try await TestService.with { test in
            let key = try Self.key("k-1")
            let first = try await test.send(.post, path, body: body, fields: key)
            let count = try await test.counts()[kind]
            let second = try await test.send(.post, path, body: body, fields: key)
            #expect(second.status == first.status)
            #expect(second.bytes == first.bytes)
            #expect(try await test.counts()[kind] == count)
        }
    }

    @Test(arguments: [
        ("/v1/orgs/acme/scheduler-runs", #"{"kind":"followups"}"#, "runs"), (contacts, ann, "contacts"),
    ])
    func `what is answered and the answer are stored together or not at all`(
        _ path: String, _ body: String, _ kind: String
    ) async throws {
        try await TestService.with { test in
            _ = try await test.counts()
            try test.execute(
                """
                CREATE TRIGGER full BEFORE INSERT ON idempotency_keys
                BEGIN SELECT RAISE(ABORT, 'no answer is stored'); END
                """)
            let key = try Self.key("k-1")
            let refused = try await test.send(.post, path, body: body, fields: key)
            #expect(refused.status >= 400)
            #expect(try await test.counts()[kind] == 0)
            try test.execute("DROP TRIGGER full")
            let first = try await test.send(.post, path, body: body, fields: key)
            let second = try await test.send(.post, path, body: body, fields: key)
            #expect((200..<300).contains(first.status) && second.bytes == first.bytes)
            #expect(try await test.counts()[kind] == 1)
        }
    }

    @Test func `an import that comes again is told what the first one did`() async throws {
        try await TestService.with { test in
            let csv = "email,zip_code\na@b.c,75001\nnobody,75001\n"
            let path = "/v1/orgs/acme/contacts/import"
            let key = try Self.key("k-1")
            let first = try await test.send(.post, path, body: csv, type: "text/csv", fields: key)
            let second = try await test.send(.post, path, body: csv, type: "text/csv", fields: key)
            #expect(second.text == first.text)
            #expect(try second.object["created"] as? Int == 1)
            let reused = try await test.send(
                .post, path, body: csv + "c@b.c,75001\n", type: "text/csv", fields: key)
            #expect(reused.status == 422)
            #expect(try await test.counts()["contacts"] == 1)
        }
    }

    @Test func `the secret of a token is not readable in the store`() async throws {
        try await TestService.with { test in
            let answer = try await test.send(
                .post, "/v1/orgs/acme/tokens", body: #"{"name":"t","scopes":["read"]}"#,
                fields: try Self.key("k-1"))
            let secret = try #require(try answer.object["token"] as? String)
            let contents = try test.fileBytes()
            #expect(!contents.isEmpty)
            for (name, bytes) in contents {
                #expect(bytes.firstRange(of: Array(secret.utf8)) == nil, "\(name) has the secret")
            }
        }
    }

    @Test(arguments: ["", "a b", String(repeating: "k", count: 256), "ü"])
    func `a key that is none is refused`(_ value: String) async throws {
        try await TestService.with { test in
            let answer = try await test.send(
                .post, Self.contacts, body: Self.ann, fields: try Self.key(value))
            #expect(answer.status == 400)
            #expect(try await test.counts()["contacts"] == 0)
        }
    }

    @Test func `the same request twice at once is carried out once`() async throws {
        try await TestService.with { test in
            let key = try Self.key("k-1")
            let answers = try await withThrowingTaskGroup(of: Answer.self) { group in
                for _ in 0..<8 {
                    group.addTask { try await test.send(.post, Self.contacts, body: Self.ann, fields: key) }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(Set(answers.map(\.status)).isSubset(of: [201, 409]))
            #expect(answers.contains { $0.status == 201 })
            #expect(Set(answers.filter { $0.status == 201 }.map(\.bytes)).count == 1)
            #expect(try await test.counts()["contacts"] == 1)
        }
    }
}
