import Foundation
import GRDB
import ScheduleStore
import ScheduleStoreSQLite
import SchedulingCore
import Testing

@Suite("A failure says what it is")
struct FailureTests {
    let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    @Test("a file that is no database is corrupt, and stays as it is")
    func noDatabase() throws {
        let file = directory.file("a.sqlite3")
        let bytes = Data((0..<8192).map { UInt8(truncatingIfNeeded: $0 &* 31) })
        try bytes.write(to: URL(fileURLWithPath: file))
        let error = #expect(throws: StoreError.self) { try SQLiteOrganizationStore(path: file) }
        #expect(error?.code == .corrupt)
        #expect(error?.path == file)
        #expect(try Data(contentsOf: URL(fileURLWithPath: file)) == bytes)
    }

    @Test("a page that is damaged makes a verb fail as corrupt")
    func damagedPage() async throws {
        let file = directory.file("a.sqlite3")
        var store = try SQLiteOrganizationStore(path: file)
        for id in 1...2000 { _ = try await store.insertContact(ContactDraft(id: Int64(id))) }
        try await store.close()
        let root = try #require(
            try Other.rows("SELECT rootpage FROM sqlite_master WHERE name = 'contacts'", file: file).first)
        let handle = try #require(FileHandle(forUpdatingAtPath: file))
        try handle.seek(toOffset: UInt64(((root["rootpage"] as Int) - 1) * 4096))
        try handle.write(contentsOf: Data(repeating: 0xFF, count: 4096))
        try handle.close()
        store = try SQLiteOrganizationStore(path: file)
        let error = await #expect(throws: StoreError.self) { try await store.contact(id: 1000) }
        #expect(error?.code == .corrupt)
        try await store.close()
    }

    @Test("a path in no directory, or of a directory, cannot be opened")
    func noDirectory() throws {
        for path in [directory.file("missing/a.sqlite3"), directory.path] {
            let error = #expect(throws: StoreError.self) { try SQLiteOrganizationStore(path: path) }
            #expect(error?.code == .cannotOpen, "\(path)")
        }
    }

    @Test("a directory without the right to write is refused as such", .enabled(if: getuid() != 0))
    func readOnlyDirectory() async throws {
        let file = directory.file("a.sqlite3")
        try await SQLiteOrganizationStore(path: file).close()
        try FileManager.default.setAttributes([.posixPermissions: 0o555], ofItemAtPath: directory.path)
        defer {
            try? FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: directory.path)
        }
        let error = #expect(throws: StoreError.self) { try SQLiteOrganizationStore(path: file) }
        #expect([.readOnly, .cannotOpen].contains(error?.code))
    }

    @Test("a verb that waits too long for another program is busy, and works once that is done")
    func busy() async throws {
        let file = directory.file("a.sqlite3")
        var options = StoreOptions()
        options.busyTimeout_ms = 20
        let store = try SQLiteOrganizationStore(path: file, options: options)
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        let other = try DatabaseQueue(path: file, configuration: configuration)
        try await other.writeWithoutTransaction { try $0.execute(sql: "BEGIN IMMEDIATE") }
        let error = await #expect(throws: StoreError.self) { try await store.insertContact(ContactDraft()) }
        #expect(error?.code == .busy)
        let count = try await store.countContacts()
        #expect(count == 0)
        try await other.writeWithoutTransaction { try $0.execute(sql: "COMMIT") }
        _ = try await store.insertContact(ContactDraft())
        try other.close()
        try await store.close()
    }

    @Test("an organisation's id cannot lead out of the directory")
    func malformedID() async throws {
        let stores = SQLiteOrganizationStores(directory: directory.path)
        for id in ["../a", "", "A", "service", "a/b"] {
            let error = await #expect(throws: StoreError.self) { try await stores.store(ofOrganization: id) }
            #expect(error?.code == .cannotOpen, "\(id)")
        }
        try await stores.close()
    }
}
