import HTTPTypes
import HTTPWire
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
}
