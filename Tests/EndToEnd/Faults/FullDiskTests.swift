import Foundation
import Testing

/// What happens when there is no space, to the real process.
@Suite struct FullDiskTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    @Test
    func `files that may not grow refuse writes, answer reads, and this is told and over with the limit`()
        throws
    {
        let service = try RunningService(dataDirectory: scratch.path("data"))
        try service.makeOrganization("acme")
        #expect(try service.addContact("acme").status == 201)
        try service.limit("fsize", to: "65536")
        #expect(try service.addContactsUntilRefused("acme") == 507)
        try checkRefusals(service)
        let found = try service.readiness("disk_space")
        #expect(found.finding.hasPrefix("warning") && found.finding.contains("refused space"), "\(found)")
        #expect(service.logText.contains("raise the quota or the limit"))
        try service.limit("fsize", to: "unlimited")
        try checkRecovery(service)
    }

    /// Needs the right to mount; the limit of the test before needs none, and shows all but the check of the disk.
    @Test(.enabled(if: Disk.canBeMounted, "a disk of its own may be mounted"))
    func `a full disk refuses writes, answers reads, is told, and is over when there is space`() throws {
        let disk = try Disk(size_MiB: 96, at: scratch.path("disk"))
        defer { disk.unmount() }
        let service = try RunningService(dataDirectory: "\(disk.path)/data")
        try service.makeOrganization("acme")
        #expect(try service.addContact("acme").status == 201)
        #expect(try service.readiness("disk_space").status == 200)
        try disk.fill()
        #expect(try service.addContactsUntilRefused("acme") == 507)
        try checkRefusals(service)
        let full = try service.readiness("disk_space")
        #expect(full.status == 503 && full.finding.hasPrefix("failed"), "\(full)")
        #expect(service.logText.contains("free some space on the disk"))
        try disk.free()
        try checkRecovery(service)
    }

    private func checkRefusals(_ service: RunningService) throws {
        let refused = try service.addContact("acme")
        #expect(refused.status == 507)
        #expect(refused.json["type"] as? String == "urn:email-scheduler:problem:storage-full")
        let run = try service.request("/v1/orgs/acme/scheduler-runs", "--json", #"{"kind":"full"}"#)
        #expect(run.status == 507)
        #expect(try service.request("/v1/orgs/acme/contacts/1").status == 200)
        #expect(try service.request("/v1/orgs/acme/backups", "--request", "POST").status == 507)
        let database = try service.readiness("database")
        #expect(database.finding.contains("no space is left"), "\(database)")
    }

    private func checkRecovery(_ service: RunningService) throws {
        #expect(try service.addContact("acme").status == 201)
        #expect(try service.readiness("disk_space").finding.hasPrefix("ok"))
        #expect(try service.readiness("database").finding.hasPrefix("ok"))
        #expect(try service.request("/v1/orgs/acme/backups", "--request", "POST").status == 201)
        #expect(try service.fullRun("acme", today: "2026-01-05")["state"] as? String == "completed")
        #expect(service.terminate() == 0)
        #expect(try Binary.run("verify", "--db", "\(service.dataDirectory)/acme.sqlite3").status == 0)
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

    func unmount() { _ = try? Command("/usr/bin/umount", ["--lazy", path]) }
}
