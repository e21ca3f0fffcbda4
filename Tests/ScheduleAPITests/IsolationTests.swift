import Crypto
import HTTPHandling
import HTTPTypes
import ScheduleAPI
import ScheduleStore
import Testing

/// Organisations share a process and nothing else: `acme`, which has nothing, never sees or changes what `other`
/// has, which holds two of everything.
@Suite struct IsolationTests {
    private static let secret = "the secret of both"
    /// Where an `{id}` is that of the second record of `other`, which `acme` has not.
    private static let id = "2"

    /// Bodies that say something for the routes that want more than `{}`.
    private static let bodies = [
        "POST /v1/orgs": #"{"id":"third"}"#,
        "POST /v1/orgs/{org}/tokens": #"{"name":"t","scopes":["read"]}"#,
        "PATCH /v1/orgs/{org}": #"{"paused":true}"#,
        "POST /v1/orgs/{org}/contacts": #"{"id":2,"email":"a@example.com"}"#,
        "PUT /v1/orgs/{org}/contacts/{id}": #"{"email":"changed@example.com"}"#,
        "PATCH /v1/orgs/{org}/contacts/{id}": #"{"email":"changed@example.com"}"#,
        "POST /v1/orgs/{org}/contacts/import": #"[{"id":2,"email":"changed@example.com"}]"#,
        "POST /v1/orgs/{org}/suppressions": #"{"contact_id":2}"#,
        "POST /v1/orgs/{org}/campaign-instances": #"{"campaign_type":"rate_increase"}"#,
        "PATCH /v1/orgs/{org}/campaign-instances/{id}": #"{"email_template":"changed"}"#,
        "POST /v1/orgs/{org}/campaign-instances/{id}/trigger":
            #"{"contacts":[{"id":2,"trigger_date":"2026-03-20"}]}"#,
        "POST /v1/orgs/{org}/contact-campaigns": #"{"contact_id":2,"campaign_instance_id":2}"#,
        "PATCH /v1/orgs/{org}/contact-campaigns/{id}": #"{"status":"cancelled"}"#,
        "POST /v1/orgs/{org}/scheduler-runs": #"{"kind":"contacts","contact_ids":[2]}"#,
        "POST /v1/orgs/{org}/email-schedules/claim": #"{"limit":10,"channel":"email","lease_seconds":60}"#,
        "POST /v1/orgs/{org}/email-schedules/status": #"[{"id":2,"lease":1,"status":"sent"}]"#,
        "PUT /v1/orgs/{org}/webhook-keys": #"{"events_secret":"changed"}"#,
    ]

    private static func path(_ route: Route, of organization: String) -> String {
        route.template.replacing("{org}", with: organization)
            .replacing(#/{[a-z]+}/#, with: route.template.contains("campaign-types/") ? "spring" : id)
    }

    private static func body(_ route: Route) -> String? {
        route.method == .get || route.method == .delete
            ? nil : bodies["\(route.method) \(route.template)"] ?? "{}"
    }

    /// Hands a service to `body` whose organisation `other` has two of everything, and `acme` nothing.
    private static func with(_ body: (TestService) async throws -> Void) async throws {
        try await TestService.with { test in
            func add(_ method: HTTPRequest.Method, _ path: String, _ text: String?) async throws {
                let answer = try await test.send(
                    method, path.isEmpty ? "/v1/orgs" : "/v1/orgs/other\(path)", body: text)
                #expect((200..<300).contains(answer.status), "\(path): \(answer.text)")
            }
            try await add(.post, "", #"{"id":"other","time_zone":"UTC"}"#)
            try await add(.put, "/campaign-types/spring", #"{"target_all_contacts":true}"#)
            for number in 1...2 {
                try await add(.post, "/tokens", #"{"name":"t\#(number)","scopes":["read"]}"#)
                let contact = #"{"id":\#(number),"email":"c\#(number)@example.com","zip_code":"60601"}"#
                try await add(.post, "/contacts", contact)
                try await add(.post, "/contacts/import", #"[{"id":9,"email":"wrong"}]"#)
                try await add(.post, "/suppressions", #"{"contact_id":\#(number)}"#)
                try await add(.post, "/campaign-instances", #"{"campaign_type":"spring"}"#)
                let target = #"{"contact_id":\#(number),"campaign_instance_id":\#(number)}"#
                try await add(.post, "/contact-campaigns", target)
                try await add(
                    .post, "/scheduler-runs", #"{"kind":"full","today":"2026-01-0\#(number)"}"#)
                try await add(.post, "/backups", nil)
                try await add(.put, "/config", #"{"load_balancing":{"period_days":2\#(number)}}"#)
            }
            for organization in ["acme", "other"] {
                let keys = try await test.send(
                    .put, "/v1/orgs/\(organization)/webhook-keys",
                    body: #"{"events_secret":"\#(secret)"}"#)
                #expect(keys.status == 200)
            }
            _ = try await test.store
            try await body(test)
        }
    }

    /// The bytes of all files, or of those of `other`.
    private static func bytes(_ test: TestService, of prefix: String = "") throws -> [String: [UInt8]] {
        // The index of a write-ahead log in memory notes who reads.
        try test.fileBytes().filter { $0.key.hasPrefix(prefix) && !$0.key.hasSuffix("-shm") }
    }

    @Test func `a token of one opens no route of another and changes no byte`() async throws {
        try await Self.with { test in
            let token = try await test.token("acme", Set(TokenRecord.Scope.allCases))
            let before = try Self.bytes(test)
            #expect(before.keys.contains("other.sqlite3-wal"))
            for route in RouteTable.routes where route.access != .open {
                let answer = try await test.send(
                    route.method, Self.path(route, of: "other"), token: token, body: Self.body(route))
                #expect(answer.status == 403, "\(route.method) \(route.template): \(answer.text)")
                #expect(try answer.object["type"] as? String == "urn:email-scheduler:problem:forbidden")
            }
            #expect(try Self.bytes(test) == before)
        }
    }

    /// Routes that make what their path names where it is missing.
    private static let making: Set = [
        "PUT /v1/orgs/{org}/contacts/{id}", "PUT /v1/orgs/{org}/campaign-types/{name}",
    ]

    @Test func `ids of one are not found in another`() async throws {
        try await Self.with { test in
            let routes = RouteTable.routes.filter {
                $0.access != .open && $0.template.contains("{org}/")
                    && $0.template.split(separator: "{org}").last?.contains("{") == true
            }
            #expect(routes.count > 15)
            let before = try Self.bytes(test, of: "other")
            for route in routes where !Self.making.contains("\(route.method) \(route.template)") {
                let there = try await test.send(
                    route.method, Self.path(route, of: "acme"), body: Self.body(route))
                #expect(there.status == 404, "\(route.method) \(route.template): \(there.text)")
            }
            #expect(try Self.bytes(test, of: "other") == before)
            // They are there in the organisation whose ids they are.
            for route in routes where route.method == .get {
                if route.template.hasSuffix("/events") { continue }
                let here = try await test.send(.get, Self.path(route, of: "other"))
                #expect(here.status == 200, "\(route.template): \(here.text)")
            }
        }
    }

    @Test func `what is written to one goes to no other, whatever ids its bodies name`() async throws {
        try await Self.with { test in
            let before = try Self.bytes(test, of: "other")
            let routes = RouteTable.routes.filter {
                $0.access != .open && $0.template.contains("{org}/") && $0.method != .get
            }
            for route in routes {
                _ = try await test.send(
                    route.method, Self.path(route, of: "acme"), body: Self.body(route))
            }
            let report = try await test.send(
                .post, "/v1/orgs/acme/email-schedules/status",
                body: #"[{"id":2,"lease":1,"status":"sent"}]"#)
            #expect(report.text == #"{"results":[{"id":2,"result":"unknown_id"}]}"#)
            while let run = try await test.carryOutNextRun() { #expect(run.state.isFinal) }
            #expect(try await test.store.countContacts() == 1)
            #expect(try Self.bytes(test, of: "other") == before)
        }
    }

    @Test func `an event signed for one is nothing in another`() async throws {
        try await Self.with { test in
            let changed = try await test.send(
                .put, "/v1/orgs/acme/webhook-keys", body: #"{"events_secret":"acme alone"}"#)
            #expect(changed.status == 200)
            let body = #"[{"event_id":"e1","type":"unsubscribe","contact_id":2,"at":"2026-01-05T11:00:00Z"}]"#
            let before = try Self.bytes(test, of: "other")
            let crossed = try await Self.events(test, "other", body, secret: "acme alone")
            #expect(crossed.status == 401)
            // In its own organisation it counts, for the contact of that organisation alone.
            let own = try await Self.events(test, "acme", body, secret: "acme alone")
            #expect(own.status == 200)
            #expect(try Self.bytes(test, of: "other") == before)
        }
    }

    private static func events(
        _ test: TestService, _ organization: String, _ body: String, secret: String
    ) async throws -> Answer {
        let code = HMAC<SHA256>.authenticationCode(
            for: Array("\(TestService.unixSeconds)\(body)".utf8),
            using: SymmetricKey(data: Array(secret.utf8)))
        let digits = code.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
        var fields = HTTPFields()
        for (name, value) in [("Signature", digits), ("Timestamp", "\(TestService.unixSeconds)")] {
            fields[try #require(HTTPField.Name("X-Webhook-\(name)"))] = value
        }
        return try await test.send(
            .post, "/v1/orgs/\(organization)/webhooks/events", token: .some(nil), body: body, fields: fields)
    }
}
