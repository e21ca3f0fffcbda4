import HTTPHandling
import HTTPTypes
import HTTPWire
import ScheduleAPI
import ScheduleJobs
import ScheduleStore
import ScheduleStoreSQLite
import Testing

@Suite struct ImportTests {
    private static let path = "/v1/orgs/acme/contacts/import"
    private static let csv = """
        id,email,zip_code,birth_date,shoe_size
        1,a@example.org,90210,1950-01-02,40
        2,,90210,,
        3,b@example.org,00000,,
        4,c@example.org,,,"4,5"
        """

    @Test func `good rows are stored, bad ones are named, and both are counted`() async throws {
        try await TestService.with { test in
            let answer = try await test.send(.post, Self.path, body: Self.csv, type: "text/csv")
            #expect(answer.status == 200)
            #expect(answer.fields[.contentLocation] == "/v1/orgs/acme/imports/1")
            let result = try answer.object
            #expect(result["received"] as? Int == 4)
            #expect(result["created"] as? Int == 2)
            #expect(result["rejected"] as? Int == 2)
            #expect(result["warnings"] as? [String: Int] == ["missing_zip": 1, "unknown_column": 1])
            let errors = result["errors"] as? [[String: Any]] ?? []
            #expect(errors.map { $0["row"] as? Int } == [2, 3])
            #expect(errors.map { $0["code"] as? String } == ["missing_email", "invalid_zip"])

            let record = try await test.send(.get, "/v1/orgs/acme/imports/1")
            #expect(try record.object["state"] as? String == "completed")
            let rejects = try await test.send(.get, "/v1/orgs/acme/imports/1/rejects")
            #expect(rejects.fields[.contentType] == "text/csv; charset=utf-8")
            #expect(
                rejects.lines == [
                    "id,email,zip_code,birth_date,reason", "2,,90210,,missing_email",
                    "3,b@example.org,00000,,invalid_zip",
                ])
        }
    }

    @Test(arguments: [
        ("application/x-ndjson", "{\"email\":\"a@b.c\"}\n{\"email\":\"x\"}\n"),
        ("application/json", #"[{"email":"a@b.c"},{"email":"x"}]"#),
    ])
    func `the format is that of Content-Type`(_ type: String, _ body: String) async throws {
        try await TestService.with { test in
            let answer = try await test.send(.post, Self.path, body: body, type: type)
            #expect(try answer.object["created"] as? Int == 1)
            #expect(try answer.object["rejected"] as? Int == 1)
        }
    }

    @Test(arguments: ["text/plain", nil])
    func `a file whose format is not said is refused`(_ type: String?) async throws {
        try await TestService.with { test in
            let answer = try await test.send(.post, Self.path, body: Self.csv, type: type)
            #expect(answer.status == 415)
            #expect(try await test.counts()["imports"] == 0)
        }
    }

    @Test(arguments: [
        ("text/csv", "", " empty_file"), ("text/csv", "name,age\n", " invalid_header"),
        ("text/csv", "email,email\n", " duplicate_column"), ("application/json", "{}", " not_an_array"),
        ("application/json", "[", " unexpected_end"),
    ])
    func `a file that cannot be read is refused as a whole`(
        _ type: String, _ body: String, _ mistake: String
    ) async throws {
        try await TestService.with { test in
            let answer = try await test.send(.post, Self.path, body: body, type: type)
            #expect(answer.status == 400)
            #expect(try answer.mistakes == [mistake])
            #expect(try await test.counts()["contacts"] == 0)
        }
    }

    @Test
    func `what came before a broken upload's end is kept and counted, and sending it again ends the same`()
        async throws
    {
        try await TestService.with { test in
            let lines = (1...5000).map { "contact\($0)@example.org,90210\n" }
            let pieces = [["email,zip_code\n"] + lines[..<4000], Array(lines[4000...])].map {
                Array($0.joined().utf8)
            }
            var request = try ServerRequest(
                .post, Self.path,
                fields: [.authorization: "Bearer \(test.admin)", .contentType: "text/csv"])
            request.body = RequestBody(
                declaredLength: nil, source: BrokenBody(pieces: [pieces[0]], error: .truncated))
            let broken = try await test.send(request)
            #expect(broken.status == 400)
            let location = try #require(broken.fields[.contentLocation])
            let record = try await test.send(.get, location)
            #expect(try record.object["state"] as? String == "failed")
            let stored = try await test.store.countContacts()
            #expect(try record.object["created"] as? Int == stored)

            let whole = pieces.map { String(decoding: $0, as: UTF8.self) }.joined()
            let again = try await test.send(.post, Self.path, body: whole, type: "text/csv")
            #expect(try again.object["unchanged"] as? Int == stored)
            #expect(try await test.store.countContacts() == 5000)
        }
    }
}
