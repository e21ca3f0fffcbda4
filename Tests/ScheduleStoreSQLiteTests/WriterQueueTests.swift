import Dispatch
import GRDB
import GRDBSQLite
import ScheduleStoreSQLite
import Synchronization
import Testing

@Suite("Verbs that wait for the writing connection share a transaction")
struct WriterQueueTests {
    let directory: TemporaryDirectory
    let pool: DatabasePool
    let queue: WriterQueue
    private let commits = Commits()

    init() throws {
        directory = try TemporaryDirectory()
        pool = try DatabasePool(path: directory.file("a.sqlite3"))
        queue = WriterQueue(pool: pool)
        try pool.write { database in
            try database.execute(
                sql: """
                    CREATE TABLE notes (id INTEGER PRIMARY KEY, verb INTEGER NOT NULL);
                    CREATE TABLE answers (note INTEGER REFERENCES notes DEFERRABLE INITIALLY DEFERRED);
                    """)
        }
        pool.add(transactionObserver: commits, extent: .databaseLifetime)
    }

    /// Starts verbs, which note their numbers from 1 in this order; all of them wait when the first is carried out.
    ///
    /// - Parameter more: What a verb does behind that.
    private func start(
        _ verbs: Int, _ more: @escaping @Sendable (_ verb: Int, Database) throws -> Void
    ) async -> [Task<Void, any Error>] {
        let (queue, executor) = (queue, SerialExecutor())
        let allWait = DispatchSemaphore(value: 0)
        pool.asyncWriteWithoutTransaction { _ in allWait.wait() }
        let tasks = (1...verbs).map { verb in
            Task(executorPreference: executor) {
                try await queue.write { database in
                    try database.execute(sql: "INSERT INTO notes (verb) VALUES (?)", arguments: [verb])
                    try more(verb, database)
                }
            }
        }
        await Task(executorPreference: executor) { _ = allWait.signal() }.value
        return tasks
    }

    /// The numbers of the verbs that ended well.
    private func succeeded(_ tasks: [Task<Void, any Error>]) async -> [Int] {
        var numbers: [Int] = []
        for (index, task) in tasks.enumerated() {
            if case .success = await task.result { numbers.append(index + 1) }
        }
        return numbers
    }

    private func notes() throws -> [Int] {
        try pool.read { try Int.fetchAll($0, sql: "SELECT verb FROM notes ORDER BY id") }
    }

    @Test(
        "each that fails takes back its own rows alone, and the others are committed at once, in their order")
    func failures() async throws {
        let tasks = await start(60) { verb, database in
            try database.execute(sql: "INSERT INTO notes (verb) VALUES (?)", arguments: [-verb])
            if verb % 7 == 1 { try database.execute(sql: "INSERT INTO notes (id, verb) VALUES (1, NULL)") }
        }
        let good = (1...60).filter { $0 % 7 != 1 }
        #expect(await succeeded(tasks) == good)
        #expect(try notes() == good.flatMap { [$0, -$0] })
        // The first of all failed, and with it a transaction that had no other.
        #expect(commits.count == 1)
    }

    @Test("what a verb that fails was still reading does not keep the log in use")
    func unfinishedReading() async throws {
        let tasks = await start(3) { verb, database in
            guard verb == 2 else { return }
            let rows = try database.cachedStatement(sql: "SELECT * FROM notes")
            #expect(sqlite3_step(rows.sqliteStatement) == SQLITE_ROW)
            try database.execute(sql: "INSERT INTO notes (id, verb) VALUES (1, 1)")
        }
        #expect(await succeeded(tasks) == [1, 3])
        #expect(try notes() == [1, 3])
        let log = try await pool.writeWithoutTransaction { try $0.checkpoint(.truncate) }
        #expect(log.walFrameCount == 0)
    }

    @Test(
        "a commit that fails fails every verb of the transaction, those too that had failed for another reason"
    )
    func failedCommit() async throws {
        let tasks = await start(5) { verb, database in
            if verb == 2 { try database.execute(sql: "INSERT INTO notes (id, verb) VALUES (1, 1)") }
            if verb == 4 { try database.execute(sql: "INSERT INTO answers VALUES (99)") }
        }
        for task in tasks {
            let error = await #expect(throws: DatabaseError.self) { try await task.value }
            #expect(error?.message == "FOREIGN KEY constraint failed")
        }
        #expect(try notes().isEmpty)
    }

    @Test("a transaction that SQLite takes back fails the verbs that were in it, and none behind them")
    func takenBack() async throws {
        let tasks = await start(6) { verb, database in
            if verb == 4 {
                try database.execute(sql: "INSERT OR ROLLBACK INTO notes (id, verb) VALUES (1, 1)")
            }
        }
        #expect(await succeeded(tasks) == [5, 6])
        #expect(try notes() == [5, 6])
    }

    @Test("where no transaction can be begun, all who wait are told at once")
    func lockedFile() async throws {
        let other = try DatabaseQueue(path: pool.path)
        let (locked, ends) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        other.asyncWrite { _ in
            locked.signal()
            ends.wait()
        } completion: { _, _ in
        }
        await withCheckedContinuation { done in
            DispatchQueue.global().async {
                locked.wait()
                done.resume()
            }
        }
        let tasks = await start(20) { _, _ in }
        for task in tasks {
            let error = await #expect(throws: DatabaseError.self) { try await task.value }
            #expect(error?.resultCode == .SQLITE_BUSY)
        }
        ends.signal()
        try other.close()
        #expect(try notes().isEmpty)
        try await queue.write { try $0.execute(sql: "INSERT INTO notes (verb) VALUES (1)") }
        #expect(try notes() == [1])
    }

    @Test("behind many rows the connection is let to whoever else waits for it")
    func manyRows() async throws {
        let pool = pool
        let tasks = await start(3) { verb, database in
            guard verb == 1 else { return }
            for _ in 0..<WriterQueue.rows {
                try database.execute(sql: "INSERT INTO answers VALUES (NULL)")
            }
            pool.asyncWrite {
                try $0.execute(sql: "INSERT INTO notes (verb) VALUES (0)")
            } completion: { _, _ in
            }
        }
        #expect(await succeeded(tasks) == [1, 2, 3])
        #expect(try notes() == [1, 0, 2, 3])
        #expect(commits.count == 3)
    }
}

/// Counts commits.
private final class Commits: TransactionObserver, Sendable {
    private let number = Atomic<Int>(0)
    var count: Int { number.load(ordering: .relaxed) }

    func observes(eventsOfKind eventKind: DatabaseEventKind) -> Bool { true }
    func databaseDidChange(with event: DatabaseEvent) {}
    func databaseDidCommit(_ database: Database) { number.wrappingAdd(1, ordering: .relaxed) }
    func databaseDidRollback(_ database: Database) {}
}

/// Runs tasks one after the other, each up to where it waits.
private final class SerialExecutor: TaskExecutor {
    private let queue = DispatchQueue(label: "tests.serial")

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
