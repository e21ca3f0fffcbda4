import Foundation
import Testing

/// The command `explain` on a planned file.
@Suite struct ExplainTests {
    let scratch: Scratch
    var file: String { scratch.path("org.sqlite3") }

    init() throws {
        scratch = try Scratch()
        let contacts = scratch.path("contacts.csv")
        try Data(
            """
            id,email,zip_code,birth_date,effective_date
            1,a@example.com,94110,1950-07-20,2020-03-01
            2,b@example.com,10001,1950-07-20,

            """.utf8
        ).write(to: URL(filePath: contacts))
        #expect(try Binary.run("import", "--db", file, contacts).status == 0)
        #expect(try Binary.run("run", "--db", file, "--today", "2026-01-05").status == 0)
    }

    @Test func `the text tells each email in a sentence, and its rules, in lines of a screen`() throws {
        let explained = try Binary.run("explain", "--db", file, "--contact", "1", "--today", "2026-01-05")
        #expect(explained.status == 0, "\(explained.errors)")
        let lines = explained.output.split(separator: "\n")
        #expect(lines.allSatisfy { $0.count <= 100 })
        #expect(lines.first == "Contact 1 on 2026-01-05")
        #expect(explained.output.contains("state CA, from its ZIP code; time zone America/Los_Angeles"))
        let words = explained.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(
            words.contains(
                """
                The birthday email for 2026-07-20 is not sent: its date 2026-07-06 lies in CA's birthday window from \
                2026-04-21 to 2026-09-18.
                """))
        #expect(words.contains("kept_date kept 2026-01-30; row"))
        #expect(words.contains("earliest legal send date 2026-01-05; row"))
    }

    @Test func `the configuration's citation is shown`() throws {
        let config = scratch.path("config.yaml")
        try Data("state_rules: {NY: {year_round: {citation: Bulletin 7}}}\n".utf8).write(
            to: URL(filePath: config))
        let explained = try Binary.run("explain", "--db", file, "--contact", "2", "--config", config)
        let words = explained.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(words.contains("NY's year-round exclusion on every date (Bulletin 7)."))
    }

    @Test func `the JSON is that of the service`() throws {
        let explained = try Binary.run(
            "explain", "--db", file, "--contact", "1", "--today", "2026-01-05", "--json")
        let service = try RunningService(dataDirectory: scratch.path("data"))
        try service.makeOrganization("acme")
        _ = try service.request(
            "/v1/orgs/acme/contacts/import", "--header", "Content-Type: text/csv", "--data-binary",
            "@\(scratch.path("contacts.csv"))")
        _ = try service.fullRun("acme", today: "2026-01-05")
        let answer = try service.request("/v1/orgs/acme/contacts/1/explain?today=2026-01-05")
        #expect(answer.status == 200)
        #expect(explained.output == answer.body + "\n")
        service.terminate()
    }

    @Test func `a contact or a file that is not there ends with a message`() throws {
        let missing = try Binary.run("explain", "--db", file, "--contact", "9")
        #expect(missing.status == 1)
        #expect(missing.errors.contains("there is no contact 9"))
        let nowhere = try Binary.run("explain", "--db", scratch.path("none.sqlite3"), "--contact", "1")
        #expect(nowhere.status == 1)
        #expect(!FileManager.default.fileExists(atPath: scratch.path("none.sqlite3")))
    }
}
