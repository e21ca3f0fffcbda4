import HTTPHandling
import HTTPTypes
import HTTPWire
import ScheduleAPI
import ScheduleJobs
import ScheduleStore
import ScheduleStoreSQLite
import Testing

@Suite struct BodyTests {
    struct Case: CustomTestStringConvertible, Sendable {
        var path: String
        var body: String
        var status: Int
        var mistakes: [String]

        var testDescription: String { "\(path) \(body.prefix(60))" }

        init(_ path: String, _ body: String, _ status: Int, _ mistakes: [String]) {
            self.path = path
            self.body = body
            self.status = status
            self.mistakes = mistakes
        }
    }

    static let contacts = "/v1/orgs/acme/contacts"
    static let runs = "/v1/orgs/acme/scheduler-runs"
    static let tokens = "/v1/orgs/acme/tokens"

    static let cases: [Case] = [
        // What is no JSON.
        Case(contacts, "", 400, [" malformed_json"]),
        Case(contacts, "{", 400, [" malformed_json"]),
        Case(contacts, #"{"email":}"#, 400, ["/email malformed_json"]),
        Case(contacts, #"{"email":"a@b.c"} x"#, 400, [" malformed_json"]),
        Case(contacts, #"{"email":'a'}"#, 400, ["/email malformed_json"]),
        Case(contacts, #"{"email":"a@b.c",}"#, 400, [" malformed_json"]),
        Case(contacts, #"{"email":"\ud800"}"#, 400, ["/email malformed_json"]),
        Case(contacts, #"{"id":01}"#, 400, [" malformed_json"]),
        Case(
            contacts, String(repeating: "[", count: 1000), 400,
            [String(repeating: "/0", count: 33) + " malformed_json"]),
        // What is no object.
        Case(contacts, "[]", 422, [" invalid_type"]), Case(contacts, "null", 422, [" invalid_type"]),
        Case(contacts, #""x""#, 422, [" invalid_type"]),
        // Fields.
        Case(contacts, #"{"email":"a@b.c","a/b~c":1}"#, 422, ["/a~1b~0c unknown_field"]),
        Case(contacts, #"{"email":"a@b.c","email":"a@b.c"}"#, 422, ["/email duplicate_field"]),
        Case(contacts, "{}", 422, ["/email missing_email"]),
        Case(contacts, #"{"email":null}"#, 422, ["/email missing_email"]),
        Case(contacts, #"{"email":" "}"#, 422, ["/email missing_email"]),
        Case(contacts, #"{"email":5}"#, 422, ["/email invalid_type"]),
        Case(contacts, #"{"email":"a"}"#, 422, ["/email invalid_email"]),
        Case(contacts, #"{"email":"a@b@c"}"#, 422, ["/email invalid_email"]),
        Case(contacts, #"{"email":"a b@c"}"#, 422, ["/email invalid_email"]),
        Case(contacts, #"{"email":"a@b.c","first_name":"\u0000"}"#, 422, ["/first_name invalid_text"]),
        Case(
            contacts,
            #"{"id":0,"email":"x","zip_code":"1234","birth_date":"2026-02-30","effective_date":"soon","state":7}"#,
            422,
            [
                "/id invalid_value", "/email invalid_email", "/zip_code invalid_zip", "/state invalid_type",
                "/birth_date invalid_date", "/effective_date invalid_date",
            ]),
        Case(contacts, #"{"id":1.5,"email":"a@b.c"}"#, 422, ["/id invalid_value"]),
        Case(contacts, #"{"id":99999999999999999999,"email":"a@b.c"}"#, 422, ["/id invalid_value"]),
        Case(contacts, #"{"id":"1","email":"a@b.c"}"#, 422, ["/id invalid_type"]),
        Case(contacts, #"{"email":"a@b.c","birth_date":"2026-01-06"}"#, 422, ["/birth_date invalid_date"]),
        Case(contacts, #"{"email":"a@b.c","zip_code":90210}"#, 422, ["/zip_code invalid_type"]),
        // Organisations.
        Case("/v1/orgs", "{}", 422, ["/id required"]),
        Case("/v1/orgs", #"{"id":"Big"}"#, 422, ["/id invalid_value"]),
        Case("/v1/orgs", #"{"id":"service"}"#, 422, ["/id reserved"]),
        Case("/v1/orgs", #"{"id":"../x"}"#, 422, ["/id invalid_value"]),
        Case("/v1/orgs", #"{"id":"x","time_zone":"Mars/Base"}"#, 422, ["/time_zone invalid_value"]),
        Case("/v1/orgs", #"{"id":"x","name":""}"#, 422, ["/name invalid_value"]),
        Case("/v1/orgs", #"{"id":"acme"}"#, 409, ["/id conflict"]),
        // Runs.
        Case(runs, "{}", 422, ["/kind required"]),
        Case(runs, #"{"kind":"half"}"#, 422, ["/kind invalid_value"]),
        Case(runs, #"{"kind":"contacts"}"#, 422, ["/contact_ids required"]),
        Case(runs, #"{"kind":"contacts","contact_ids":[]}"#, 422, ["/contact_ids invalid_value"]),
        Case(runs, #"{"kind":"campaign"}"#, 422, ["/campaign_instance_id required"]),
        Case(
            runs, #"{"kind":"campaign","campaign_instance_id":9}"#, 422,
            ["/campaign_instance_id unknown_record"]),
        Case(runs, #"{"kind":"followups","contact_ids":[1]}"#, 422, ["/contact_ids not_applicable"]),
        Case(
            runs, #"{"kind":"full","contact_ids":[1,"x",0]}"#, 422,
            [
                "/contact_ids/1 invalid_type", "/contact_ids/2 invalid_value", "/contact_ids not_applicable",
            ]),
        Case(runs, #"{"kind":"full","today":"05/01/2026"}"#, 422, ["/today invalid_date"]),
        Case(runs, #"{"kind":"full","today":"9999-12-31"}"#, 422, ["/today invalid_date"]),
        Case(runs, #"{"kind":"full","dry_run":"yes"}"#, 422, ["/dry_run invalid_type"]),
        // Tokens.
        Case(tokens, "{}", 422, ["/name required", "/scopes required"]),
        Case(tokens, #"{"name":"x","scopes":[]}"#, 422, ["/scopes invalid_value"]),
        Case(
            tokens, #"{"name":"x","scopes":["root",1]}"#, 422,
            [
                "/scopes/0 invalid_value", "/scopes/1 invalid_value",
            ]),
        Case(tokens, #"{"name":"x","scopes":"read"}"#, 422, ["/scopes invalid_type"]),
    ]

    @Test(arguments: cases)
    func `a bad body is answered with every mistake in it, and changes nothing`(_ expected: Case) async throws
    {
        try await TestService.with { test in
            let before = try await test.counts()
            let answer = try await test.send(.post, expected.path, body: expected.body)
            #expect(answer.status == expected.status)
            #expect(try answer.mistakes == expected.mistakes)
            #expect(try await test.counts() == before)
        }
    }

    @Test func `malformed JSON is located by line and column`() async throws {
        try await TestService.with { test in
            let answer = try await test.send(.post, Self.contacts, body: "{\n  \"email\": nul\n}")
            let errors = try answer.object["errors"] as? [[String: Any]]
            #expect(
                errors?.first?["detail"] as? String == "Line 2, column 15: a word that JSON does not have.")
        }
    }

    @Test(arguments: [
        "text/plain", "application/xml", "application/json; charset=latin1",
        "application/x-www-form-urlencoded",
    ])
    func `a body of another format is refused`(_ type: String) async throws {
        try await TestService.with { test in
            let answer = try await test.send(.post, Self.contacts, body: #"{"email":"a@b.c"}"#, type: type)
            #expect(answer.status == 415)
            #expect(try await test.counts()["contacts"] == 0)
        }
    }

    @Test(arguments: ["application/json; charset=UTF-8", "APPLICATION/JSON", nil])
    func `JSON is taken by its names`(_ type: String?) async throws {
        try await TestService.with { test in
            let answer = try await test.send(.post, Self.contacts, body: #"{"email":"a@b.c"}"#, type: type)
            #expect(answer.status == 201)
        }
    }

    @Test func `a body at the limit passes and one byte more does not`() async throws {
        let body = #"{"email":"a@b.c"}"#
        try await TestService.with(jsonBodyBytes: body.utf8.count) { test in
            let passes = try await test.send(.post, Self.contacts, body: body)
            #expect(passes.status == 201)
            let fails = try await test.send(.post, Self.contacts, body: body + " ")
            #expect(fails.status == 413)
            #expect(try await test.counts()["contacts"] == 1)
        }
    }

    @Test(arguments: [(RequestBodyError.truncated, 400), (.malformed, 400), (.timedOut, 408)])
    func `a body that does not arrive is answered`(_ error: RequestBodyError, _ status: Int) async throws {
        try await TestService.with { test in
            var request = try ServerRequest(
                .post, Self.contacts, fields: [.authorization: "Bearer \(test.admin)"])
            request.body = RequestBody(
                declaredLength: nil, source: BrokenBody(pieces: [Array("{".utf8)], error: error))
            let answer = try await test.send(request)
            #expect(answer.status == status)
        }
    }
}
