import GRDB
public import ScheduleStore

/// The service's own store in one SQLite file. Its records are few and its writes are rare, so that it is
/// always as durable as the disk allows.
public final class SQLiteServiceStore: ServiceStore {
    /// The file.
    public let path: String
    private let pool: DatabasePool
    private let health = WriteHealth()

    /// Opens the file, and makes it where it is missing.
    ///
    /// - Throws: `StoreError`.
    public init(path: String, options: StoreOptions = StoreOptions()) throws {
        self.path = path
        var options = options
        options.durability = .full
        pool = try StoreFile.open(path, options: options, migrator: ServiceSchema.migrator, adopts: false)
        try storing("open", path: path) {
            try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA foreign_keys = ON") }
        }
    }

    /// Releases the store. Verbs after it throw `closed`.
    public func close() async throws {
        let (pool, path) = (pool, path)
        try await FileQueue.run { try storing("close", path: path) { try StoreFile.close(pool) } }
    }

    /// Why the last write failed for the file's or the disk's sake; nil where it did not.
    public var trouble: StoreError.Code? { health.trouble }

    /// Tries whether the file can be written again, where it could not.
    public func retryIfTroubled() async {
        guard trouble != nil else { return }
        try? await write("try to write") { try WriteHealth.touch($0) }
    }

    // MARK: Access

    func read<Result: Sendable>(
        _ operation: String, _ body: @Sendable (Database) throws -> Result
    ) async throws -> Result {
        do {
            return try await pool.unsafeRead(body)
        } catch {
            throw StoreError.mapping(error, operation: operation, path: path)
        }
    }

    func write<Result: Sendable>(
        _ operation: String, _ body: @Sendable (Database) throws -> Result
    ) async throws -> Result {
        do {
            let result = try await pool.write(body)
            health.succeeded()
            return result
        } catch {
            let error = await StoreError.mapping(error, operation: operation, path: path, writer: pool)
            health.failed(error)
            throw error
        }
    }
}
