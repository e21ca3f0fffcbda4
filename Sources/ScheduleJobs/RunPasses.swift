import Glibc
import ScheduleStore
import SchedulingCore

/// Leads the contacts through the passes of a run, in order of id, in batches that are read and decided in
/// pieces. Behind every piece stands a checkpoint, from which a run that was interrupted goes on.
struct RunPasses {
    var run: SchedulingRun
    let reader: any RunReader
    let writer: BatchWriter
    let selection: ContactSelection
    let batchSize: Int
    let pieceSize: Int
    private(set) var timings = RunTimings()
    /// Told the changes of each piece, and the contacts that they are of.
    var observer: (([RowChange], ContactBatch) -> Void)?
    /// Where an interrupted run goes on.
    private let start: Start
    private var checkpoints: Int
    private var parts: [ChangePart] = []
    private var piecesInBatch = 0
    private let runID: Int64

    /// The passes, by the names that checkpoints and reports have for them.
    enum Phase: String, Comparable {
        case survey, weigh, place

        static func < (left: Phase, right: Phase) -> Bool { left.order < right.order }

        private var order: Int {
            switch self {
            case .survey: 0
            case .weigh: 1
            case .place: 2
            }
        }
    }

    /// A pass, and the last contact that is finished in it.
    struct Start {
        var phase = Phase.survey
        var lastContactID: Int64?
        var checkpoints = 0
    }

    init(
        _ run: SchedulingRun, id: Int64, from start: Start, reader: any RunReader, writer: BatchWriter,
        selection: ContactSelection, environment: RunEnvironment
    ) {
        self.run = run
        runID = id
        self.start = start
        checkpoints = start.checkpoints
        self.reader = reader
        self.writer = writer
        self.selection = selection
        batchSize = max(1, environment.batchSize)
        pieceSize = max(1, min(batchSize, environment.pieceSize))
    }

    /// Carries all passes out, from the start on. After each piece `goOn` is told the contacts finished; false
    /// ends the run.
    mutating func execute(goOn: (Int64) throws -> Bool) throws {
        defer { timings.end() }
        defer { endBatch() }
        if start.phase == .survey {
            guard try pass(.survey, of: selection.ids, { $0.survey($1, emit: $2) }, goOn) else { return }
            checkpoint([], .weigh, through: nil)
        }
        if start.phase <= .weigh {
            if !run.unsettled.isEmpty {
                let ids = run.unsettled.ids ?? selection.ids
                guard try pass(.weigh, of: ids, { run, batch, _ in run.weigh(batch) }, goOn) else { return }
            }
            run.endWeighing()
        }
        guard !run.unsettled.isEmpty else { return }
        _ = try pass(.place, of: run.unsettled.ids ?? selection.ids, { $0.place($1, emit: $2) }, goOn)
    }

    private typealias Step = (inout SchedulingRun, ContactBatch, (RowChange) -> Void) -> Void

    /// Takes a step with the contacts of some ids, or with every contact where that is nil.
    private mutating func pass(
        _ phase: Phase, of ids: [Int64]?, _ step: Step, _ goOn: (Int64) throws -> Bool
    ) throws -> Bool {
        timings.begin(phase.rawValue)
        let stream = BatchStream(
            reader: reader, catalog: run.catalog, ids: ids,
            after: phase == start.phase ? start.lastContactID : nil, size: pieceSize)
        defer { stream.stop() }
        var isAtEnd = false
        /// Changes that the piece before had: the next one will have about as many.
        var room = 0
        repeat {
            let piece = try stream.next()
            isAtEnd = piece.isAtEnd
            var changes: [RowChange] = []
            changes.reserveCapacity(room)
            timings.beginPiece()
            step(&run, piece.batch) {
                changes.append($0)
                // A request that waits for the processor gets it, as it does while the store reads and writes.
                if changes.count.isMultiple(of: 256) { sched_yield() }
            }
            timings.endPiece()
            room = changes.count
            observer?(changes, piece.batch)
            if phase != .weigh {
                let survey = phase == .survey ? ContactSurvey(piece.covered, of: piece.batch) : nil
                checkpoint(changes, phase, through: isAtEnd ? .max : piece.last, survey)
            }
            stream.recycle(piece)
            piecesInBatch += 1
            if isAtEnd || piecesInBatch * pieceSize >= batchSize { endBatch() }
            guard try goOn(Int64(run.contactsDone)) else { return false }
        } while !isAtEnd
        return true
    }

    /// Notes how far the run has come.
    private mutating func checkpoint(
        _ changes: [RowChange], _ phase: Phase, through last: Int64?, _ survey: ContactSurvey? = nil
    ) {
        checkpoints += 1
        let checkpoint = RunCheckpoint(
            runID: runID, phase: phase.rawValue, lastContactID: last, batchNumber: checkpoints,
            contactsDone: Int64(run.contactsDone))
        let shares = run.takeChangedShares()
        let state = run.state
        parts.append(
            ChangePart(
                changes: changes, smoothingShares: shares, checkpoint: checkpoint, survey: survey,
                payload: { state.bytes }))
    }

    /// Has what has come together stored.
    private mutating func endBatch() {
        timings.endBatch()
        piecesInBatch = 0
        guard !parts.isEmpty else { return }
        writer.write(parts)
        parts = []
    }
}

extension ContactSurvey {
    /// What a batch shows.
    fileprivate init(_ contacts: Contacts, of batch: ContactBatch) {
        var invalid: [(contactID: Int64, reason: String)] = []
        for contact in batch.contacts {
            if let reason = contact.invalidity { invalid.append((contact.id, reason.rawValue)) }
        }
        self.init(contacts, invalid: invalid)
    }
}
