package import GRDB
public import ScheduleStore

/// An organisation's store in one SQLite file: one connection that writes and a pool that reads.
///
/// Every asynchronous verb runs on the queue of a connection, so that no thread of Swift's cooperative pool
/// ever waits for the file.
public final class SQLiteOrganizationStore: OrganizationStore {
    /// The file, shared by all views of it.
    private let file: OrganizationFile
    /// What is stored beside each change; nil for nothing.
    private let companion: ChangeCompanion?

    /// The file.
    public var path: String { file.path }
    var options: StoreOptions { file.options }
    package var pool: DatabasePool { file.pool }
    /// The verbs that wait while a run writes.
    package var waiting: WaitingWriters { file.waiting }

    /// Opens a file, makes it where it is missing, and adopts it where another system made it: a copy of it
    /// as it was is then beside it as `<file>.before-adoption`.
    ///
    /// - Throws: `StoreError`.
    public init(path: String, options: StoreOptions = StoreOptions()) throws {
        file = try OrganizationFile(path: path, options: options)
        companion = nil
    }

    private init(_ file: OrganizationFile, _ companion: ChangeCompanion) {
        self.file = file
        self.companion = companion
    }

    /// The same store, where each verb that changes something also stores, in its transaction, what goes with it.
    public func accompanied(by companion: ChangeCompanion) -> any OrganizationStore {
        SQLiteOrganizationStore(file, companion)
    }

    /// Gives back the memory that writing very many rows has taken, and moves what was written into its final place, as
    /// far as nobody reads the old state; never waits.
    public func maintain() async throws {
        let options = options
        try await writeOutsideTransaction("maintain") { database in
            try WriterCache.reduce(database, options)
            do {
                _ = try database.checkpoint(.passive)
            } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
                // Somebody is doing it already.
            }
        }
    }

    /// Why the last write failed for the file's or the disk's sake; nil where it did not.
    var trouble: StoreError.Code? { file.health.trouble }

    /// Tries whether the file can be written again, where it could not.
    func retryIfTroubled() async {
        guard trouble != nil else { return }
        // What comes of it is noted by `write`.
        try? await write("try to write") { try WriteHealth.touch($0) }
    }

    /// Gives back what memory is only kept to save time, as soon as nobody is at it.
    func releaseMemory() {
        let options = options
        pool.asyncWriteWithoutTransaction { try? WriterCache.reduce($0, options) }
        pool.releaseMemoryEventually()
    }

    /// Releases the store. Verbs after it throw `closed`.
    public func close() async throws {
        try await FileQueue.run { try self.closeFile() }
    }

    /// Closes the file; waits for verbs that are under way.
    func closeFile() throws { try file.close() }

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

    /// Reads what several statements give, of one moment.
    func readTogether<Result: Sendable>(
        _ operation: String, _ body: @Sendable (Database) throws -> Result
    ) async throws -> Result {
        do {
            return try await pool.read(body)
        } catch {
            throw StoreError.mapping(error, operation: operation, path: path)
        }
    }

    /// Writes in a transaction, with other verbs that wait (`WriterQueue`). A run that is writing lets the verb in before
    /// its batch is finished.
    func write<Result: Sendable>(
        _ operation: String, _ body: @escaping @Sendable (Database) throws -> Result
    ) async throws -> Result {
        waiting.enter()
        defer { waiting.leave() }
        let companion = companion
        do {
            let outcome = try await file.writer.write { database in
                let outcome = try body(database)
                try companion?.store(beside: outcome, in: database)
                return outcome
            }
            file.health.succeeded()
            return outcome
        } catch {
            let error = await StoreError.mapping(error, operation: operation, path: path, writer: pool)
            file.health.failed(error)
            throw error
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

/// An organisation's file, open as long as somebody has it.
private final class OrganizationFile: Sendable {
    let path: String
    let options: StoreOptions
    let pool: DatabasePool
    let waiting = WaitingWriters()
    let writer: WriterQueue
    let health = WriteHealth()
    private let logKeeper: LogKeeper

    init(path: String, options: StoreOptions) throws {
        self.path = path
        self.options = options
        pool = try StoreFile.open(
            path, options: options, migrator: OrganizationMigrations.migrator, adopts: true)
        writer = WriterQueue(pool: pool)
        let (pool, waiting) = (pool, waiting)
        logKeeper = try storing("open", path: path) {
            try LogKeeper(pool: pool, waiting: waiting, options: options)
        }
    }

    deinit { logKeeper.stopEventually() }

    func close() throws {
        logKeeper.stop()
        try storing("close", path: path) { try StoreFile.close(pool) }
    }
}

extension ChangeCompanion {
    /// Stores what goes with a verb's outcome, in the verb's transaction.
    fileprivate func store(beside outcome: any Sendable, in database: Database) throws {
        try store(
            beside: outcome, plan: { try RunTable.latestFullRun(database) },
            queue: { try RunTable.queue($0, now: now, database).run },
            keep: { try AnswerTable.keep($0, database) },
            audit: { try AuditTable.insert($0, at: now, database) })
    }
}
