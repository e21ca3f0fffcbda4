import HTTPHandling
import HTTPTypes
import ScheduleAPI
import ScheduleJobs
import ScheduleStore
import ScheduleStoreSQLite
import Synchronization
import Testing

@Suite struct ContactTests {
    private static let path = "/v1/orgs/acme/contacts"

    @Test func `a contact is stored without the space around its values, and read back`() async throws {
        try await TestService.with { test in
            let created = try await test.send(
                .post, Self.path,
                body: #"""
                    {"id":42,"external_id":" crm-7 ","first_name":"Zoë","last_name":"O\"Hara\n","email":" zoe@example.org ",
                     "zip_code":"90210-1234","state":"ca","birth_date":"1950-02-28","effective_date":"","phone_number":null}
                    """#)
            #expect(created.status == 201)
            #expect(created.fields[.location] == "/v1/orgs/acme/contacts/42")
            let contact =
                #"{"id":42,"external_id":"crm-7","first_name":"Zoë","last_name":"O\"Hara","email":"zoe@example.org","#
                + #""zip_code":"90210-1234","state":"ca","birth_date":"1950-02-28","effective_date":null,"phone_number":null"#
            #expect(created.text == contact + #","warnings":[]}"#)
            let read = try await test.send(.get, "\(Self.path)/42")
            #expect(read.text == contact + "}")
        }
    }

    @Test func `a contact without ZIP code is stored with a warning`() async throws {
        try await TestService.with { test in
            let created = try await test.send(.post, Self.path, body: #"{"email":"a@b.c","zip_code":" "}"#)
            #expect(created.status == 201)
            #expect(try created.object["warnings"] as? [String] == ["missing_zip"])
            #expect(try await test.counts()["contacts"] == 1)
        }
    }

    @Test(arguments: [
        (#"{"id":1,"email":"x@b.c"}"#, "/id conflict"),
        (#"{"external_id":"k","email":"x@b.c"}"#, "/external_id conflict"),
    ])
    func `a contact that is there already is a conflict`(_ body: String, _ mistake: String) async throws {
        try await TestService.with { test in
            _ = try await test.send(.post, Self.path, body: #"{"id":1,"external_id":"k","email":"a@b.c"}"#)
            let answer = try await test.send(.post, Self.path, body: body)
            #expect(answer.status == 409)
            #expect(try answer.mistakes == [mistake])
            #expect(try await test.counts()["contacts"] == 1)
        }
    }

    @Test func `somebody born today on the organisation's clock is valid`() async throws {
        try await TestService.with { test in
            // 2026-01-05 03:00 UTC is still the day before in Chicago.
            test.clock.seconds.withLock { $0 = TestService.unixSeconds - 9 * 3600 }
            _ = try await test.send(.post, "/v1/orgs", body: #"{"id":"west","time_zone":"America/Chicago"}"#)
            let body = #"{"email":"a@b.c","birth_date":"2026-01-05"}"#
            let east = try await test.send(.post, Self.path, body: body)
            let west = try await test.send(.post, "/v1/orgs/west/contacts", body: body)
            #expect([east.status, west.status] == [201, 422])
        }
    }

    @Test func `PUT adds a contact, then replaces it whole`() async throws {
        try await TestService.with { test in
            let added = try await test.send(
                .put, "\(Self.path)/7", body: #"{"email":"a@b.c","zip_code":"90210","first_name":"A"}"#)
            #expect(added.status == 201)
            #expect(added.fields[.location] == "/v1/orgs/acme/contacts/7")
            let replaced = try await test.send(
                .put, "\(Self.path)/7", body: #"{"id":7,"email":"x@b.c"}"#)
            #expect(replaced.status == 200)
            #expect(replaced.text.contains(#""first_name":null"#))
            #expect(try replaced.object["warnings"] as? [String] == ["missing_zip"])
            #expect(try await test.counts()["contacts"] == 1)
        }
    }

    @Test func `PATCH changes what it gives and nothing else`() async throws {
        try await TestService.with { test in
            _ = try await test.send(
                .post, Self.path, body: #"{"id":7,"email":"a@b.c","state":"CA","first_name":"A"}"#)
            let changed = try await test.send(
                .patch, "\(Self.path)/7", body: #"{"state":" NY ","first_name":null,"zip_code":"10001"}"#)
            #expect(changed.status == 200)
            let read = try await test.send(.get, "\(Self.path)/7")
            let contact = try read.object
            #expect(contact["email"] as? String == "a@b.c")
            #expect(contact["state"] as? String == "NY")
            #expect(read.text.contains(#""first_name":null"#))
            let nothing = try await test.send(.patch, "\(Self.path)/7", body: "{}")
            #expect(nothing.status == 200)
        }
    }

    @Test(arguments: [
        (HTTPRequest.Method.put, "7", "{}", 422, ["/email missing_email"]),
        (.put, "7", #"{"id":8,"email":"a@b.c"}"#, 422, ["/id invalid_value"]),
        (.put, "7", #"{"email":"a@b.c","external_id":"k"}"#, 409, ["/external_id conflict"]),
        (.put, "0", #"{"email":"a@b.c"}"#, 404, []),
        (.patch, "7", #"{"email":null}"#, 422, ["/email missing_email"]),
        (.patch, "7", #"{"email":" ","id":9}"#, 422, ["/id invalid_value", "/email missing_email"]),
        (
            .patch, "7", #"{"zip_code":"1","birth_date":"x","shoe_size":4}"#, 422,
            ["/zip_code invalid_zip", "/birth_date invalid_date", "/shoe_size unknown_field"]
        ),
        (.patch, "7", #"{"external_id":"k"}"#, 409, ["/external_id conflict"]),
        (.patch, "9", #"{"state":"CA"}"#, 404, []),
    ])
    func `a contact is not changed where a change is wrong`(
        _ method: HTTPRequest.Method, _ id: String, _ body: String, _ status: Int, _ mistakes: [String]
    ) async throws {
        try await TestService.with { test in
            _ = try await test.send(.post, Self.path, body: #"{"id":7,"email":"seven@b.c"}"#)
            _ = try await test.send(.post, Self.path, body: #"{"id":8,"email":"k@b.c","external_id":"k"}"#)
            let before = try await test.send(.get, Self.path).text
            let answer = try await test.send(method, "\(Self.path)/\(id)", body: body)
            #expect(answer.status == status)
            #expect(try answer.mistakes == mistakes)
            let after = try await test.send(.get, Self.path).text
            #expect(after == before)
        }
    }

    @Test func `a contact is removed once`() async throws {
        try await TestService.with { test in
            _ = try await test.send(.post, Self.path, body: #"{"id":7,"email":"a@b.c"}"#)
            let statuses = [
                try await test.send(.delete, "\(Self.path)/7").status,
                try await test.send(.get, "\(Self.path)/7").status,
                try await test.send(.delete, "\(Self.path)/7").status,
            ]
            #expect(statuses == [204, 404, 404])
        }
    }

    @Test(arguments: [
        ("email=A@b.c", [1]), ("external_id=k", [2]), ("state=ca", [1, 2]), ("zip_code=90210", [2]),
        ("state=CA&email=a@b.c", [1]), ("state=TX", []),
    ])
    func `contacts are listed by filters`(_ query: String, _ ids: [Int]) async throws {
        try await TestService.with { test in
            for body in [
                #"{"id":1,"email":"a@b.c","state":"CA"}"#,
                #"{"id":2,"email":"b@b.c","state":"ca","external_id":"k","zip_code":"90210"}"#,
                #"{"id":3,"email":"c@b.c","state":"NY"}"#,
            ] { _ = try await test.send(.post, Self.path, body: body) }
            let answer = try await test.send(.get, "\(Self.path)?\(query)")
            #expect(try answer.items.map { $0["id"] as? Int } == ids)
        }
    }
}
