import Foundation
import GRDB
import ScheduleStore
import ScheduleStoreSQLite
import Testing

@Suite struct RestoreTests {
    let directory: TemporaryDirectory
    private var file: String { directory.file("acme.sqlite3") }
    private var backup: String { directory.file("copy.sqlite3") }

    init() throws { directory = try TemporaryDirectory() }

    /// A store with contacts, and a backup of it.
    private func makeBackup(contacts: Int) async throws {
        let store = try SQLiteOrganizationStore(path: file)
        for _ in 1...contacts { _ = try await store.insertContact(ContactDraft()) }
        try await StoreFiles.backUp(file, to: backup)
        try await store.close()
    }

    private func count() async throws -> Int {
        let store = try SQLiteOrganizationStore(path: file)
        defer { withExtendedLifetime(store) {} }
        let count = try await store.countContacts()
        try await store.close()
        return count
    }

    private func bytes(_ path: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path)) }

    @Test func `a restored store is as it was, and nothing of the old log is replayed into it`() async throws
    {
        try await makeBackup(contacts: 3)
        // A process that died has left its log behind.
        let store = try SQLiteOrganizationStore(path: file)
        _ = try await store.insertContact(ContactDraft(id: 99))
        for suffix in ["", "-wal"] {
            try FileManager.default.copyItem(
                atPath: file + suffix, toPath: directory.file("dead.sqlite3\(suffix)"))
        }
        try await store.close()
        let dead = directory.file("dead.sqlite3")
        #expect(try bytes(dead + "-wal").isEmpty == false)
        try await StoreFiles.restore(dead, from: backup, replaces: true)
        #expect(!FileManager.default.fileExists(atPath: dead + "-wal"))
        let left = try FileManager.default.contentsOfDirectory(atPath: directory.path)
        #expect(left.filter { $0.hasPrefix("dead") } == ["dead.sqlite3"])
        let restored = try SQLiteOrganizationStore(path: dead)
        #expect(try await restored.countContacts() == 3)
        #expect(try await restored.contact(id: 99) == nil)
        try await restored.close()
    }

    @Test func `a file that is there is replaced only where that is asked for`() async throws {
        try await makeBackup(contacts: 3)
        let before = try bytes(file)
        let error = await #expect(throws: StoreError.self) {
            try await StoreFiles.restore(file, from: backup, replaces: false)
        }
        #expect(error?.description.contains("--force") == true)
        #expect(try bytes(file) == before)
        try FileManager.default.removeItem(atPath: file)
        try await StoreFiles.restore(file, from: backup, replaces: false)
        #expect(try await count() == 3)
    }

    @Test func `a backup that is no good takes nothing away`() async throws {
        try await makeBackup(contacts: 2000)
        let before = try bytes(file)
        let whole = try bytes(backup)
        var flipped = whole
        for index in stride(from: 8192, to: flipped.count, by: 4096) { flipped[index] ^= 0xFF }
        for bad in [Data(), Data("rubbish".utf8), whole.prefix(whole.count / 2), flipped] {
            try bad.write(to: URL(fileURLWithPath: backup))
            let error = await #expect(throws: StoreError.self) {
                try await StoreFiles.restore(file, from: backup, replaces: true)
            }
            #expect(error?.code == .corrupt, "\(bad.count) bytes: \(error?.description ?? "")")
            #expect(error?.path == backup)
            #expect(error?.hint != nil)
            #expect(try bytes(file) == before)
        }
    }

    @Test func `a damaged store is replaced by a whole one`() async throws {
        try await makeBackup(contacts: 3)
        try Data((0..<8192).map { UInt8(truncatingIfNeeded: $0 &* 31) }).write(to: URL(fileURLWithPath: file))
        try await StoreFiles.restore(file, from: backup, replaces: true)
        #expect(try await count() == 3)
    }

    @Test func `a store that somebody has open is not replaced`() async throws {
        try await makeBackup(contacts: 3)
        let store = try SQLiteOrganizationStore(path: file)
        _ = try await store.insertContact(ContactDraft())
        let error = await #expect(throws: StoreError.self) {
            try await StoreFiles.restore(file, from: backup, replaces: true)
        }
        #expect(error?.code == .busy)
        #expect(try await store.countContacts() == 4)
        try await store.close()
    }

    @Test func `the service's store and an organisation's are not taken for each other`() async throws {
        try await makeBackup(contacts: 1)
        let error = await #expect(throws: StoreError.self) {
            try await StoreFiles.restore(directory.file("service.sqlite3"), from: backup, replaces: true)
        }
        #expect(error?.description.contains("service.sqlite3") == true)
    }

    @Test func `a database of another system, a newer version's and a missing file are told apart`()
        async throws
    {
        let foreign = directory.file("foreign.sqlite3")
        try await Other.execute("CREATE TABLE contacts (id INTEGER PRIMARY KEY)", file: foreign)
        let other = await #expect(throws: StoreError.self) { _ = try await StoreFiles.verify(foreign) }
        #expect(other?.code == .corrupt)
        #expect(other?.cause.contains("no store of this service") == true)

        try await makeBackup(contacts: 1)
        try await Other.execute("INSERT INTO grdb_migrations VALUES ('organization-999')", file: backup)
        let newer = await #expect(throws: StoreError.self) { _ = try await StoreFiles.verify(backup) }
        #expect(newer?.cause.contains("newer version") == true)

        let missing = await #expect(throws: StoreError.self) {
            _ = try await StoreFiles.verify(directory.file("missing.sqlite3"))
        }
        #expect(missing?.code == .cannotOpen)
        #expect(!FileManager.default.fileExists(atPath: directory.file("missing.sqlite3")))

        try await Other.execute("DROP TABLE contact_events", file: file)
        let lacking = await #expect(throws: StoreError.self) { _ = try await StoreFiles.verify(file) }
        #expect(lacking?.cause.contains("contact_events") == true)
    }

    @Test func `a copy is never written over a file with content`() async throws {
        try await makeBackup(contacts: 1)
        let before = try bytes(backup)
        await #expect(throws: StoreError.self) { try await StoreFiles.backUp(file, to: backup) }
        await #expect(throws: StoreError.self) { try await StoreFiles.backUp(file, to: file) }
        #expect(try bytes(backup) == before)
        #expect(try await count() == 1)
    }
}
