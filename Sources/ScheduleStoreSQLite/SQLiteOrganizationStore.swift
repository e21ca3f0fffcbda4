import GRDB
public import ScheduleStore

/// An organisation's store in one SQLite file: one connection that writes and a pool that reads.
///
/// Every asynchronous verb runs on the queue of a connection, so that no thread of Swift's cooperative pool
/// ever waits for the file.
public final class SQLiteOrganizationStore: OrganizationStore {
    /// The file.
    public let path: String
    let options: StoreOptions
    let pool: DatabasePool
    private let logKeeper: LogKeeper
    /// The verbs that wait while a run writes.
    package let waiting = WaitingWriters()

    /// Opens a file, makes it where it is missing, and adopts it where another system made it: a copy of it
    /// as it was is then beside it as `<file>.before-adoption`.
    ///
    /// - Throws: `StoreError`.
    public init(path: String, options: StoreOptions = StoreOptions()) throws {
        self.path = path
        self.options = options
        pool = try StoreFile.open(
            path, options: options, migrator: OrganizationMigrations.migrator, adopts: true)
        let pool = pool
        logKeeper = try storing("open", path: path) { try LogKeeper(pool: pool, options: options) }
    }

    deinit { logKeeper.stopEventually() }

    /// Moves what was written into its final place, as far as nobody reads the old state; never waits.
    public func maintain() async throws {
        try await writeOutsideTransaction("maintain") { database in
            do {
                _ = try database.checkpoint(.passive)
            } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
                // Somebody is doing it already.
            }
        }
    }

    /// Releases the store. Verbs after it throw `closed`.
    public func close() async throws {
        try await FileQueue.run { try self.closeFile() }
    }

    /// Closes the file; waits for verbs that are under way.
    func closeFile() throws {
        logKeeper.stop()
        try storing("close", path: path) { try pool.close() }
    }

    /// A reader of its own for a run.
    public func makeRunReader() throws -> any RunReader {
        try storing("open a reader", path: path) {
            try SQLiteRunReader(path: path, options: options)
        }
    }

    /// The writer for a run.
    public func makeRunWriter() throws -> any RunWriter {
        SQLiteRunWriter(pool: pool, path: path, options: options, waiting: waiting)
    }

    // MARK: Access

    /// Reads what one statement gives, or what need not be of one moment.
    func read<Result: Sendable>(
        _ operation: String, _ body: @Sendable (Database) throws -> Result
    ) async throws -> Result {
        do {
            return try await pool.unsafeRead(body)
        } catch {
            throw StoreError.mapping(error, operation: operation, path: path)
        }
    }

    /// Writes in one transaction. A run that is writing lets the verb in before its batch is finished.
    func write<Result: Sendable>(
        _ operation: String, _ body: @Sendable (Database) throws -> Result
    ) async throws -> Result {
        waiting.enter()
        defer { waiting.leave() }
        do {
            return try await pool.write(body)
        } catch {
            throw StoreError.mapping(error, operation: operation, path: path)
        }
    }

    private func writeOutsideTransaction<Result: Sendable>(
        _ operation: String, _ body: @Sendable (Database) throws -> Result
    ) async throws -> Result {
        do {
            return try await pool.writeWithoutTransaction(body)
        } catch {
            throw StoreError.mapping(error, operation: operation, path: path)
        }
    }
}
