import Dispatch
import Foundation
import Logging
import ScheduleStore
import SchedulingCore
import Synchronization

/// Stores the changes of a run's batches on a thread of its own, in order, each batch with its checkpoint.
/// At most two batches wait, so that memory stays small where deciding is faster than storing.
final class BatchWriter: Sendable {
    private let writer: any RunWriter
    private let run: RunRecord
    private let catalog: RunCatalog
    private let now: @Sendable () -> String
    private let logger: Logger
    private let queue = DispatchQueue(label: "run-writer", target: .global())
    private let room = DispatchSemaphore(value: 2)
    private let state = Mutex(State())

    private struct State {
        var failures: [String] = []
        var isCancelRequested = false
        var batches = 0
    }

    /// How often a batch is tried again, and the pause before each try in milliseconds.
    static let retryPausesMilliseconds = [50, 250, 1000]

    init(
        writer: any RunWriter, run: RunRecord, catalog: RunCatalog, now: @escaping @Sendable () -> String,
        logger: Logger
    ) throws {
        self.writer = writer
        self.run = run
        self.catalog = catalog
        self.now = now
        self.logger = logger
    }

    /// Whether somebody asked the run to stop, as far as the last stored batch knows.
    var isCancelRequested: Bool { state.withLock { $0.isCancelRequested } }

    /// Notes how many contacts the run has to do.
    func begin(contactsTotal: Int64) throws {
        try writer.begin(runID: run.id, contactsTotal: contactsTotal)
    }

    /// Stores a batch later, or waits while too many do.
    func write(_ changes: [RowChange], phase: String, through last: Int64?, contactsDone: Int64) {
        room.wait()
        queue.async { [self] in
            defer { room.signal() }
            let batch = state.withLock { state in
                state.batches += 1
                return state.batches
            }
            let checkpoint = RunCheckpoint(
                runID: run.id, phase: phase, lastContactID: last, batchNumber: batch,
                contactsDone: contactsDone)
            store(run.request.isDryRun ? [] : changes, checkpoint)
        }
    }

    /// Waits until everything is stored, and returns what could not be.
    func finish() -> [String] {
        queue.sync {}
        return state.withLock { $0.failures }
    }

    /// Stores the counts per day as the run leaves them (SPEC 11).
    func saveDayCounts(_ run: SchedulingRun) throws {
        let load = run.dailyLoad
        let days = Set(load.entries.map(\.day) + run.smoothing.entries.map(\.day)).sorted()
        try writer.saveDayCounts(
            runID: self.run.id,
            days.map {
                DayCount(day: $0, effectiveDateIdealCount: run.smoothing[$0], finalCount: load[$0])
            })
    }

    /// What the last full run, and partial ones since, left on each day.
    func loadDayCounts(around today: CivilDate) throws -> StandingCounts {
        StandingCounts(try writer.loadDayCounts(), around: today)
    }

    private func store(_ changes: [RowChange], _ checkpoint: RunCheckpoint) {
        var pauses = BatchWriter.retryPausesMilliseconds[...]
        while true {
            do {
                let counts = try writer.apply(
                    changes, runID: run.id, catalog: catalog, now: now(), checkpoint: checkpoint)
                state.withLock { $0.isCancelRequested = counts.isCancelRequested }
                return
            } catch {
                guard let pause = pauses.popFirst() else {
                    logger.error("A batch could not be stored: \(error)", metadata: ["run": "\(run.id)"])
                    state.withLock { $0.failures.append("batch \(checkpoint.batchNumber): \(error)") }
                    return
                }
                logger.warning("A batch is stored again: \(error)", metadata: ["run": "\(run.id)"])
                Thread.sleep(forTimeInterval: Double(pause) / 1000)
            }
        }
    }
}
