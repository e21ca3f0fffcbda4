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
    private let options: StoreOptions
    private let waiting: WaitingWriters
    private let state = Mutex(State())

    private struct State {
        /// `RunRecord.attempts` of the claim that the writer is of; nil before it began.
        var attempts: Int?
        /// `BulkCounts.moves` before the run read anything.
        var moves: Int64?
    }

    init(pool: DatabasePool, path: String, options: StoreOptions, waiting: WaitingWriters) {
        self.pool = pool
        self.waiting = waiting
        self.path = path
        self.options = options
    }

    func begin(_ run: RunRecord, contactsDone: Int64, contactsTotal: Int64) throws {
        state.withLock { $0.attempts = run.attempts }
        try writing("begin run \(run.id)") {
            let moves = try pool.write { database in
                try RunQueue.require(run.id, attempts: run.attempts, database, path)
                try database.execute(
                    sql: "UPDATE scheduler_runs SET contacts_done = ?, contacts_total = ? WHERE id = ?",
                    arguments: [contactsDone, contactsTotal, run.id])
                return try BulkCounts.moves(database)
            }
            state.withLock { $0.moves = moves }
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
                let (done, count) = try pool.write { database in
                    try requireClaim(runID, database)
                    return try database.yielding {
                        try store(rest, runID: runID, catalog, texts, database)
                    }
                }
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
        let rowsPerTransaction = max(1, options.rowsPerTransaction)
        func store(_ counts: BulkCounts?) throws -> (ChangeCounts, Int) {
            let applier = try ChangeApplier(
                database, runID: runID, catalog: catalog, texts: texts, counts: counts)
            var done = ChangeCounts()
            var rows = 0
            var count = 0
            for part in parts {
                if count > 0, waiting.areThere || rows >= rowsPerTransaction { break }
                done.add(try applier.apply(part.changes[...]))
                try SmoothingTable.store(part.smoothingShares, database)
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
        guard rows >= TriggerSwitch.worthwhileRows else { return try store(nil) }
        try WriterCache.enlarge(database, options)
        guard try TriggerSwitch.areAllOurs(database) else { return try store(nil) }
        let moves = state.withLock { $0.moves }
        return try TriggerSwitch.withoutTriggers(database) {
            try store(try BulkCounts(database, catalog: catalog, moves: moves))
        }
    }

    func save(_ checkpoint: RunCheckpoint) throws {
        try writing("store a checkpoint of run \(checkpoint.runID)") {
            try pool.write { database in
                try requireClaim(checkpoint.runID, database)
                try CheckpointRows.save(checkpoint, database)
            }
        }
    }

    /// What every transaction of the run begins with: another process may have taken the run up.
    ///
    /// - Throws: `wrongState` where the writer's claim is over.
    private func requireClaim(_ runID: Int64, _ database: Database) throws {
        guard let attempts = state.withLock({ $0.attempts }) else { return }
        guard try RunQueue.isHeld(runID, attempts: attempts, database) else {
            throw RunQueue.claimIsOver(runID, path)
        }
    }

    func loadCheckpoint(runID: Int64) throws -> RunCheckpoint? {
        try storing("read the checkpoint of run \(runID)", path: path) {
            try pool.read { try CheckpointRows.load(runID: runID, $0) }
        }
    }

    func giveUp(_ parts: ArraySlice<ChangePart>, runID: Int64, because failure: String) throws {
        guard let first = parts.first, let last = parts.last else { return }
        try writing("give up a batch of run \(runID)") {
            try pool.write { database in
                try requireClaim(runID, database)
                try CheckpointRows.save(last.wholeCheckpoint, database)
                try database.execute(
                    sql: "INSERT INTO run_failures (run_id, batch_number, failure) VALUES (?, ?, ?)",
                    arguments: [runID, first.checkpoint.batchNumber, failure])
            }
        }
    }

    func loadFailures(runID: Int64) throws -> [String] {
        try storing("read the failures of run \(runID)", path: path) {
            try pool.read { database in
                try String.fetchAll(
                    database,
                    sql: "SELECT failure FROM run_failures WHERE run_id = ? ORDER BY batch_number",
                    arguments: [runID])
            }
        }
    }

    func saveDayCounts(runID: Int64, _ counts: [DayCount]) throws {
        try writing("store the counts per day of run \(runID)") {
            try pool.write { database in
                try requireClaim(runID, database)
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
