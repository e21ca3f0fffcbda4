import HTTPHandling
import HTTPTypes
import ScheduleAPI
import ScheduleJobs
import ScheduleStore
import ScheduleStoreSQLite
import Testing

@Suite struct OrganizationTests {
    @Test func `an organisation is added, read, changed and removed`() async throws {
        try await TestService.with { test in
            let created = try await test.send(.post, "/v1/orgs", body: #"{"id":"agency_1","name":"Agency"}"#)
            #expect(created.status == 201)
            #expect(created.fields[.location] == "/v1/orgs/agency_1")
            #expect(
                created.text
                    == #"{"id":"agency_1","name":"Agency","time_zone":"America/Chicago","paused":false,"created_at":"2026-01-05T12:00:00Z"}"#
            )
            let read = try await test.send(.get, "/v1/orgs/agency_1")
            #expect(read.text == created.text)

            let changed = try await test.send(.patch, "/v1/orgs/agency_1", body: #"{"time_zone":"UTC"}"#)
            #expect(try changed.object["time_zone"] as? String == "UTC")
            #expect(try changed.object["name"] as? String == "Agency")
            let again = try await test.send(.get, "/v1/orgs/agency_1")
            #expect(again.text == changed.text)

            let paused = try await test.send(.patch, "/v1/orgs/agency_1", body: #"{"paused":true}"#)
            #expect(try paused.object["paused"] as? Bool == true)
            #expect(try paused.object["time_zone"] as? String == "UTC")
            #expect(try await test.service.organization(id: "agency_1")?.isPaused == true)

            let removed = try await test.send(.delete, "/v1/orgs/agency_1")
            #expect(removed.status == 204)
            #expect(removed.bytes.isEmpty)
            let gone = try await test.send(.get, "/v1/orgs/agency_1")
            #expect(gone.status == 404)
        }
    }

    @Test func `an organisation that is removed takes its contacts and tokens along`() async throws {
        try await TestService.with { test in
            _ = try await test.send(.post, "/v1/orgs/acme/contacts", body: #"{"email":"a@b.c"}"#)
            let token = try await test.token("acme", [.read])
            let before = try await test.send(.get, "/v1/orgs/acme", token: token)
            #expect(before.status == 200)
            _ = try await test.send(.delete, "/v1/orgs/acme")
            let after = try await test.send(.get, "/v1/orgs/acme", token: token)
            #expect(after.status == 401)
            _ = try await test.send(.post, "/v1/orgs", body: #"{"id":"acme"}"#)
            let contacts = try await test.send(.get, "/v1/orgs/acme/contacts")
            #expect(try contacts.items.isEmpty)
        }
    }

    @Test(arguments: [
        #"{"id":"x"}"#, #"{"name":null}"#, #"{"time_zone":"CST"}"#, #"{"paused":null}"#, #"{"paused":1}"#,
        "[]",
    ])
    func `a bad change is refused`(_ body: String) async throws {
        try await TestService.with { test in
            let answer = try await test.send(.patch, "/v1/orgs/acme", body: body)
            #expect(answer.status == 422)
            #expect(try await test.service.organization(id: "acme")?.name == "Acme")
        }
    }
}
