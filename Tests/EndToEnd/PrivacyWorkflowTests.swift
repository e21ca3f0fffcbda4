import Foundation
import Testing

/// What the people behind contacts and auditors ask for, over HTTP.
@Suite struct PrivacyWorkflowTests {
    private let scratch: Scratch
    private let service: RunningService
    private let path = "/v1/orgs/acme"

    init() throws {
        scratch = try Scratch()
        service = try RunningService(dataDirectory: scratch.path("data"))
        try service.makeOrganization("acme")
        let file = scratch.path("contacts.csv")
        let rows = """
            id,first_name,last_name,email,zip_code,birth_date
            1,Zelda,Quux,zelda.quux@example.com,78701,1950-01-19
            2,Bob,Stays,bob@example.com,78701,1950-01-19
            3,Zelda,Quux,zelda.quux@example.com,no,1950-01-19

            """
        try Data(rows.utf8).write(to: URL(filePath: file))
        let imported = try service.request(
            "\(path)/contacts/import", "--header", "Content-Type: text/csv", "--data-binary", "@\(file)")
        guard imported.status == 200 else { throw Failure(imported.body) }
        _ = try service.fullRun("acme", today: "2026-01-05")
        let claim = try service.request(
            "\(path)/email-schedules/claim", "--json", #"{"as_of":"2026-01-05"}"#)
        let items = claim.json["items"] as? [[String: Any]] ?? []
        let reports = items.map {
            #"{"id":\#($0["id"] ?? 0),"lease":\#($0["lease"] ?? 0),"status":"sent","detail":"to zelda.quux@example.com"}"#
        }
        let reported = try service.request(
            "\(path)/email-schedules/status", "--json", "[\(reports.joined(separator: ","))]")
        guard items.count == 1, reported.status == 200 else {
            throw Failure("\(claim.body) \(reported.body)")
        }
    }

    @Test
    func
        `a contact gets everything that is stored, then leaves no trace in the files, and is never written to again`()
        throws
    {
        let export = try service.request("\(path)/contacts/1/export")
        let tables = try #require(export.json["tables"] as? [String: [[String: Any]]])
        #expect(tables["contacts"]?.first?["email"] as? String == "zelda.quux@example.com")
        #expect(tables["email_schedules"]?.isEmpty == false && tables["send_reports"]?.count == 1)
        #expect(!export.body.contains("bob@example.com"))

        let erased = try service.request("\(path)/contacts/1/erase", "--request", "POST")
        #expect(erased.status == 200, "\(erased.body)")
        #expect(try service.request("\(path)/contacts/1").status == 404)
        #expect(try service.request("\(path)/contacts/2").status == 200)
        let left = try service.request("\(path)/contacts/1/export")
        #expect(!left.body.contains("elda") && !left.body.contains("Quux"), "\(left.body)")
        let rejects = try service.request("\(path)/imports/1/rejects")
        #expect(!rejects.body.contains("zelda"))
        let audit = try service.request("\(path)/audit")
        #expect(!audit.body.contains("zelda") && audit.body.contains("erased"))

        // Nobody finds it in the bytes either.
        #expect(service.terminate() == 0)
        let bytes = try Data(contentsOf: URL(filePath: scratch.path("data/acme.sqlite3")))
        for trace in ["zelda", "Zelda", "Quux"] {
            #expect(bytes.range(of: Data(trace.utf8)) == nil, "\(trace)")
        }

        let again = try RunningService(dataDirectory: scratch.path("data"))
        #expect(try again.fullRun("acme", today: "2026-01-06")["state"] as? String == "completed")
        let rows = try Database(scratch.path("data/acme.sqlite3")).sql(
            "SELECT status FROM email_schedules WHERE contact_id = 1")
        #expect(rows == "sent")
        let put = try again.request(
            "\(path)/contacts/1", "--request", "PUT", "--json",
            #"{"email":"new@example.com","zip_code":"78701","birth_date":"1950-01-19"}"#)
        #expect(put.status == 201, "\(put.body)")
        #expect(try again.fullRun("acme", today: "2026-01-06")["state"] as? String == "completed")
        let planned = try again.request("\(path)/contacts/1/schedule").json["items"] as? [[String: Any]] ?? []
        #expect(planned.allSatisfy { ["sent", "skipped"].contains($0["status"] as? String) }, "\(planned)")
    }

    @Test
    func `the audit log tells who did what with which request, page by page, also what a kill followed`()
        throws
    {
        let made = try service.request(
            "\(path)/tokens", "--json", #"{"name":"crm","scopes":["read","write"]}"#)
        let secret = try #require(
            made.json["token"] as? String ?? made.json["secret"] as? String, "\(made.body)")
        let changed = try service.request(
            "\(path)/contacts/2", "--request", "PATCH", "--header", "X-Request-Id: change-1", "--json",
            #"{"first_name":"Robert"}"#, token: secret)
        #expect(changed.status == 200)
        service.kill()
        let again = try RunningService(dataDirectory: scratch.path("data"))
        let client = try KeepAliveClient(again)
        let entries = try client.all("\(path)/audit?entity=contact&entity_id=2")
        let entry = try #require(entries.first)
        #expect(entry["request_id"] as? String == "change-1")
        #expect((entry["actor"] as? String)?.contains("crm") == true)
        #expect("\(entry["details"] ?? "")".contains("first_name") && !"\(entry)".contains("Robert"))
        var paged: [String] = []
        var cursor = ""
        repeat {
            let page = try client.send("GET", "\(path)/audit?limit=2\(cursor)").json
            paged += (page["items"] as? [[String: Any]] ?? []).map(Self.text)
            cursor = (page["next_cursor"] as? String).map { "&cursor=\($0)" } ?? ""
        } while !cursor.isEmpty
        #expect(try paged == client.all("\(path)/audit").map(Self.text) && paged.count > 4)
        let runs = try client.all("\(path)/audit?entity=run").map { $0["action"] as? String }
        #expect(runs.contains("started") && runs.contains("completed"))
    }

    private static func text(_ entry: [String: Any]) -> String {
        let json = try? JSONSerialization.data(withJSONObject: entry, options: .sortedKeys)
        return String(decoding: json ?? Data(), as: UTF8.self)
    }
}
