import HTTPHandling
import HTTPTypes
import HTTPWire
import ScheduleAPI
import ScheduleJobs
import ScheduleStore
import ScheduleStoreSQLite
import Testing

@Suite struct TargetTests {
    private static let path = "/v1/orgs/acme/contact-campaigns"

    /// Contacts 1 to 3 and instance 1.
    private static func prepare(_ test: TestService) async throws {
        for id in 1...3 {
            _ = try await test.send(
                .post, "/v1/orgs/acme/contacts", body: #"{"id":\#(id),"email":"c\#(id)@b.c"}"#)
        }
        _ = try await test.send(
            .post, "/v1/orgs/acme/campaign-instances", body: #"{"campaign_type":"rate_increase"}"#)
    }

    @Test func `one target is added, read, changed and removed`() async throws {
        try await TestService.with { test in
            try await Self.prepare(test)
            let body =
                #"{"contact_id":2,"campaign_instance_id":1,"trigger_date":"2025-07-01","metadata":{"a":1}}"#
            let added = try await test.send(.post, Self.path, body: body)
            #expect(added.status == 201)
            #expect(added.fields[.location] == "\(Self.path)/1")
            #expect(
                added.text == #"{"id":1,"contact_id":2,"campaign_instance_id":1,"trigger_date":"2025-07-01","#
                    + #""status":"pending","metadata":{"a":1}}"#)
            let twice = try await test.send(.post, Self.path, body: body)
            #expect(twice.status == 409)
            #expect(try twice.mistakes == ["/trigger_date conflict"])
            let changed = try await test.send(
                .patch, "\(Self.path)/1", body: #"{"trigger_date":null,"status":"cancelled"}"#)
            #expect(changed.status == 200)
            let read = try await test.send(.get, "\(Self.path)/1")
            #expect(read.text == changed.text)
            #expect(read.text.contains(#""trigger_date":null,"status":"cancelled","metadata":{"a":1}"#))
            let removed = try await test.send(.delete, "\(Self.path)/1")
            let gone = try await test.send(.get, "\(Self.path)/1")
            let again = try await test.send(.delete, "\(Self.path)/1")
            #expect([removed.status, gone.status, again.status] == [204, 404, 404])
        }
    }

    @Test(arguments: [
        (HTTPRequest.Method.post, "{}", ["/contact_id required", "/campaign_instance_id required"]),
        (.post, #"{"contact_id":9,"campaign_instance_id":1}"#, ["/contact_id unknown_record"]),
        (.post, #"{"contact_id":1,"campaign_instance_id":9}"#, ["/campaign_instance_id unknown_record"]),
        (
            .post, #"{"contact_id":1,"campaign_instance_id":1,"trigger_date":"soon","status":"x","id":1}"#,
            ["/trigger_date invalid_date", "/status invalid_value", "/id unknown_field"]
        ),
        (.patch, #"{"contact_id":1,"status":null}"#, ["/status invalid_type", "/contact_id unknown_field"]),
        (.patch, #"{"metadata":"x"}"#, ["/metadata invalid_type"]),
    ])
    func `a wrong target is refused`(
        _ method: HTTPRequest.Method, _ body: String, _ mistakes: [String]
    ) async throws {
        try await TestService.with { test in
            try await Self.prepare(test)
            _ = try await test.send(.post, Self.path, body: #"{"contact_id":3,"campaign_instance_id":1}"#)
            let before = try await test.send(.get, Self.path).text
            let path = method == .post ? Self.path : "\(Self.path)/1"
            let answer = try await test.send(method, path, body: body)
            #expect(answer.status == 422)
            #expect(try answer.mistakes == mistakes)
            let after = try await test.send(.get, Self.path).text
            #expect(after == before)
        }
    }

    private static let bulk: [(String, String)] = [
        (
            "application/json",
            #"""
            [{"contact_id":1,"campaign_instance_id":1},
             {"contact_id":9,"campaign_instance_id":1},
             5,
             {"contact_id":2,"campaign_instance_id":1,"trigger_date":"2025-02-30"},
             {"contact_id":2,"campaign_instance_id":1,"trigger_date":"2025-07-01","metadata":{"q":"\""}}]
            """#
        ),
        (
            "application/x-ndjson",
            """
            {"contact_id":1,"campaign_instance_id":1}\r

            {"contact_id":9,"campaign_instance_id":1}
            {"contact_id":
            {"contact_id":2,"campaign_instance_id":1,"trigger_date":"2025-02-30"}
            {"contact_id":2,"campaign_instance_id":1,"trigger_date":"2025-07-01","metadata":{"q":"\\""}}
            """
        ),
        (
            "text/csv",
            #"""
            \#u{FEFF}Contact_ID,campaign_instance_id, trigger_date ,metadata
            1,1,,

            9,1,,
            1,1
            2,1,2025-02-30,
            2,1,2025-07-01,"{""q"":""\""""}"
            """#
        ),
    ]

    @Test(arguments: bulk.indices)
    func `many targets are stored, and bad rows are named`(_ index: Int) async throws {
        let (type, body) = Self.bulk[index]
        try await TestService.with { test in
            try await Self.prepare(test)
            let answer = try await test.send(.post, Self.path, body: body, type: type)
            #expect(answer.status == 200)
            let result = try answer.object
            #expect(
                ["received", "created", "updated", "unchanged", "rejected"].map { result[$0] as? Int } == [
                    5, 2, 0, 0, 3,
                ])
            let errors = (result["errors"] as? [[String: Any]] ?? []).map { error in
                "\(error["row"] ?? "") \(error["field"] as? String ?? "-") \(error["code"] ?? "")"
            }
            #expect(
                errors == ["2 contact_id unknown_record", "3 - malformed_row", "4 trigger_date invalid_date"])
            let stored = try await test.send(.get, "\(Self.path)?contact_id=2&status=pending")
            #expect(try stored.items.map { $0["trigger_date"] as? String } == ["2025-07-01"])
            #expect(stored.text.contains(#""metadata":{"q":"\""}"#))
            let again = try await test.send(.post, Self.path, body: body, type: type)
            #expect(try again.object["unchanged"] as? Int == 2)
        }
    }

    @Test(arguments: ["application/x-ndjson", "text/csv"])
    func `a body may come in pieces of any size`(_ type: String) async throws {
        let body = Array((Self.bulk.first { $0.0 == type }?.1 ?? "").utf8)
        for size in [1, 2, 7] {
            try await TestService.with { test in
                try await Self.prepare(test)
                var request = try ServerRequest(
                    .post, Self.path,
                    fields: [.authorization: "Bearer \(test.admin)", .contentType: type])
                let pieces = stride(from: 0, to: body.count, by: size).map {
                    Array(body[$0..<min($0 + size, body.count)])
                }
                request.body = RequestBody(
                    declaredLength: nil, source: BrokenBody(pieces: pieces + [Array("\n".utf8)], error: nil))
                let answer = try await test.send(request)
                #expect(try answer.object["created"] as? Int == 2)
                #expect(try answer.object["rejected"] as? Int == 3)
            }
        }
    }

    @Test(arguments: [
        ("", " empty_file"), ("contact_id,colour\n", " invalid_header"),
        ("contact_id\n1\n", " invalid_header"),
        ("contact_id,campaign_instance_id,contact_id\n", " duplicate_column"),
        ("\"contact_id\"x\n", " invalid_header"),
    ])
    func `a CSV file with a wrong header is refused`(_ body: String, _ mistake: String) async throws {
        try await TestService.with { test in
            let answer = try await test.send(.post, Self.path, body: body, type: "text/csv")
            #expect(answer.status == 400)
            #expect(try answer.mistakes == [mistake])
        }
    }

    @Test func `targets are listed by filters, page by page`() async throws {
        try await TestService.with { test in
            try await Self.prepare(test)
            let body = #"""
                [{"contact_id":1,"campaign_instance_id":1,"status":"sent"},{"contact_id":2,"campaign_instance_id":1},
                 {"contact_id":3,"campaign_instance_id":1}]
                """#
            _ = try await test.send(.post, Self.path, body: body)
            let first = try await test.send(
                .get, "\(Self.path)?campaign_instance_id=1&status=pending&limit=1")
            let cursor = try #require(try first.object["next_cursor"] as? String)
            let second = try await test.send(
                .get, "\(Self.path)?campaign_instance_id=1&status=pending&limit=1&cursor=\(cursor)")
            #expect(try (first.items + second.items).map { $0["contact_id"] as? Int } == [2, 3])
        }
    }
}
