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
    /// `BulkCounts.moves` before the run read anything.
    private let moves = Mutex<Int64?>(nil)

    init(pool: DatabasePool, path: String, options: StoreOptions, waiting: WaitingWriters) {
        self.pool = pool
        self.waiting = waiting
        self.path = path
        rowsPerTransaction = max(1, options.rowsPerTransaction)
    }

    func begin(runID: Int64, contactsDone: Int64, contactsTotal: Int64) throws {
        try writing("begin run \(runID)") {
            let moves = try pool.write { database in
                try database.execute(
                    sql: "UPDATE scheduler_runs SET contacts_done = ?, contacts_total = ? WHERE id = ?",
                    arguments: [contactsDone, contactsTotal, runID])
                return try BulkCounts.moves(database)
            }
            self.moves.withLock { $0 = moves }
        }
    }

    func apply(
        _ parts: ArraySlice<ChangePart>, runID: Int64, catalog: RunCatalog, now: String
    ) throws -> ChangeCounts {
        try writing("store a batch of run \(runID)") {
            let texts = ChangeTexts(catalog: catalog, now: now)
            var counts = ChangeCounts()
            var left = parts
            while !left.isEmpty {
                let rest = left
                let (done, count) = try pool.write { try store(rest, runID: runID, catalog, texts, $0) }
                counts.add(done)
                left.removeFirst(count)
            }
            counts.isCancelRequested = try isCancelRequested(runID)
            return counts
        }
    }

    /// Stores parts, the first one at least; tells how many.
    private func store(
        _ parts: ArraySlice<ChangePart>, runID: Int64, _ catalog: RunCatalog, _ texts: ChangeTexts,
        _ database: Database
    ) throws -> (ChangeCounts, Int) {
        func store(_ counts: BulkCounts?) throws -> (ChangeCounts, Int) {
            let applier = try ChangeApplier(
                database, runID: runID, catalog: catalog, texts: texts, counts: counts)
            var done = ChangeCounts()
            var rows = 0
            var count = 0
            for part in parts {
                if count > 0, waiting.areThere || rows >= rowsPerTransaction { break }
                done.add(try applier.apply(part.changes[...]))
                if let survey = part.survey {
                    try InvalidContactTable.store(survey, runID: runID, database)
                }
                rows += part.changes.count
                count += 1
            }
            try CheckpointRows.save(parts[parts.startIndex + count - 1].wholeCheckpoint, database)
            try counts?.store()
            return (done, count)
        }
        let rows = parts.reduce(0) { $0 + $1.changes.count }
        guard rows >= TriggerSwitch.worthwhileRows, try TriggerSwitch.areAllOurs(database) else {
            return try store(nil)
        }
        let moves = moves.withLock { $0 }
        return try TriggerSwitch.withoutTriggers(database) {
            try store(try BulkCounts(database, catalog: catalog, moves: moves))
        }
    }

    func save(_ checkpoint: RunCheckpoint) throws {
        try writing("store a checkpoint of run \(checkpoint.runID)") {
            try pool.write { try CheckpointRows.save(checkpoint, $0) }
        }
    }

    func loadCheckpoint(runID: Int64) throws -> RunCheckpoint? {
        try storing("read the checkpoint of run \(runID)", path: path) {
            try pool.read { try CheckpointRows.load(runID: runID, $0) }
        }
    }

    func saveDayCounts(runID: Int64, _ counts: [DayCount]) throws {
        try writing("store the counts per day of run \(runID)") {
            try pool.write { database in
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

    private func writing<Result>(_ operation: String, _ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch {
            throw StoreError.mapping(error, operation: operation, path: path, writer: pool)
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
