import Dispatch
public import Logging
public import ScheduleStore
import Synchronization

/// How the background workers are.
public struct RunWorkersStatus: Hashable, Sendable {
    /// Whether they are at work or ready for it.
    public var isAlive: Bool
    /// Organisations that wait for a worker.
    public var backlog: Int
    /// Runs that are being carried out.
    public var running: Int
    /// Organisations whose runs cannot be taken up, because their store fails.
    public var troubled: Int
    /// When the last run ended; nil where none has since the start.
    public var lastRunFinishedAt: String?
}

/// The background workers: they take runs from the queues of the organisations, the longest waiting
/// organisation first, one run of an organisation at a time, and carry them out on threads of their own.
public final class RunWorkers: Sendable {
    private struct State {
        /// Organisations with something to do, in order; each once.
        var waiting: [String] = []
        /// Organisations that a worker is at.
        var active: Set<String> = []
        /// Organisations to look at again when their worker is done.
        var again: Set<String> = []
        /// Organisations whose store failed: a run of theirs may be left running though nobody is at it.
        var troubled: Set<String> = []
        var idle: [CheckedContinuation<Void, Never>] = []
        var isAlive = false
        var isStopping = false
        var lastRunFinishedAt: String?
    }

    /// Tells how runs get on.
    public let events = RunEvents()
    private let stores: any OrganizationStores
    private let environment: @Sendable (String, Int64?) async throws -> RunEnvironment
    private let backUp: (@Sendable (String) async throws -> Void)?
    private let count: Int
    private let now: @Sendable () -> String
    private let logger: Logger
    private let state = Mutex(State())

    /// Workers that are not at work yet.
    ///
    /// - Parameters:
    ///   - environment: Tells the policy and the clock of an organisation, those of now or of a version of its
    ///     configuration that a run began with.
    ///   - count: Runs that may go on at once.
    ///   - backUp: Makes a backup of an organisation before each full run that writes; nil for none. Where it
    ///     fails, that is logged and the run goes on: emails planned too late cannot be made good.
    ///   - now: The time, as text for columns.
    public init(
        stores: any OrganizationStores,
        environment:
            @escaping @Sendable (
                _ organizationID: String, _ configVersion: Int64?
            ) async throws -> RunEnvironment,
        count: Int, backUp: (@Sendable (_ organizationID: String) async throws -> Void)? = nil,
        now: @escaping @Sendable () -> String, logger: Logger
    ) {
        self.stores = stores
        self.environment = environment
        self.count = max(1, count)
        self.backUp = backUp
        self.now = now
        self.logger = logger
    }

    /// How the workers are.
    public var status: RunWorkersStatus {
        state.withLock {
            RunWorkersStatus(
                isAlive: $0.isAlive, backlog: $0.waiting.count, running: $0.active.count,
                troubled: $0.troubled.count, lastRunFinishedAt: $0.lastRunFinishedAt)
        }
    }

    /// Takes up what an earlier process left: interrupted runs and those that wait. Its imports cannot go on, and are
    /// ended. To be called once, at the start. An organisation whose store cannot be opened is logged and tried again
    /// later.
    public func adopt(organizationIDs: [String]) async {
        for id in organizationIDs {
            do {
                let store = try await stores.store(ofOrganization: id)
                let count = try await store.requeueInterruptedRuns()
                if count > 0 {
                    logger.notice("Taking up \(count) interrupted runs", metadata: ["org": "\(id)"])
                }
                let imports = try await store.failInterruptedImports(now: now())
                if imports > 0 {
                    logger.warning("\(imports) imports were interrupted", metadata: ["org": "\(id)"])
                }
                wake(id)
            } catch {
                failed(id, error, logger)
            }
        }
    }

    /// Tries organisations again whose store failed; to be called from time to time.
    public func retryTroubled() {
        for id in state.withLock({ $0.troubled }).sorted() { wake(id) }
    }

    /// Works until the task is cancelled; runs that go on then stop after their batch and are taken up at the
    /// next start.
    public func run() async {
        state.withLock { $0.isAlive = true }
        await withTaskCancellationHandler {
            await withTaskGroup { group in
                for _ in 0..<count { group.addTask { await self.work() } }
            }
        } onCancel: {
            stop()
        }
        state.withLock { $0.isAlive = false }
    }

    private func stop() {
        let idle = state.withLock { state in
            state.isStopping = true
            defer { state.idle = [] }
            return state.idle
        }
        for continuation in idle { continuation.resume() }
    }

    /// Sees to runs that were put in the queue of an organisation.
    public func wake(_ organizationID: String) {
        let continuation = state.withLock { state -> CheckedContinuation<Void, Never>? in
            if state.active.contains(organizationID) {
                state.again.insert(organizationID)
                return nil
            }
            if !state.waiting.contains(organizationID) { state.waiting.append(organizationID) }
            return state.idle.popLast()
        }
        continuation?.resume()
    }

    private func work() async {
        while let organizationID = await next() {
            let mayHaveMore = await workOff(organizationID)
            let isWanted = state.withLock { state in
                state.active.remove(organizationID)
                return state.again.remove(organizationID) != nil || mayHaveMore
            }
            if isWanted { wake(organizationID) }
        }
    }

    /// The organisation to work for next; nil where the workers shall stop.
    private func next() async -> String? {
        while true {
            let (id, isStopping): (String?, Bool) = state.withLock { state in
                guard !state.isStopping, !state.waiting.isEmpty else { return (nil, state.isStopping) }
                let id = state.waiting.removeFirst()
                state.active.insert(id)
                return (id, false)
            }
            if isStopping { return nil }
            if let id { return id }
            await withCheckedContinuation { continuation in
                let isReady = state.withLock { state in
                    if state.isStopping || !state.waiting.isEmpty { return true }
                    state.idle.append(continuation)
                    return false
                }
                if isReady { continuation.resume() }
            }
        }
    }

    /// Carries the oldest waiting run of an organisation out. Returns whether another one may wait.
    private func workOff(_ organizationID: String) async -> Bool {
        var log = logger
        log[metadataKey: "org"] = "\(organizationID)"
        do {
            let store = try await stores.store(ofOrganization: organizationID)
            // Nobody else is at this organisation: what is running there has been left by a store that failed.
            if state.withLock({ $0.troubled.contains(organizationID) }) {
                _ = try await store.requeueInterruptedRuns()
                state.withLock { _ = $0.troubled.remove(organizationID) }
                log.notice("The store works again")
            }
            var environment = try await environment(organizationID, nil)
            guard
                let run = try await store.claimNextRun(
                    configVersion: environment.configVersion, engineVersion: RunExecutor.engineVersion,
                    now: now())
            else { return false }
            if run.configVersion != environment.configVersion {
                environment = try await self.environment(organizationID, run.configVersion)
            }
            log[metadataKey: "run"] = "\(run.id)"
            await backUp(before: run, organizationID, log)
            try await carryOut(run, organizationID, store, environment, log)
        } catch is RunInterruption {
            log.notice("The run is left to be taken up again")
            return false
        } catch {
            failed(organizationID, error, log)
            return false
        }
        return true
    }

    /// Notes an organisation whose runs cannot be taken up; told once.
    private func failed(_ organizationID: String, _ error: any Error, _ log: Logger) {
        guard state.withLock({ $0.troubled.insert(organizationID).inserted }) else { return }
        log.error(
            "Runs cannot be taken up, and are tried again: \(error)", metadata: ["org": "\(organizationID)"])
    }

    private func backUp(before run: RunRecord, _ organizationID: String, _ log: Logger) async {
        guard let backUp, run.request.kind == .full, !run.request.isDryRun, run.attempts == 1 else { return }
        do {
            try await backUp(organizationID)
        } catch {
            log.error("No backup before the run: \(error)")
        }
    }

    private func carryOut(
        _ run: RunRecord, _ organizationID: String, _ store: any OrganizationStore,
        _ environment: RunEnvironment, _ log: Logger
    ) async throws {
        let tell: @Sendable (RunEvents.Event) -> Void = { [events] event in
            events.tell(event, organizationID: organizationID, runID: run.id)
        }
        tell(.stateChanged)
        log.info(
            "The run starts", metadata: ["kind": "\(run.request.kind)", "today": "\(run.request.today)"])
        let executor = RunExecutor(store: store, environment: environment, now: now, logger: log)
        let outcome: RunOutcome
        do {
            outcome = try await BlockingWork.run(onThread: "run", givesWay: true) {
                try executor.execute(
                    run, shouldStop: { self.state.withLock { $0.isStopping } },
                    progress: { tell(.progress(contactsDone: $0, contactsTotal: $1)) })
            }
        } catch let error as RunInterruption {
            throw error
        } catch {
            outcome = .failed(message: "\(error)", report: nil)
        }
        let ended = try await store.finishRun(id: run.id, outcome, now: now())
        tell(.stateChanged)
        try await store.maintain()
        state.withLock { $0.lastRunFinishedAt = ended.finishedAt }
        log.info("The run ended", metadata: ["state": "\(ended.state.rawValue)"])
    }
}
