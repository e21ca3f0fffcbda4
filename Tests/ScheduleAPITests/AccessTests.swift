import HTTPHandling
import HTTPTypes
import ScheduleAPI
import ScheduleJobs
import ScheduleStore
import ScheduleStoreSQLite
import Testing

@Suite struct AccessTests {
    @Test(arguments: [
        "", "Bearer", "Bearer ", "Basic YWRtaW46", "Bearer wrong", "bearer  wrong two", "Token x",
        "Bearer " + String(repeating: "x", count: 600),
    ])
    func `without a known token nothing is answered`(_ authorization: String) async throws {
        try await TestService.with { test in
            var fields: HTTPFields = [:]
            if !authorization.isEmpty { fields[.authorization] = authorization }
            let answer = try await test.send(.get, "/v1/orgs/acme", token: .some(nil), fields: fields)
            #expect(answer.status == 401)
            #expect(answer.fields[.wwwAuthenticate]?.hasPrefix("Bearer realm=") == true)
        }
    }

    @Test func `two tokens at once are refused`() async throws {
        try await TestService.with { test in
            var fields: HTTPFields = [:]
            fields.append(HTTPField(name: .authorization, value: "Bearer \(test.admin)"))
            fields.append(HTTPField(name: .authorization, value: "Bearer \(test.admin)"))
            let answer = try await test.send(.get, "/v1/orgs/acme", token: .some(nil), fields: fields)
            #expect(answer.status == 401)
        }
    }

    @Test func `the scheme's case does not matter`() async throws {
        try await TestService.with { test in
            let fields: HTTPFields = [.authorization: "bEARER \(test.admin)"]
            let answer = try await test.send(.get, "/v1/orgs/acme", token: .some(nil), fields: fields)
            #expect(answer.status == 200)
        }
    }

    @Test(arguments: RouteTable.routes.indices)
    func `a route needs exactly its scope`(index: Int) async throws {
        let route = RouteTable.routes[index]
        guard let scope = route.access.scope else { return }
        try await TestService.with { test in
            let path = route.template.replacing("{org}", with: "acme").replacing("{id}", with: "77")
                .replacing("{name}", with: "x").replacing("{version}", with: "77")
            let others = Set(TokenRecord.Scope.allCases).subtracting([scope, .admin])
            let before = try await test.counts()
            let weak = try await test.token(nil, others)
            let refused = try await test.send(route.method, path, token: weak)
            #expect(refused.status == 403)
            #expect(refused.fields[.wwwAuthenticate]?.contains("scope=\"\(scope.rawValue)\"") == true)
            #expect(try await test.counts()["organizations"] == before["organizations"])

            let strong = try await test.token(nil, [scope])
            let allowed = try await test.send(route.method, path, token: strong)
            #expect(allowed.status != 401 && allowed.status != 403)
        }
    }

    @Test func `a token of one organisation does not learn whether another exists`() async throws {
        try await TestService.with { test in
            let token = try await test.token("acme", [.admin])
            let created = try await test.send(.post, "/v1/orgs", body: #"{"id":"other"}"#)
            #expect(created.status == 201)
            let own = try await test.send(.get, "/v1/orgs/acme", token: token)
            let existing = try await test.send(.get, "/v1/orgs/other", token: token)
            let unknown = try await test.send(.get, "/v1/orgs/unknown", token: token)
            #expect(own.status == 200)
            #expect(existing.status == 403)
            #expect(unknown.status == 403)
            #expect(existing.text == unknown.text)
        }
    }

    @Test func `a token of one organisation cannot touch the service`() async throws {
        try await TestService.with { test in
            let token = try await test.token("acme", [.admin])
            let list = try await test.send(.get, "/v1/orgs", token: token)
            let create = try await test.send(.post, "/v1/orgs", token: token, body: #"{"id":"x"}"#)
            let delete = try await test.send(.delete, "/v1/orgs/acme", token: token)
            #expect([list.status, create.status, delete.status] == [403, 403, 403])
            #expect(try await test.service.organization(id: "acme") != nil)
        }
    }

    @Test func `a service without tokens lets everybody in`() async throws {
        try await TestService.with(requiresTokens: false) { test in
            let answer = try await test.send(.get, "/v1/orgs", token: .some(nil))
            #expect(answer.status == 200)
        }
    }

    @Test func `a new token works at once, shows its secret once, and is useless once deleted`() async throws
    {
        try await TestService.with { test in
            let created = try await test.send(
                .post, "/v1/orgs/acme/tokens", body: #"{"name":"crm","scopes":["read","write"]}"#)
            #expect(created.status == 201)
            let secret = try #require(try created.object["token"] as? String)
            let id = try #require(try created.object["id"] as? Int)

            let list = try await test.send(.get, "/v1/orgs/acme/tokens")
            #expect(try list.items.count == 1)
            #expect(!list.text.contains(secret))
            let read = try await test.send(.get, "/v1/orgs/acme", token: secret)
            #expect(read.status == 200)

            let deleted = try await test.send(.delete, "/v1/orgs/acme/tokens/\(id)")
            #expect(deleted.status == 204)
            let after = try await test.send(.get, "/v1/orgs/acme", token: secret)
            #expect(after.status == 401)
        }
    }

    @Test func `a token of another organisation cannot be deleted here`() async throws {
        try await TestService.with { test in
            _ = try await test.send(.post, "/v1/orgs", body: #"{"id":"other"}"#)
            let created = try await test.send(
                .post, "/v1/orgs/other/tokens", body: #"{"name":"x","scopes":["read"]}"#)
            let id = try #require(try created.object["id"] as? Int)
            let deleted = try await test.send(.delete, "/v1/orgs/acme/tokens/\(id)")
            #expect(deleted.status == 404)
            #expect(try await test.counts()["tokens"] == 2)
        }
    }

    @Test func `the last use of tokens is stored when asked for`() async throws {
        try await TestService.with { test in
            _ = try await test.send(.get, "/v1/orgs/acme")
            try await test.handler.saveTokenUse()
            let token = try await test.service.tokens(organizationID: nil, after: nil, limit: 1).items.first
            #expect(token?.lastUsedAt == "2026-01-05 12:00:00")
        }
    }
}
