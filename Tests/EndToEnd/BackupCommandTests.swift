import Foundation
import SeededRandomness
import Testing

/// `backup`, `restore` and `verify` beside a service, and without one.
@Suite struct BackupCommandTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    @Test func `a running service is backed up, and brought back when it has ended`() throws {
        let directory = scratch.path("data")
        let service = try RunningService(dataDirectory: directory)
        try service.makeOrganization("acme")
        let file = "\(directory)/acme.sqlite3"
        _ = try service.request("/v1/orgs/acme/contacts", "--json", #"{"id":1,"email":"a@example.com"}"#)
        let copy = scratch.path("copy.sqlite3")
        #expect(try Binary.run("backup", "--db", file, "--output", copy).status == 0)
        let made = try service.request("/v1/orgs/acme/backups", "--request", "POST")
        #expect(made.status == 201)
        let name = try #require(made.json["name"] as? String)
        _ = try service.request("/v1/orgs/acme/contacts", "--json", #"{"id":2,"email":"b@example.com"}"#)

        let refused = try Binary.run("restore", "--db", file, "--from", copy, "--force")
        #expect(refused.status == 1)
        #expect(refused.errors.contains("a running service uses this directory"))
        #expect(service.terminate() == 0)
        let unforced = try Binary.run("restore", "--db", file, "--from", copy)
        #expect(unforced.status == 1)
        #expect(unforced.errors.contains("--force"))
        for source in [copy, "\(directory)/backups/\(name)"] {
            #expect(try Binary.run("verify", "--db", source).status == 0)
            #expect(try Binary.run("restore", "--db", file, "--from", source, "--force").status == 0)
            #expect(try Binary.run("verify", "--db", file).output.contains("whole"))
        }
        let again = try RunningService(dataDirectory: directory)
        #expect(try again.request("/v1/orgs/acme/contacts/1").status == 200)
        #expect(try again.request("/v1/orgs/acme/contacts/2").status == 404)
    }

    @Test func `a full run backs up first where the configuration says so`() throws {
        let config = scratch.path("scheduler.yaml")
        try Data("runs: {backup_before: true}".utf8).write(to: URL(filePath: config))
        let service = try RunningService(dataDirectory: scratch.path("data"), "--config", config)
        try service.makeOrganization("acme")
        _ = try service.fullRun("acme", today: "2026-01-05", options: #","dry_run":true"#)
        #expect((try service.request("/v1/orgs/acme/backups").json["items"] as? [Any])?.count == 0)
        let run = try service.fullRun("acme", today: "2026-01-05")
        #expect(run["state"] as? String == "completed")
        #expect((try service.request("/v1/orgs/acme/backups").json["items"] as? [Any])?.count == 1)
    }

    @Test func `numbers that are not those of the rows are told, and counted anew where that is asked for`()
        throws
    {
        let file = scratch.path("a.sqlite3")
        let contacts = Repository.root.appending(path: "Config/sample-contacts.csv").path
        #expect(try Binary.run("import", "--db", file, contacts).status == 0)
        #expect(try Binary.run("verify", "--db", file).errors.isEmpty)
        try Database(file).sql("UPDATE OR REPLACE contacts SET id = 1 WHERE id = 2")
        let told = try Binary.run("verify", "--db", file)
        #expect(told.status == 0 && told.errors.contains("warning: the numbers in contact_counts"))
        #expect(try Binary.run("verify", "--db", file, "--recount").output.contains("counted anew"))
        #expect(try Binary.run("verify", "--db", file).errors.isEmpty)
        #expect(try Database(file).sql("SELECT total = count(*) FROM contact_counts, contacts") == "1")
    }

    @Test func `a restore that is killed leaves the old file or the whole new one, and can be done again`()
        throws
    {
        let seed = Setting.number("SEED", standard: 20_260_105)
        var random = SeededGenerator(seed: UInt64(seed))
        let (old, new) = (scratch.path("old.sqlite3"), scratch.path("new.sqlite3"))
        for (file, count) in [(old, 3000), (new, 5000)] {
            let contacts = scratch.path("contacts.csv")
            let made = try Binary.run(
                "generate", "--contacts", "\(count)", "--seed", "5", "--output", contacts)
            #expect(try made.status == 0 && Binary.run("import", "--db", file, contacts).status == 0)
        }
        func contacts(_ file: String) throws -> String {
            try Database(file).sql("SELECT count(*) FROM contacts")
        }
        let (before, after) = (try contacts(old), try contacts(new))
        #expect(before != after)
        let file = scratch.path("acme.sqlite3")
        let restore = ["restore", "--db", file, "--from", new, "--force"]
        var left: Set<String> = []
        for number in 1...20 {
            try Command.shell("rm -f '\(file)'* && cp '\(old)' '\(file)'")
            let after_s = "\(Double(random.number(10...200)) / 1000)"
            try Command("/usr/bin/timeout", ["--signal", "KILL", after_s, Binary.path] + restore)
            let context: Comment = "seed \(seed), kill \(number) after \(after_s) s"
            let found = try contacts(file)
            #expect([before, after].contains(found), context)
            #expect(try Binary.run("verify", "--db", file).status == 0, context)
            left.insert(found)
        }
        #expect(left.contains(before), "no restore was killed in time")
        #expect(try Command(Binary.path, restore).status == 0)
        #expect(try contacts(file) == after)
        let names = try FileManager.default.contentsOfDirectory(atPath: scratch.url.path)
        #expect(names.filter { $0.hasPrefix("acme") } == ["acme.sqlite3"])
    }

    @Test func `a broken file is named with cause and hint, and stays as it is`() throws {
        let file = scratch.path("broken.sqlite3")
        let bytes = Data((0..<8192).map { UInt8(truncatingIfNeeded: $0 &* 31) })
        try bytes.write(to: URL(filePath: file))
        let copy = scratch.path("copy.sqlite3")
        for arguments in [
            ["verify", "--db", file], ["backup", "--db", file, "--output", copy],
            ["restore", "--db", scratch.path("new.sqlite3"), "--from", file],
        ] {
            let command = try Command(Binary.path, arguments)
            #expect(command.status == 1)
            #expect(command.errors.contains(file), "\(arguments[0])")
            #expect(command.errors.contains("not a database"), "\(arguments[0])")
            #expect(command.errors.contains("restore the file from a backup"), "\(arguments[0])")
        }
        #expect(try Data(contentsOf: URL(filePath: file)) == bytes)
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.url.path) == ["broken.sqlite3"])
    }
}
