import Dispatch
import GRDB
import GRDBSQLite
import Synchronization

/// Keeps the write-ahead log of a file short while a run writes, without making anybody wait.
///
/// 1. When the log has grown to a number of pages, a connection of the keeper's own moves them into the file,
///    beside the writer, who goes on: doing it at the end of a commit would hold the writer up for that long. Then
///    it moves what came meanwhile, and so on, until nothing did: whoever moves the last page waits for the disk.
///    At twice the number it leaves that to the writer, who is faster than it is.
/// 2. Then the writer itself, where a run lets it in, moves the pages of the last commit. As nothing is left in the
///    log then, the next commit begins it anew, unless somebody is still reading from it.
/// 3. A run reads nearly all the time, so that the next commit may never find that moment. At four times the
///    number the writer therefore waits for readers, but not long, and where that was in vain not again before the
///    log has doubled: a backup may read for minutes.
final class LogKeeper: Sendable {
    /// How long the writer waits for readers, and others for the writer.
    private static let patience_ms: Int32 = 50

    private struct State {
        var isWorking = false
        var isInstalled = false
        /// The length of the log at which the writer waits for readers.
        var patienceAt_pages: Int
    }

    private let pool: DatabasePool
    private let waiting: WaitingWriters
    private let connection: DatabaseQueue
    private let limit_pages: Int
    private let busyTimeout_ms: Int32
    private let state: Mutex<State>

    /// Starts looking after the file of a pool.
    init(pool: DatabasePool, waiting: WaitingWriters, options: StoreOptions) throws {
        self.pool = pool
        self.waiting = waiting
        limit_pages = max(1, options.checkpointAfter_pages)
        state = Mutex(State(patienceAt_pages: 4 * max(1, options.checkpointAfter_pages)))
        busyTimeout_ms = Int32(clamping: options.busyTimeout_ms)
        connection = try DatabaseQueue(path: pool.path, configuration: ConnectionSettings.keeper(options))
        pool.writeWithoutTransaction { database in
            let context = Unmanaged.passRetained(self).toOpaque()
            sqlite3_wal_hook(
                database.sqliteConnection,
                { context, _, _, pages in
                    guard let context else { return SQLITE_OK }
                    Unmanaged<LogKeeper>.fromOpaque(context).takeUnretainedValue().logHas(pages: Int(pages))
                    return SQLITE_OK
                }, context)
            state.withLock { $0.isInstalled = true }
        }
    }

    /// Stops, and waits until it has. The file can be closed afterwards.
    func stop() {
        guard ends() else { return }
        pool.writeWithoutTransaction(removeHook)
        try? connection.close()
    }

    /// Stops when the writer comes to it: for a store that goes without having been closed, on whatever queue.
    func stopEventually() {
        guard ends() else { return }
        pool.asyncWriteWithoutTransaction(removeHook)
    }

    private func ends() -> Bool {
        state.withLock { state in
            defer { state.isInstalled = false }
            return state.isInstalled
        }
    }

    /// Ends what `init` began, with the reference that the hook held.
    @Sendable
    private func removeHook(_ writer: Database) {
        sqlite3_wal_hook(writer.sqliteConnection, nil, nil)
        Unmanaged.passUnretained(self).release()
    }

    /// Called by the writer at the end of a commit.
    private func logHas(pages: Int) {
        guard pages >= limit_pages else { return }
        let begins = state.withLock { state in
            guard state.isInstalled, !state.isWorking else { return false }
            state.isWorking = true
            return true
        }
        guard begins else { return }
        connection.asyncWriteWithoutTransaction { database in
            self.moveNearlyAll(database)
            self.waiting.enter()
            self.pool.asyncWriteWithoutTransaction {
                self.waiting.leave()
                self.finish($0)
            }
        }
    }

    /// The keeper's part.
    private func moveNearlyAll(_ database: Database) {
        var moved = 0
        while let log = try? database.checkpoint(.passive), log.checkpointedFrameCount > moved,
            log.walFrameCount < 2 * limit_pages
        {
            moved = log.checkpointedFrameCount
        }
    }

    /// The writer's part.
    private func finish(_ writer: Database) {
        var patienceAt_pages = state.withLock { $0.patienceAt_pages }
        if let left = try? writer.checkpoint(.passive), left.walFrameCount >= patienceAt_pages {
            sqlite3_busy_timeout(writer.sqliteConnection, LogKeeper.patience_ms)
            let isDone = (try? writer.checkpoint(.restart)) != nil
            sqlite3_busy_timeout(writer.sqliteConnection, busyTimeout_ms)
            patienceAt_pages = isDone ? 4 * limit_pages : 2 * left.walFrameCount
        }
        state.withLock { state in
            state.patienceAt_pages = patienceAt_pages
            state.isWorking = false
        }
    }
}
