import Foundation
import Testing

/// The main job over HTTP: import, run, read back.
@Suite struct WorkflowTests {
    let scratch: Scratch
    let service: RunningService

    init() throws {
        scratch = try Scratch()
        service = try RunningService(dataDirectory: scratch.path("data"))
        try service.makeOrganization("acme")
    }

    private func importFile(_ file: String, type: String = "text/csv") throws -> RunningService.Answer {
        try service.request(
            "/v1/orgs/acme/contacts/import", "--header", "Content-Type: \(type)", "--data-binary", "@\(file)")
    }

    @Test func `a hundred thousand contacts are imported, planned, and read back to the last row`() throws {
        let file = scratch.path("contacts.csv")
        #expect(
            try Binary.run("generate", "--contacts", "100000", "--seed", "3", "--output", file).status == 0)
        let imported = try importFile(file)
        #expect(imported.status == 200)
        #expect(imported.json["received"] as? Int == 100_000)
        let created = try #require(imported.json["created"] as? Int)
        let rejected = try #require(imported.json["rejected"] as? Int)
        #expect(rejected > 0)
        #expect(created + rejected == 100_000)

        let run = try service.fullRun("acme", today: "2026-01-05")
        #expect(run["state"] as? String == "completed")
        let report = try #require(run["report"] as? [String: Any])
        let inserted = try #require(report["inserted"] as? Int)
        let kinds = try #require(report["email_schedules"] as? [[String: Any]])
        #expect(kinds.reduce(0) { $0 + ($1["count"] as? Int ?? 0) } == inserted)

        for (type, surplus) in [("text/csv", 1), ("application/x-ndjson", 0)] {
            let rows = try service.request("/v1/orgs/acme/email-schedules", "--header", "Accept: \(type)")
            #expect(rows.status == 200)
            #expect(rows.body.split(whereSeparator: \.isNewline).count == inserted + surplus)
        }

        let second = try service.fullRun("acme", today: "2026-01-05")
        let secondReport = try #require(second["report"] as? [String: Any])
        for key in ["inserted", "updated", "deleted"] { #expect(secondReport[key] as? Int == 0) }
        #expect(secondReport["unchanged"] as? Int == inserted)
    }

    @Test func `a dry run reports and writes nothing`() throws {
        _ = try importFile(Repository.root.appending(path: "Config/sample-contacts.csv").path)
        let run = try service.fullRun("acme", today: "2026-01-05", options: #","dry_run":true"#)
        let report = try #require(run["report"] as? [String: Any])
        #expect(try #require(report["inserted"] as? Int) > 0)
        let rows = try service.request("/v1/orgs/acme/email-schedules")
        #expect((rows.json["items"] as? [Any])?.isEmpty == true)
    }

    @Test func `bad rows are refused one by one, the good ones are in`() throws {
        let answer = try importFile(Repository.root.appending(path: "Config/sample-contacts.csv").path)
        #expect(answer.status == 200)
        #expect(answer.json["created"] as? Int == 6)
        let errors = try #require(answer.json["errors"] as? [[String: Any]])
        #expect(errors.map { $0["row"] as? Int } == [5, 6])
        #expect(errors.map { $0["field"] as? String } == ["email", "birth_date"])
        #expect(errors.map { $0["code"] as? String } == ["invalid_email", "invalid_date"])
        #expect(errors.map { $0["value"] as? String } == ["eve.larsen.example.com", "1951-02-30"])
        #expect((answer.json["warnings"] as? [String: Int]) == ["missing_zip": 1])
    }

    @Test
    func `a truncated upload keeps what its record says, and the whole file again ends in the same state`()
        throws
    {
        let file = scratch.path("contacts.csv")
        #expect(
            try Binary.run("generate", "--contacts", "30000", "--seed", "9", "--output", file).status == 0)
        let size = try #require(
            FileManager.default.attributesOfItem(atPath: file)[.size] as? Int)
        // A request that announces the whole file and ends after half of it.
        let port = try #require(service.url.split(separator: ":").last)
        let token = try service.token
        try Command.shell(
            """
            exec 3<>/dev/tcp/127.0.0.1/\(port)
            printf 'POST /v1/orgs/acme/contacts/import HTTP/1.1\\r\\nHost: localhost\\r\\nContent-Type: text/csv\\r\\nAuthorization: Bearer \(token)\\r\\nContent-Length: \(size)\\r\\n\\r\\n' >&3
            head -c \(size / 2) '\(file)' >&3
            exec 3>&-
            """)
        var record: [String: Any] = [:]
        while record["state"] as? String == nil || record["state"] as? String == "running" {
            record = try service.request("/v1/orgs/acme/imports/1").json
        }
        #expect(record["state"] as? String == "failed")
        let stored = try Command.shell(
            "sqlite3 '\(scratch.path("data"))/acme.sqlite3' 'SELECT count(*) FROM contacts'")
        #expect(Int(stored.output.trimmingCharacters(in: .newlines)) == record["created"] as? Int)

        let whole = try importFile(file)
        #expect(whole.status == 200)
        let unchanged = try #require(whole.json["unchanged"] as? Int)
        #expect(unchanged == record["created"] as? Int)
        let again = try importFile(file)
        #expect(again.json["created"] as? Int == 0)
        #expect(again.json["updated"] as? Int == 0)
    }
}
