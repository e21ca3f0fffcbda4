import ScheduleStore
import SchedulingCore

/// Leads the contacts through the passes of a run, in order of id, in batches.
struct RunPasses {
    var run: SchedulingRun
    let reader: any RunReader
    let writer: BatchWriter
    let selection: ContactSelection
    let batchSize: Int
    private(set) var timings = RunTimings()

    init(
        run: SchedulingRun, reader: any RunReader, writer: BatchWriter, selection: ContactSelection,
        batchSize: Int
    ) {
        self.run = run
        self.reader = reader
        self.writer = writer
        self.selection = selection
        self.batchSize = max(1, batchSize)
    }

    /// Carries all passes out. After each batch `goOn` is told the contacts finished; false ends the run.
    mutating func execute(goOn: (Int64) throws -> Bool) throws {
        defer { timings.end() }
        timings.begin("survey")
        guard try forEachBatch(of: selection.ids, write: true, { $0.survey($1, emit: $2) }, goOn) else {
            return
        }
        if !run.unsettled.isEmpty {
            timings.begin("weigh")
            let ids = run.unsettled.ids ?? selection.ids
            guard try forEachBatch(of: ids, write: false, { run, batch, _ in run.weigh(batch) }, goOn) else {
                return
            }
        }
        run.endWeighing()
        guard !run.unsettled.isEmpty else { return }
        timings.begin("place")
        let ids = run.unsettled.ids ?? selection.ids
        _ = try forEachBatch(of: ids, write: true, { $0.place($1, emit: $2) }, goOn)
    }

    private typealias Step = (inout SchedulingRun, ContactBatch, (RowChange) -> Void) -> Void

    /// Takes a step with the contacts of some ids, or with every contact where that is nil.
    private mutating func forEachBatch(
        of ids: [Int64]?, write: Bool, _ step: Step, _ goOn: (Int64) throws -> Bool
    ) throws -> Bool {
        guard let ids else { return try forEachBatch(write: write, step, goOn) }
        var batch = ContactBatch()
        var position = 0
        while position < ids.count {
            let end = min(ids.count, position + batchSize)
            try reader.readContacts(ids: Array(ids[position..<end]), catalog: run.catalog, into: &batch)
            guard try finish(batch, through: ids[end - 1], write: write, step, goOn) else { return false }
            position = end
        }
        return true
    }

    private mutating func forEachBatch(
        write: Bool, _ step: Step, _ goOn: (Int64) throws -> Bool
    ) throws -> Bool {
        var batch = ContactBatch()
        var last: Int64?
        repeat {
            last = try reader.readBatch(after: last, limit: batchSize, catalog: run.catalog, into: &batch)
            guard try finish(batch, through: last, write: write, step, goOn) else { return false }
        } while last != nil
        return true
    }

    private mutating func finish(
        _ batch: ContactBatch, through last: Int64?, write: Bool, _ step: Step, _ goOn: (Int64) throws -> Bool
    ) throws -> Bool {
        timings.beginBatch()
        var changes: [RowChange] = []
        step(&run, batch) { changes.append($0) }
        timings.endBatch()
        let done = Int64(run.contactsDone)
        if write { writer.write(changes, phase: timings.phase, through: last, contactsDone: done) }
        return try goOn(done)
    }
}
