import Foundation
import Testing

/// What happens to files and disks, to the real process.
@Suite struct FaultTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    /// The finding of a check of `/readyz`, and the answer's status.
    private func readiness(_ service: RunningService, _ name: String) throws -> (status: Int, finding: String)
    {
        let answer = try service.request("/readyz")
        let checks = answer.json["checks"] as? [[String: Any]] ?? []
        let check = checks.first { $0["name"] as? String == name }
        return (answer.status, "\(check?["status"] ?? "missing") \(check?["detail"] ?? "")")
    }

    private func addContact(_ service: RunningService, _ organization: String) throws -> RunningService.Answer
    {
        try service.request("/v1/orgs/\(organization)/contacts", "--json", #"{"email":"a@example.com"}"#)
    }

    @Test func `all checks of a service that is well are there and hold`() throws {
        let service = try RunningService(dataDirectory: scratch.path("data"))
        let answer = try service.request("/readyz")
        let checks = answer.json["checks"] as? [[String: Any]] ?? []
        #expect(
            checks.map { $0["name"] as? String } == [
                "database", "disk_space", "worker", "backlog", "last_run_age",
            ])
        #expect(checks.allSatisfy { $0["status"] as? String == "ok" }, "\(answer.body)")
        #expect(answer.status == 200)
    }

    @Test(.enabled(if: Disk.canBeMounted))
    func `a full disk refuses writes, answers reads, is told, and is over when there is space`() throws {
        let disk = try Disk(size_MiB: 96, at: scratch.path("disk"))
        defer { disk.unmount() }
        let service = try RunningService(dataDirectory: "\(disk.path)/data")
        try service.makeOrganization("acme")
        #expect(try addContact(service, "acme").status == 201)
        #expect(try readiness(service, "disk_space").status == 200)
        try disk.fill()
        var statuses: Set<Int> = []
        while statuses.intersection([507]).isEmpty, statuses.isSubset(of: [201]) {
            statuses.insert(try addContact(service, "acme").status)
        }
        #expect(statuses.subtracting([201]) == [507])
        let refused = try addContact(service, "acme")
        #expect(refused.json["type"] as? String == "urn:email-scheduler:problem:storage-full")
        #expect(try service.request("/v1/orgs/acme/contacts/1").status == 200)
        #expect(try service.request("/v1/orgs/acme/backups", "--request", "POST").status == 507)
        let full = try readiness(service, "disk_space")
        #expect(full.status == 503 && full.finding.hasPrefix("failed"), "\(full)")
        #expect(service.logText.contains("free some space on the disk"))

        try disk.free()
        #expect(try addContact(service, "acme").status == 201)
        #expect(try readiness(service, "disk_space").status == 200)
        #expect(try readiness(service, "database").finding.hasPrefix("ok"))
        #expect(try service.fullRun("acme", today: "2026-01-05")["state"] as? String == "completed")
        #expect(service.terminate() == 0)
        #expect(try Binary.run("verify", "--db", "\(disk.path)/data/acme.sqlite3").status == 0)
    }

    @Test func `a file that another process locks makes its organisation wait, not the others`() throws {
        let service = try RunningService(dataDirectory: scratch.path("data"))
        for id in ["locked", "free"] { try service.makeOrganization(id) }
        let holder = try FileHolder(scratch.path("data/locked.sqlite3"))
        let refused = try addContact(service, "locked")
        #expect(refused.status == 503)
        #expect(refused.json["type"] as? String == "urn:email-scheduler:problem:unavailable")
        #expect(try addContact(service, "free").status == 201)
        #expect(try service.request("/v1/orgs/locked/contacts").status == 200)
        let locked = try readiness(service, "database")
        #expect(locked.status == 200)
        #expect(locked.finding.contains("cannot be used: 1") && locked.finding.contains("another process"))
        try holder.release()
        #expect(try addContact(service, "locked").status == 201)
        #expect(try readiness(service, "database").finding.hasPrefix("ok"))
    }

    @Test(.enabled(if: Disk.canBeMounted))
    func `a file that is read-only is told as such, and used when it is no longer`() throws {
        let disk = try Disk(size_MiB: 32, at: scratch.path("disk"))
        defer { disk.unmount() }
        let directory = scratch.path("data")
        let first = try RunningService(dataDirectory: directory)
        for id in ["fixed", "free"] { try first.makeOrganization(id) }
        #expect(first.terminate() == 0)
        let file = "\(directory)/fixed.sqlite3"
        try Command.shell("mv '\(file)'* '\(disk.path)' && ln -s '\(disk.path)/fixed.sqlite3' '\(file)'")
        try disk.remount("ro")
        let second = try RunningService(dataDirectory: directory)
        let refused = try addContact(second, "fixed")
        #expect(refused.status == 503)
        #expect((refused.json["detail"] as? String)?.contains("read-only") == true)
        #expect(try addContact(second, "free").status == 201)
        let fixed = try readiness(second, "database")
        #expect(fixed.status == 200 && fixed.finding.contains("read-only"), "\(fixed)")
        try disk.remount("rw")
        #expect(try addContact(second, "fixed").status == 201)
        #expect(try readiness(second, "database").finding.hasPrefix("ok"))
    }

    @Test func `a damaged file is its organisation's trouble alone, and a backup mends it`() throws {
        let directory = scratch.path("data")
        let file = "\(directory)/broken.sqlite3"
        let first = try RunningService(dataDirectory: directory)
        for id in ["broken", "whole"] { try first.makeOrganization(id) }
        #expect(try addContact(first, "broken").status == 201)
        let made = try first.request("/v1/orgs/broken/backups", "--request", "POST")
        let name = try #require(made.json["name"] as? String)
        #expect(first.terminate() == 0)
        for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: file + suffix) }
        try Data((0..<8192).map { UInt8(truncatingIfNeeded: $0 &* 31) }).write(to: URL(filePath: file))

        let second = try RunningService(dataDirectory: directory)
        let refused = try addContact(second, "broken")
        #expect(refused.status == 503)
        #expect((refused.json["detail"] as? String)?.contains("damaged") == true)
        #expect(!refused.body.contains(file))
        #expect(second.logText.contains(file) && second.logText.contains("restore the file from a backup"))
        #expect(try addContact(second, "whole").status == 201)
        #expect(try second.fullRun("whole", today: "2026-01-05")["state"] as? String == "completed")
        let broken = try readiness(second, "database")
        #expect(broken.status == 200 && broken.finding.contains("damaged"), "\(broken)")
        #expect(!broken.finding.contains("broken"))
        #expect(second.terminate() == 0)

        let restored = try Binary.run(
            "restore", "--db", file, "--from", "\(directory)/backups/\(name)", "--force")
        #expect(restored.status == 0, "\(restored.errors)")
        let third = try RunningService(dataDirectory: directory)
        #expect(try third.request("/v1/orgs/broken/contacts/1").status == 200)
        #expect(try readiness(third, "database").finding.hasPrefix("ok"))
    }
}

/// A small disk in memory.
private struct Disk {
    let path: String

    /// Whether this process may mount one.
    static let canBeMounted: Bool = {
        guard let scratch = try? Scratch(), let disk = try? Disk(size_MiB: 1, at: scratch.path("disk")) else {
            return false
        }
        disk.unmount()
        return true
    }()

    init(size_MiB: Int, at path: String) throws {
        self.path = path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        let mount = try Command("/usr/bin/mount", ["-t", "tmpfs", "-o", "size=\(size_MiB)m", "none", path])
        guard mount.status == 0 else { throw Failure(mount.errors) }
    }

    /// Leaves no space.
    func fill() throws {
        try Command.shell("cat /dev/zero > '\(path)/filler' 2>/dev/null; true")
    }

    /// Gives the space back.
    func free() throws { try FileManager.default.removeItem(atPath: "\(path)/filler") }

    /// Makes it read-only (`ro`) or no longer (`rw`).
    func remount(_ mode: String) throws {
        let mount = try Command("/usr/bin/mount", ["-o", "remount,\(mode)", path])
        guard mount.status == 0 else { throw Failure(mount.errors) }
    }

    func unmount() { _ = try? Command("/usr/bin/umount", ["--lazy", path]) }
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
