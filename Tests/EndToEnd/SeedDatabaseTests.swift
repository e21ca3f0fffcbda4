import Foundation
import Testing

/// A database that a Python program on SQLite made is taken over, planned and read back, and no row is lost.
@Suite struct SeedDatabaseTests {
    private let scratch: Scratch
    private let today = "2025-06-02"

    init() throws { scratch = try Scratch() }

    @Test(arguments: ["", "--keyless"])
    func `a run keeps every committed row, table and column, and explains every other row`(
        options: String
    ) throws {
        let file = try seedDatabase("agency.sqlite3", options)
        let original = scratch.path("original.sqlite3")
        try FileManager.default.copyItem(atPath: file, toPath: original)

        let run = try Binary.run("run", "--db", file, "--today", today, "--json")
        #expect(run.status == 0, "\(run.errors)")
        #expect(try counts(of: run).values.reduce(0, +) > 0)
        let report = scratch.path("run.json")
        try Data(run.output.utf8).write(to: URL(filePath: report))
        let check = try Reference.run(
            "check_adoption.py --before '\(original)' --after '\(file)' --run '\(report)'")
        #expect(check.status == 0, "\(check.output)\(check.errors)")
        #expect(try Database(file + ".before-adoption").dump() == Database(original).dump())

        let plan = try Database(file).dump("email_schedules")
        let again = try Binary.run("run", "--db", file, "--today", today, "--json")
        #expect(try counts(of: again) == ["inserted": 0, "updated": 0, "deleted": 0])
        #expect(try Database(file).dump("email_schedules") == plan)
    }

    @Test(arguments: [("", 2), ("--keyless", 3)])
    func `its plan is that of the rules`(options: String, seed: Int) throws {
        let file = try seedDatabase("agency.sqlite3", "\(options) --seed \(seed)")
        #expect(try Binary.run("run", "--db", file, "--today", today, "--dry-run").status == 0)
        let expected = scratch.path("expected")
        let oracle = try Reference.run("oracle.py --db '\(file)' --today \(today) --table > '\(expected)'")
        #expect(oracle.status == 0, "\(oracle.errors)")
        #expect(try Binary.run("run", "--db", file, "--today", today).status == 0)
        let compared = try Reference.run("compare.py '\(expected)' '\(file)' --today \(today) --templates")
        #expect(compared.status == 0, "seed \(seed): \(compared.output)")
    }

    @Test(arguments: ["", "--keyless"])
    func `put beside the service's files it is an organisation, read and planned over HTTP`(
        options: String
    ) throws {
        let data = scratch.path("data")
        try FileManager.default.createDirectory(atPath: data, withIntermediateDirectories: true)
        let file = try seedDatabase("data/agency.sqlite3", options)
        let committed = "status IN ('sent', 'delivered', 'bounced')"
        let sent = try Database(file).sql("SELECT count(*) FROM email_schedules WHERE \(committed)")

        let service = try RunningService(dataDirectory: data)
        try service.makeOrganization("agency")
        let contact = try service.request("/v1/orgs/agency/contacts/663")
        #expect(contact.status == 200)
        #expect(contact.json["id"] as? Int == 663)
        let run = try service.fullRun("agency", today: today)
        #expect(run["state"] as? String == "completed", "\(run)")
        #expect((run["progress"] as? [String: Int])?["contacts_done"] == 663)

        var count = 0
        for status in ["sent", "delivered", "bounced"] {
            let rows = try service.request(
                "/v1/orgs/agency/email-schedules?status=\(status)", "--header", "Accept: application/x-ndjson"
            )
            #expect(rows.status == 200)
            count += rows.body.split(whereSeparator: \.isNewline).count
        }
        #expect("\(count)" == sent)
        let id = try #require(run["id"] as? Int)
        let written = try service.request(
            "/v1/orgs/agency/email-schedules?run_id=\(id)", "--header", "Accept: application/x-ndjson")
        let inserted = try #require((run["report"] as? [String: Any])?["inserted"] as? Int)
        #expect(written.body.split(whereSeparator: \.isNewline).count >= inserted)
        #expect(inserted > 0)
        #expect(FileManager.default.fileExists(atPath: file + ".before-adoption"))
    }

    /// Makes a database in the scratch folder.
    private func seedDatabase(_ name: String, _ options: String) throws -> String {
        let file = scratch.path(name)
        try Reference.makeSeedDatabase(file, today: today, options)
        return file
    }

    private func counts(of run: Command) throws -> [String: Int] {
        let json = try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any]
        let report = try #require(json?["report"] as? [String: Any])
        return ["inserted", "updated", "deleted"].reduce(into: [:]) { $0[$1] = report[$1] as? Int }
    }
}
