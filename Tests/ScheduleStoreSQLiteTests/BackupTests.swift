import Foundation
import GRDB
import ScheduleStore
import ScheduleStoreSQLite
import Synchronization
import Testing

@Suite struct BackupTests {
    let directory: TemporaryDirectory
    private let now = "2026-01-05 12:00:00"

    init() throws { directory = try TemporaryDirectory() }

    private func backups(retention_days: Int = 30) -> SQLiteBackups {
        SQLiteBackups(dataDirectory: directory.path, retention_days: retention_days)
    }

    private func makeStore(_ name: String = "acme", contacts: Int) async throws -> SQLiteOrganizationStore {
        let store = try SQLiteOrganizationStore(path: directory.file("\(name).sqlite3"))
        for id in 1...contacts { _ = try await store.insertContact(ContactDraft(id: Int64(id))) }
        return store
    }

    private func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: directory.file("backups")).sorted()
    }

    @Test func `a backup is one file of its owner's with everything that was stored, also in the log`()
        async throws
    {
        let store = try await makeStore(contacts: 20)
        let backup = try await backups().backUp(organizationID: "acme", now: now)
        #expect(backup.name == "acme-20260105T120000Z.sqlite3")
        #expect(backup.createdAt == now)
        let file = directory.file("backups/\(backup.name)")
        let attributes = try FileManager.default.attributesOfItem(atPath: file)
        #expect(attributes[.size] as? Int64 == backup.size_bytes)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        #expect(try names() == [backup.name])
        #expect(try Other.count("contacts", file: file) == 20)
        #expect(try await StoreFiles.verify(file) == .organization)
        #expect(try names() == [backup.name])
        try await store.close()
    }

    @Test func `backups of one second have names of their own, and are listed newest first in pages`()
        async throws
    {
        let store = try await makeStore(contacts: 1)
        let backups = backups()
        let times = [now, now, "2026-01-04 12:00:00", "2026-01-06 00:00:00"]
        for time in times { _ = try await backups.backUp(organizationID: "acme", now: time) }
        var listed: [String] = []
        var cursor: String?
        repeat {
            let page = try await backups.backups(
                organizationID: "acme", since: "2026-01-05 00:00:00", before: cursor, limit: 2)
            listed += page.items.map(\.name)
            cursor = page.nextCursor
        } while cursor != nil
        #expect(
            listed == [
                "acme-20260106T000000Z.sqlite3", "acme-20260105T120000Z-2.sqlite3",
                "acme-20260105T120000Z.sqlite3",
            ])
        try await store.close()
    }

    @Test func `backups go when their time is over, but never the newest one, nor anybody else's file`()
        async throws
    {
        let store = try await makeStore(contacts: 1)
        let other = try await makeStore("acme-2", contacts: 1)
        let backups = backups(retention_days: 30)
        _ = try await backups.backUp(organizationID: "acme", now: "2025-12-05 23:00:00")
        _ = try await backups.backUp(organizationID: "acme", now: "2025-12-06 01:00:00")
        _ = try await backups.backUp(organizationID: "acme-2", now: "2025-11-01 01:00:00")
        let foreign = [
            "acme-20200101T000000Z.sqlite3.bak", "notes.txt", "acme-2020.sqlite3",
            "ACME-20200101T000000Z.sqlite3",
        ]
        for name in foreign { try Data().write(to: URL(fileURLWithPath: directory.file("backups/\(name)"))) }
        try Data().write(to: URL(fileURLWithPath: directory.file("backups/gone-20251101T000000Z.sqlite3")))
        _ = try await backups.backUp(organizationID: "acme", now: now)
        #expect(
            try names()
                == (foreign + [
                    "acme-20251206T010000Z.sqlite3", "acme-20260105T120000Z.sqlite3",
                    "acme-2-20251101T010000Z.sqlite3",
                ]).sorted())
        try await store.close()
        try await other.close()
    }

    @Test func `the service's own store is backed up beside`() async throws {
        let service = try SQLiteServiceStore(path: directory.file("service.sqlite3"))
        let store = try await makeStore(contacts: 1)
        _ = try await backups().backUp(organizationID: "acme", now: now)
        let file = directory.file("backups/service-20260105T120000Z.sqlite3")
        #expect(try await StoreFiles.verify(file) == .service)
        try await store.close()
        try await service.close()
    }

    @Test func `a damaged store gives no backup, and what a dead process left unfinished is removed`()
        async throws
    {
        let store = try await makeStore(contacts: 2000)
        try await store.close()
        try damage("contacts", of: directory.file("acme.sqlite3"))
        let error = await #expect(throws: StoreError.self) {
            _ = try await backups().backUp(organizationID: "acme", now: now)
        }
        #expect(error?.code == .corrupt)
        #expect(error?.path == directory.file("acme.sqlite3"))
        #expect(try names().isEmpty)
        let unfinished = directory.file("backups/acme-20260105T120000Z.sqlite3.unfinished")
        try Data("half".utf8).write(to: URL(fileURLWithPath: unfinished))
        try await backups().removeUnfinished()
        #expect(try names().isEmpty)
    }

    @Test(.timeLimit(.minutes(2)))
    func `a backup holds one state while others write, and they go on`() async throws {
        let store = try await makeStore(contacts: 50)
        let backups = backups()
        // Each transaction adds a contact and, with it, one to a sum that the backup must agree with.
        try await Other.execute("CREATE TABLE total (n INTEGER)", file: directory.file("acme.sqlite3"))
        try await Other.execute(
            """
            INSERT INTO total VALUES (50);
            CREATE TRIGGER count_contacts AFTER INSERT ON contacts BEGIN UPDATE total SET n = n + 1; END
            """, file: directory.file("acme.sqlite3"))
        let isEnough = Atomic<Bool>(false)
        async let writing = {
            var written = 0
            while !isEnough.load(ordering: .relaxed) {
                _ = try await store.insertContact(ContactDraft())
                written += 1
            }
            return written
        }()
        defer { isEnough.store(true, ordering: .relaxed) }
        for _ in 1...10 {
            let backup = try await backups.backUp(organizationID: "acme", now: now)
            let file = directory.file("backups/\(backup.name)")
            let total = try #require(try Other.rows("SELECT n FROM total", file: file).first?["n"] as Int?)
            #expect(try Other.count("contacts", file: file) == total)
        }
        isEnough.store(true, ordering: .relaxed)
        let written = try await writing
        #expect(written > 0)
        #expect(try await store.countContacts() >= 50 + written)
        try await store.close()
    }

    /// Overwrites the root page of a table.
    private func damage(_ table: String, of file: String) throws {
        let root = try #require(
            try Other.rows("SELECT rootpage FROM sqlite_master WHERE name = '\(table)'", file: file).first)
        let handle = try #require(FileHandle(forUpdatingAtPath: file))
        try handle.seek(toOffset: UInt64(((root["rootpage"] as Int) - 1) * 4096))
        try handle.write(contentsOf: Data(repeating: 0xFF, count: 4096))
        try handle.close()
    }
}
