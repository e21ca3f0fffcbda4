import Dispatch
import Foundation
import Logging
import ScheduleStore
import SchedulingCore
import Synchronization

/// Stores the changes of a run's batches on a thread of its own, in order, each part with its checkpoint.
/// At most two batches wait, so that memory stays small where deciding is faster than storing.
final class BatchWriter: Sendable {
    private let writer: any RunWriter
    private let run: RunRecord
    private let catalog: RunCatalog
    private let now: @Sendable () -> String
    private let logger: Logger
    private let retryPauses_ms: [Int]
    private let queue = DispatchQueue(label: "run-writer")
    private let room = DispatchSemaphore(value: 2)
    private let state = Mutex(State())

    private struct State {
        var failures: [String] = []
        var isCancelRequested = false
        var halt: (any Error)?
    }

    init(
        writer: any RunWriter, run: RunRecord, catalog: RunCatalog, now: @escaping @Sendable () -> String,
        logger: Logger, retryPauses_ms: [Int]
    ) {
        self.writer = writer
        self.run = run
        self.catalog = catalog
        self.now = now
        self.logger = logger
        self.retryPauses_ms = retryPauses_ms
    }

    /// Whether somebody asked the run to stop, as far as the last stored batch knows.
    var isCancelRequested: Bool { state.withLock { $0.isCancelRequested } }

    /// Why nothing more is stored; nil while all is well. The run is to stop then.
    var halt: (any Error)? { state.withLock { $0.halt } }

    /// Notes how many contacts the run has to do, and how many of them are done.
    func begin(contactsDone: Int64, contactsTotal: Int64) throws {
        try writer.begin(run, contactsDone: contactsDone, contactsTotal: contactsTotal)
        let failures = try writer.loadFailures(runID: run.id)
        state.withLock { $0.failures = failures }
    }

    /// Stores a batch later, or waits while too many do.
    func write(_ parts: [ChangePart]) {
        room.wait()
        queue.async { [self] in
            defer { room.signal() }
            store(parts)
        }
    }

    /// Waits until everything is stored, and returns what could not be, before an interruption too.
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

    private func store(_ parts: [ChangePart]) {
        // What comes behind a batch that is missing would be stored with a checkpoint behind it.
        guard halt == nil else { return }
        var pauses = retryPauses_ms[...]
        var left = run.request.isDryRun ? parts.map(\.withoutChanges)[...] : parts[...]
        while true {
            do {
                let counts = try writer.apply(left, runID: run.id, catalog: catalog, now: now())
                state.withLock { $0.isCancelRequested = counts.isCancelRequested }
                return
            } catch {
                guard !error.endsClaim, let pause = pauses.popFirst() else { return fail(left, error) }
                logger.warning("A batch is stored again: \(error)", metadata: ["run": "\(run.id)"])
                Thread.sleep(forTimeInterval: Double(pause) / 1000)
                left = unstored(of: left)
            }
        }
    }

    /// The parts behind the checkpoint that stands.
    private func unstored(of parts: ArraySlice<ChangePart>) -> ArraySlice<ChangePart> {
        guard let stored = try? writer.loadCheckpoint(runID: run.id)?.batchNumber else { return parts }
        return parts.drop { $0.checkpoint.batchNumber <= stored }
    }

    /// Stops the run where it can go on from here later, or may not go on. Else gives the batch up, and lets the others
    /// go on.
    private func fail(_ parts: ArraySlice<ChangePart>, _ error: any Error) {
        guard !error.endsClaim, !error.isOfEnvironment else {
            return state.withLock { $0.halt = error }
        }
        logger.error("A batch could not be stored: \(error)", metadata: ["run": "\(run.id)"])
        let failure = "batch \(parts.first?.checkpoint.batchNumber ?? 0): \(error)"
        do {
            try writer.giveUp(parts, runID: run.id, because: failure)
            state.withLock { $0.failures.append(failure) }
        } catch {
            state.withLock { $0.halt = error }
        }
    }
}
