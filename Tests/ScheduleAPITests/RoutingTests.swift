import HTTPHandling
import HTTPTypes
import ScheduleAPI
import ScheduleJobs
import ScheduleStore
import ScheduleStoreSQLite
import Testing

@Suite struct RoutingTests {
    struct Case: CustomTestStringConvertible, Sendable {
        var method: HTTPRequest.Method
        var path: String
        var status: Int
        var allow: String?

        var testDescription: String { "\(method.rawValue) \(path)" }

        init(_ method: HTTPRequest.Method, _ path: String, _ status: Int, allow: String? = nil) {
            self.method = method
            self.path = path
            self.status = status
            self.allow = allow
        }
    }

    @Test(arguments: [
        Case(.get, "/", 200), Case(.get, "//", 404), Case(.get, "/nothing", 404), Case(.get, "/v1", 404),
        Case(.get, "/healthz/", 404),
        Case(.get, "/v1/orgs/", 404), Case(.get, "/v1/orgs//contacts", 404), Case(.get, "/V1/orgs", 404),
        Case(.get, "/v1/orgs/acme/contacts/import/more", 404),
        Case(.get, "/healthz", 200), Case(.head, "/healthz", 200), Case(.head, "/v1/orgs/acme/contacts", 200),
        Case(.get, "/healthz?probe=1", 200), Case(.get, "/readyz?a=1&a=2", 200),
        Case(.get, "/openapi.yaml?v=2", 200),
        Case(.post, "/healthz", 405, allow: "GET, HEAD, OPTIONS"),
        Case(.delete, "/v1/orgs", 405, allow: "GET, HEAD, OPTIONS, POST"),
        Case(.put, "/v1/orgs/acme", 405, allow: "DELETE, GET, HEAD, OPTIONS, PATCH"),
        Case(.get, "/v1/orgs/acme/contacts/import", 405, allow: "OPTIONS, POST"),
        Case(.trace, "/healthz", 405, allow: "GET, HEAD, OPTIONS"),
        Case(HTTPRequest.Method("BREW") ?? .get, "/healthz", 501),
        Case(HTTPRequest.Method("get") ?? .get, "/healthz", 501),
        Case(HTTPRequest.Method("BREW") ?? .get, "/nothing", 501),
        Case(.options, "/v1/orgs/acme/scheduler-runs/1/cancel", 204, allow: "OPTIONS, POST"),
        Case(.options, "*", 204, allow: "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT"),
        Case(.options, "/nothing", 404),
        Case(.get, "/v1/orgs/unknown/contacts", 404), Case(.get, "/v1/orgs/Not%20An%20Id", 404),
        Case(.get, "/v1/orgs/acme/contacts/0", 404), Case(.get, "/v1/orgs/acme/contacts/-1", 404),
        Case(.get, "/v1/orgs/acme/contacts/01", 404), Case(.get, "/v1/orgs/acme/contacts/x", 404),
        Case(.get, "/v1/orgs/acme/contacts/99999999999999999999", 404),
        Case(.get, "/v1/orgs/acme/scheduler-runs/7", 404), Case(.get, "/v1/orgs/acme/imports/7", 404),
        Case(.get, "/v1/orgs/acme/imports/7/rejects", 404),
        Case(.post, "/v1/orgs/acme/scheduler-runs/7/cancel", 404),
        Case(.get, "/v1/orgs/acme/contacts/7/schedule", 404), Case(.delete, "/v1/orgs/unknown", 404),
        Case(.delete, "/v1/orgs/acme/tokens/1", 404),
    ])
    func `a request finds its resource or is told why not, and changes nothing`(_ expected: Case) async throws
    {
        try await TestService.with { test in
            let before = try await test.counts()
            let answer = try await test.send(expected.method, expected.path)
            #expect(answer.status == expected.status)
            #expect(answer.fields[.allow] == expected.allow)
            if expected.status >= 400 {
                #expect(answer.fields[.contentType] == "application/problem+json")
                #expect(try answer.object["status"] as? Int == expected.status)
            }
            #expect(try await test.counts() == before)
        }
    }

    @Test func `the contract is served as it is in the repository`() async throws {
        try await TestService.with { test in
            let answer = try await test.send(.get, "/openapi.yaml", token: .some(nil))
            #expect(answer.status == 200)
            #expect(answer.text.hasPrefix("openapi: 3.1.0\n"))
        }
    }

    @Test func `readiness names the check that fails`() async throws {
        let checks = [
            ReadinessCheck(name: "database") { .ok }, ReadinessCheck(name: "backlog") { .warning("Much.") },
            ReadinessCheck(name: "worker") { .failed("It stands still.") },
        ]
        try await TestService.with(checks: checks) { test in
            let answer = try await test.send(.get, "/readyz", token: .some(nil))
            #expect(answer.status == 503)
            let found = try answer.object["checks"] as? [[String: Any]] ?? []
            #expect(found.map { $0["status"] as? String } == ["ok", "warning", "failed"])
            #expect(found.last?["detail"] as? String == "It stands still.")
        }
        try await TestService.with(checks: Array(checks.prefix(2))) { test in
            let answer = try await test.send(.get, "/readyz", token: .some(nil))
            #expect(answer.status == 200)
            #expect(try answer.object["status"] as? String == "ready")
        }
    }
}
