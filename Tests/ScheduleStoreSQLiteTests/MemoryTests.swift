import GRDB
import GRDBSQLite
import ScheduleStore
import ScheduleStoreSQLite
import Testing

/// How much memory a store keeps: organisations are many.
@Suite("The memory of a store")
struct MemoryTests {
    let directory: TemporaryDirectory
    let stores: SQLiteOrganizationStores

    init() throws {
        directory = try TemporaryDirectory()
        var options = StoreOptions()
        options.writerCache_KiB = 256
        options.bulkCache_KiB = 4_096
        stores = SQLiteOrganizationStores(directory: directory.path, options: options)
    }

    @Test("a large import has a large cache, and gives it back at its end")
    func importing() async throws {
        let store = try await organization()
        let record = try await store.createImport(columns: ["id", "email"], now: "2026-01-05 12:00:00")
        for first in stride(from: 1, to: 10_000, by: 2_000) {
            var batch = ImportBatch()
            batch.rows = (first..<first + 2_000).map { id in
                var draft = ContactDraft(id: Int64(id), given: [.email])
                draft.email = "somebody-with-a-long-name-\(id)@example.com"
                return ImportBatch.Row(row: id, draft: draft)
            }
            _ = try await store.importBatch(batch, importID: record.id)
        }
        #expect(try await cached_KiB(store) > 1_024)
        _ = try await store.finishImport(id: record.id, error: nil, now: "2026-01-05 12:00:01")
        #expect(try await cached_KiB(store) < 384)

        let page = try await store.contacts(after: nil, limit: 1_000)
        stores.releaseMemory()
        #expect(try await cached_KiB(store) < 64)
        #expect(try await store.contacts(after: nil, limit: 1_000).items == page.items)
        try await stores.close()
    }

    @Test("a closed store has nothing to give back")
    func closed() async throws {
        _ = try await organization()
        try await stores.close()
        stores.releaseMemory()
    }

    private func organization() async throws -> SQLiteOrganizationStore {
        try #require(try await stores.store(ofOrganization: "org") as? SQLiteOrganizationStore)
    }

    /// What the cache of the writer takes.
    private func cached_KiB(_ store: SQLiteOrganizationStore) async throws -> Int {
        try await store.pool.writeWithoutTransaction { database in
            var (now, most): (Int32, Int32) = (0, 0)
            let status = sqlite3_db_status(
                database.sqliteConnection, SQLITE_DBSTATUS_CACHE_USED, &now, &most, 0)
            guard status == SQLITE_OK else { throw DatabaseError(resultCode: ResultCode(rawValue: status)) }
            return Int(now) / 1024
        }
    }
}
