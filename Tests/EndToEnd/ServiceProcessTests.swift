import Foundation
import Testing

/// Start, access and end of the real process.
@Suite struct ServiceProcessTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    @Test func `the first start writes an admin token that nobody else may read, a second one keeps it`()
        throws
    {
        let directory = scratch.path("data")
        let first = try RunningService(dataDirectory: directory)
        let token = try first.token
        let attributes = try FileManager.default.attributesOfItem(atPath: "\(directory)/admin-token")
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        #expect(!first.logText.contains(token))
        #expect(first.logText.contains("admin-token"))
        #expect(first.terminate() == 0)
        let second = try RunningService(dataDirectory: directory)
        #expect(try second.token == token)
        #expect(try second.request("/v1/orgs").status == 200)
    }

    @Test func `health is open to everybody, data to holders of a token only`() throws {
        let service = try RunningService(dataDirectory: scratch.path("data"))
        try service.makeOrganization("acme")
        #expect(try service.request("/healthz", token: "").status == 200)
        #expect(try service.request("/readyz", token: "wrong").status == 200)
        #expect(try service.request("/v1/orgs/acme/contacts", token: "wrong").status == 401)
        #expect(try service.request("/v1/orgs/nobody/contacts").status == 404)
    }

    @Test func `without tokens it serves on a loopback address only`() throws {
        let refused = try Binary.run(
            "serve", "--data-dir", scratch.path("data"), "--host", "0.0.0.0", "--port", "0", "--no-auth")
        #expect(refused.status != 0)
        #expect(refused.errors.contains("--no-auth"))
    }

    @Test func `what was acknowledged is there after kill -9`() throws {
        let directory = scratch.path("data")
        let service = try RunningService(dataDirectory: directory)
        try service.makeOrganization("acme")
        let made = try service.request(
            "/v1/orgs/acme/contacts", "--json", #"{"id":7,"email":"a@example.com","zip_code":"78701"}"#)
        #expect(made.status == 201)
        service.kill()
        let again = try RunningService(dataDirectory: directory)
        let contact = try again.request("/v1/orgs/acme/contacts/7")
        #expect(contact.status == 200)
        #expect(contact.json["email"] as? String == "a@example.com")
    }

    @Test
    func `a run that a crash interrupted is taken up under its own id and ends like an undisturbed one`()
        throws
    {
        let directory = scratch.path("data")
        let file = scratch.path("contacts.csv")
        #expect(
            try Binary.run("generate", "--contacts", "60000", "--seed", "5", "--output", file).status == 0)
        let service = try RunningService(dataDirectory: directory)
        for organization in ["crashed", "calm"] {
            try service.makeOrganization(organization)
            let imported = try service.request(
                "/v1/orgs/\(organization)/contacts/import", "--header", "Content-Type: text/csv",
                "--data-binary", "@\(file)")
            #expect(imported.status == 200)
        }
        _ = try service.fullRun("calm", today: "2026-01-05")
        let queued = try service.request(
            "/v1/orgs/crashed/scheduler-runs", "--json", #"{"kind":"full","today":"2026-01-05"}"#)
        let id = try #require(queued.json["id"] as? Int)
        service.kill()

        let again = try RunningService(dataDirectory: directory)
        var state = ""
        while !["completed", "failed", "cancelled"].contains(state) {
            state = try again.request("/v1/orgs/crashed/scheduler-runs/\(id)").json["state"] as? String ?? ""
        }
        #expect(state == "completed")
        func plan(_ organization: String) throws -> String {
            try Command.shell(
                """
                sqlite3 '\(directory)/\(organization).sqlite3' "SELECT contact_id, email_type, scheduled_send_date, \
                status, skip_reason FROM email_schedules ORDER BY 1, 2, 3" | sha256sum
                """
            ).output
        }
        #expect(try plan("crashed") == plan("calm"))
    }
}
