import GRDB
import GRDBSQLite
import ScheduleStore
import SchedulingCore
import Synchronization

/// Writes what a run has decided, through the store's one writing connection: a batch in one transaction, or
/// in several where another verb of this store waits to write, or the batch is very large.
final class SQLiteRunWriter: RunWriter {
    private let pool: DatabasePool
    private let path: String
    private let rowsPerTransaction: Int
    private let waiting: WaitingWriters
    /// The claim that the writer is of; nil before `begin`.
    private let claim = Mutex<Int?>(nil)

    init(pool: DatabasePool, path: String, options: StoreOptions, waiting: WaitingWriters) {
        self.pool = pool
        self.waiting = waiting
        self.path = path
        rowsPerTransaction = max(1, options.rowsPerTransaction)
    }

    func begin(runID: Int64, contactsDone: Int64, contactsTotal: Int64) throws {
        try storing("begin run \(runID)", path: path) {
            try pool.write { database in
                try database.execute(
                    sql: "UPDATE scheduler_runs SET contacts_done = ?, contacts_total = ? WHERE id = ?",
                    arguments: [contactsDone, contactsTotal, runID])
                let attempts = try Int.fetchOne(
                    database, sql: "SELECT attempts FROM scheduler_runs WHERE id = ?", arguments: [runID])
                claim.withLock { $0 = attempts }
            }
        }
    }

    func apply(
        _ parts: ArraySlice<ChangePart>, runID: Int64, catalog: RunCatalog, now: String
    ) throws -> ChangeCounts {
        try storing("store a batch of run \(runID)", path: path) {
            let texts = ChangeTexts(catalog: catalog, now: now)
            var counts = ChangeCounts()
            var left = parts
            while !left.isEmpty {
                let rest = left
                let (done, count) = try pool.write { database in
                    try checkClaim(runID, database)
                    let applier = try ChangeApplier(database, runID: runID, catalog: catalog, texts: texts)
                    var done = ChangeCounts()
                    var rows = 0
                    var count = 0
                    for part in rest {
                        if count > 0, waiting.areThere || rows >= rowsPerTransaction { break }
                        done.add(try applier.apply(part.changes[...]))
                        rows += part.changes.count
                        count += 1
                    }
                    try CheckpointRows.save(rest[rest.startIndex + count - 1].wholeCheckpoint, database)
                    return (done, count)
                }
                counts.add(done)
                left.removeFirst(count)
            }
            counts.isCancelRequested = try isCancelRequested(runID)
            return counts
        }
    }

    func save(_ checkpoint: RunCheckpoint) throws {
        try storing("store a checkpoint of run \(checkpoint.runID)", path: path) {
            try pool.write { database in
                try checkClaim(checkpoint.runID, database)
                try CheckpointRows.save(checkpoint, database)
            }
        }
    }

    func loadCheckpoint(runID: Int64) throws -> RunCheckpoint? {
        try storing("read the checkpoint of run \(runID)", path: path) {
            try pool.read { try CheckpointRows.load(runID: runID, $0) }
        }
    }

    func noteFailedBatch(runID: Int64, _ failure: String) throws {
        try storing("note a failed batch of run \(runID)", path: path) {
            try pool.write { database in
                try checkClaim(runID, database)
                try database.execute(
                    sql: """
                        UPDATE scheduler_runs
                        SET failed_batches = json_insert(ifnull(failed_batches, '[]'), '$[#]', ?) WHERE id = ?
                        """, arguments: [failure, runID])
            }
        }
    }

    func loadFailedBatches(runID: Int64) throws -> [String] {
        try storing("read the failed batches of run \(runID)", path: path) {
            try pool.read { database in
                try String.fetchAll(
                    database,
                    sql: """
                        SELECT json_each.value FROM scheduler_runs, json_each(failed_batches)
                        WHERE scheduler_runs.id = ? ORDER BY json_each.key
                        """, arguments: [runID])
            }
        }
    }

    /// Whether the run is still the one that the writer began with: another process may have rescued it.
    private func checkClaim(_ runID: Int64, _ database: Database) throws {
        guard let attempts = claim.withLock({ $0 }) else { return }
        let row = try RawStatement("SELECT attempts, state FROM scheduler_runs WHERE id = ?", database)
        row.bind(1, runID)
        defer { row.reset() }
        guard try row.step(), row.integer(0) == Int64(attempts), row.text(1) == "running" else {
            throw StoreError(
                .wrongState, operation: "write for a run", path: path,
                cause: "run \(runID) is not this process's any more")
        }
    }

    func saveDayCounts(runID: Int64, _ counts: [DayCount]) throws {
        try storing("store the counts per day of run \(runID)", path: path) {
            try pool.write { database in
                try checkClaim(runID, database)
                try database.execute(sql: "DELETE FROM run_day_counts")
                let insertion = try RawStatement(
                    """
                    INSERT INTO run_day_counts (day, run_id, effective_date_ideal_count, final_count)
                    VALUES (?, ?, ?, ?)
                    """, database)
                for count in counts {
                    insertion.bind(1, count.day.description)
                    insertion.bind(2, runID)
                    insertion.bind(3, Int64(count.effectiveDateIdealCount))
                    insertion.bind(4, Int64(count.finalCount))
                    try insertion.run()
                }
            }
        }
    }

    func loadDayCounts() throws -> [DayCount] {
        try storing("read the counts per day", path: path) {
            try pool.read { database in
                let rows = try RawStatement(
                    "SELECT day, effective_date_ideal_count, final_count FROM run_day_counts ORDER BY day",
                    database)
                var counts: [DayCount] = []
                while try rows.step() {
                    guard let day = CivilDate(rows.bytes(0).span) else { continue }
                    counts.append(
                        DayCount(
                            day: day, effectiveDateIdealCount: Int(rows.integer(1)),
                            finalCount: Int(rows.integer(2))))
                }
                return counts
            }
        }
    }

    private func isCancelRequested(_ runID: Int64) throws -> Bool {
        try pool.unsafeRead { database in
            let sql = "SELECT cancel_requested FROM scheduler_runs WHERE id = ?"
            return try Bool.fetchOne(database, sql: sql, arguments: [runID]) ?? false
        }
    }
}

extension ChangeCounts {
    mutating func add(_ other: ChangeCounts) {
        inserted += other.inserted
        updated += other.updated
        deleted += other.deleted
        targets += other.targets
    }
}
