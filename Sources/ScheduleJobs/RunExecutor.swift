public import Logging
public import ScheduleStore
import SchedulingCore

/// Carries one run out: reads contacts batch by batch, lets the rules decide, and stores what they change.
///
/// It blocks the thread that calls it and needs one more for writing: reading and deciding the next batch
/// overlap with storing the last one. A run that was interrupted goes on behind its checkpoint and ends as one
/// that was not.
public struct RunExecutor: Sendable {
    /// Version of the engine, for reports and run records.
    public static let engineVersion = "1.0.0"

    private let store: any OrganizationStore
    private let environment: RunEnvironment
    private let now: @Sendable () -> String
    private let logger: Logger

    /// An executor for the runs of one organisation.
    ///
    /// - Parameter now: The text that `created_at` and `updated_at` get.
    public init(
        store: any OrganizationStore, environment: RunEnvironment, now: @escaping @Sendable () -> String,
        logger: Logger
    ) {
        self.store = store
        self.environment = environment
        self.now = now
        self.logger = logger
    }

    /// Carries a claimed run out.
    ///
    /// - Parameters:
    ///   - shouldStop: Asked after each piece; true leaves the run as it is, to be taken up again later.
    ///   - progress: Told the contacts finished and the contacts in all, after each piece.
    /// - Returns: How the run ended.
    /// - Throws: `RunInterruption` where `shouldStop` said so; `StoreError` where reading failed or nothing more can be
    ///   stored, `wrongState` where another process has the run by now.
    public func execute(
        _ run: RunRecord, shouldStop: () -> Bool = { false },
        progress: (_ done: Int64, _ total: Int64) -> Void = { _, _ in }
    ) throws -> RunOutcome {
        let rows = try store.makeRunWriter()
        let checkpoint = try rows.loadCheckpoint(runID: run.id)
        let state = checkpoint?.payload ?? []
        var facts = try store.runFacts()
        facts.totalContacts = SchedulingRun.totalContacts(inState: state) ?? facts.totalContacts
        let catalog = RunCatalog(
            today: run.request.today, policy: environment.policy, facts: facts, zone: environment.zone,
            replans: run.request.replans)
        let reader = try store.makeRunReader()
        defer { reader.close() }
        let writer = BatchWriter(
            writer: rows, run: run, catalog: catalog, now: now, logger: logger,
            retryPauses_ms: environment.retryPauses_ms)
        let selection = try ContactSelection(run.request, catalog: catalog, reader: reader)
        let scope = try scope(of: run.request, selection, around: catalog.today, writer)
        let resumed = SchedulingRun(catalog: catalog, scope: scope, state: state)
        var passes = RunPasses(
            resumed ?? SchedulingRun(catalog: catalog, scope: scope), id: run.id,
            from: resumed == nil ? RunPasses.Start() : RunPasses.Start(checkpoint), reader: reader,
            writer: writer, selection: selection, environment: environment)
        let total = Int64(selection.ids?.count ?? facts.totalContacts)
        try writer.begin(contactsDone: Int64(passes.run.contactsDone), contactsTotal: total)
        var isCancelled = false
        let passing = Result {
            try passes.execute { done in
                progress(done, total)
                if shouldStop() { throw RunInterruption() }
                if let halt = writer.halt { throw halt }
                isCancelled = writer.isCancelRequested
                return !isCancelled
            }
        }
        // Also where reading failed or the run shall stop: nothing is written behind the caller's back.
        let failures = writer.finish()
        try passing.get()
        if let halt = writer.halt { throw halt }
        let document = RunReportDocument(
            passes.run.report, catalog: catalog, timings: passes.timings, failures: failures,
            configVersion: run.configVersion ?? environment.configVersion)
        let report = try document.json()
        if isCancelled { return .cancelled(report: report) }
        if let failure = failures.first {
            return .failed(
                message: "\(failures.count) batches could not be stored, the first one: \(failure)",
                report: report)
        }
        if !run.request.isDryRun, run.request.kind != .followups { try writer.saveDayCounts(passes.run) }
        return .completed(report: report)
    }

    private func scope(
        of request: RunRequest, _ selection: ContactSelection, around today: CivilDate, _ writer: BatchWriter
    ) throws -> RunScope {
        if request.kind == .followups { return .followups }
        return selection.ids == nil ? .everything : .someContacts(try writer.loadDayCounts(around: today))
    }
}

extension RunPasses.Start {
    /// Behind a checkpoint; at the beginning where it is not known.
    init(_ checkpoint: RunCheckpoint?) {
        guard let checkpoint, let phase = RunPasses.Phase(rawValue: checkpoint.phase) else { return }
        self.phase = phase
        lastContactID = checkpoint.lastContactID
        checkpoints = checkpoint.batchNumber
    }
}

/// Thrown when a run is left to be taken up again, because the process is about to end.
public struct RunInterruption: Error, Sendable {}
