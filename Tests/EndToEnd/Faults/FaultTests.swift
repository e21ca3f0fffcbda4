import Foundation
import Testing

/// What happens to database files, to the real process.
@Suite struct FaultTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    @Test func `all checks of a service that is well are there and hold`() throws {
        let service = try RunningService(dataDirectory: scratch.path("data"))
        let answer = try service.request("/readyz")
        let checks = answer.json["checks"] as? [[String: Any]] ?? []
        #expect(
            checks.map { $0["name"] as? String } == [
                "database", "disk_space", "descriptors", "clock", "worker", "backlog", "last_run_age",
            ])
        #expect(checks.allSatisfy { $0["status"] as? String == "ok" }, "\(answer.body)")
        #expect(answer.status == 200)
    }

    @Test func `a file that another process locks makes its organisation wait, not the others`() throws {
        let service = try RunningService(dataDirectory: scratch.path("data"))
        for id in ["locked", "free"] { try service.makeOrganization(id) }
        let holder = try FileHolder(scratch.path("data/locked.sqlite3"))
        let refused = try service.addContact("locked")
        #expect(refused.status == 503)
        #expect(refused.json["type"] as? String == "urn:email-scheduler:problem:unavailable")
        #expect(try service.addContact("free").status == 201)
        #expect(try service.request("/v1/orgs/locked/contacts").status == 200)
        let locked = try service.readiness("database")
        #expect(locked.status == 200)
        #expect(locked.finding.contains("cannot be used: 1") && locked.finding.contains("another process"))
        try holder.release()
        #expect(try service.addContact("locked").status == 201)
        #expect(try service.readiness("database").finding.hasPrefix("ok"))
    }

    @Test func `a file that is read-only is told as such, and used when it is no longer`() throws {
        let directory = scratch.path("data")
        let file = "\(directory)/fixed.sqlite3"
        let first = try RunningService(dataDirectory: directory)
        for id in ["fixed", "free"] { try first.makeOrganization(id) }
        #expect(try first.addContact("fixed").status == 201)
        #expect(first.terminate() == 0)
        try FileManager.default.setAttributes([.posixPermissions: 0o400], ofItemAtPath: file)
        let second = try RunningService(dataDirectory: directory, wrapper: Self.boundByPermissions)
        let refused = try second.addContact("fixed")
        #expect(refused.status == 503)
        #expect((refused.json["detail"] as? String)?.contains("read-only") == true, "\(refused.body)")
        #expect(try second.addContact("free").status == 201)
        let fixed = try second.readiness("database")
        #expect(fixed.status == 200 && fixed.finding.contains("read-only"), "\(fixed)")
        #expect(second.logText.contains(file))

        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file)
        #expect(try second.addContact("fixed").status == 201)
        #expect(try second.readiness("database").finding.hasPrefix("ok"))
        #expect(try second.fullRun("fixed", today: "2026-01-05")["state"] as? String == "completed")
    }

    @Test func `a data directory that may not be written, or whose own store is damaged, ends the start`()
        throws
    {
        let directory = scratch.path("data")
        #expect(try RunningService(dataDirectory: directory).terminate() == 0)
        let serve = [Binary.path, "serve", "--data-dir", directory, "--port", "0"]
        func start() throws -> Command {
            let words = Self.boundByPermissions + serve
            return try Command("/usr/bin/env", ["timeout", "60"] + words)
        }
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o400], ofItemAtPath: "\(directory)/service.lock")
        var ended = try start()
        #expect(
            ended.status == 1 && ended.errors.contains("service.lock: cannot be opened"), "\(ended.errors)")
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o600], ofItemAtPath: "\(directory)/service.lock")
        let store = "\(directory)/service.sqlite3"
        try FileManager.default.setAttributes([.posixPermissions: 0o400], ofItemAtPath: store)
        ended = try start()
        #expect(ended.status == 1 && ended.errors.contains("right to write"), "\(ended.errors)")
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: store)
        try Self.damage(store)
        ended = try start()
        #expect(ended.status == 1 && ended.errors.contains(store), "\(ended.errors)")
        #expect(ended.errors.contains("restore the file from a backup"), "\(ended.errors)")
    }

    @Test func `a damaged file is its organisation's trouble alone, and a backup mends it`() throws {
        let directory = scratch.path("data")
        let file = "\(directory)/broken.sqlite3"
        let first = try RunningService(dataDirectory: directory)
        for id in ["broken", "whole"] { try first.makeOrganization(id) }
        #expect(try first.addContact("broken").status == 201)
        let made = try first.request("/v1/orgs/broken/backups", "--request", "POST")
        let name = try #require(made.json["name"] as? String)
        #expect(first.terminate() == 0)
        try Self.damage(file)

        let second = try RunningService(dataDirectory: directory)
        let refused = try second.addContact("broken")
        #expect(refused.status == 503)
        #expect((refused.json["detail"] as? String)?.contains("damaged") == true)
        #expect(!refused.body.contains(file))
        #expect(second.logText.contains(file) && second.logText.contains("restore the file from a backup"))
        #expect(try second.addContact("whole").status == 201)
        #expect(try second.fullRun("whole", today: "2026-01-05")["state"] as? String == "completed")
        let broken = try second.readiness("database")
        #expect(broken.status == 200 && broken.finding.contains("damaged"), "\(broken)")
        #expect(!broken.finding.contains("broken"))
        let restore = ["restore", "--db", file, "--from", "\(directory)/backups/\(name)", "--force"]
        let tooEarly = try Command(Binary.path, restore)
        #expect(tooEarly.status == 1 && tooEarly.errors.contains("a running service"), "\(tooEarly.errors)")
        #expect(second.terminate() == 0)

        let restored = try Command(Binary.path, restore)
        #expect(restored.status == 0, "\(restored.errors)")
        let third = try RunningService(dataDirectory: directory)
        #expect(try third.request("/v1/orgs/broken/contacts/1").status == 200)
        #expect(try third.readiness("database").finding.hasPrefix("ok"))
    }

    /// What a program that begins with these words may do to files is what their permissions say, also where this test
    /// is run by root.
    private static let boundByPermissions =
        getuid() == 0 ? ["/usr/bin/setpriv", "--bounding-set", "-dac_override,-dac_read_search"] : []

    private static func damage(_ file: String) throws {
        for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: file + suffix) }
        try Data((0..<8192).map { UInt8(truncatingIfNeeded: $0 &* 31) }).write(to: URL(filePath: file))
    }
}

/// Another process that is writing to a database and does not come to an end.
private struct FileHolder {
    private let process = Process()
    private let input = Pipe()

    init(_ file: String) throws {
        let output = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/sqlite3")
        process.arguments = [file]
        process.standardInput = input
        process.standardOutput = output
        try process.runWithSignals()
        try input.fileHandleForWriting.write(contentsOf: Data("BEGIN IMMEDIATE;\nSELECT 'locked';\n".utf8))
        guard String(decoding: output.fileHandleForReading.availableData, as: UTF8.self).contains("locked")
        else {
            throw Failure("the file cannot be locked")
        }
    }

    /// Ends it.
    func release() throws {
        try input.fileHandleForWriting.close()
        process.waitUntilExit()
    }
}
