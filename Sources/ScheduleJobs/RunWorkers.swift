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
    /// Organisations whose runs cannot be carried out and are tried again: their store fails, or another process is at
    /// them.
    public var troubled: Int
    /// When the last run ended; nil where none has since the start.
    public var lastRunFinishedAt: String?
}

/// The background workers: they take runs from the queues of the organisations, the longest waiting
/// organisation first, one run of an organisation at a time, and carry them out on threads of their own.
public final class RunWorkers: Sendable {
    struct State {
        /// Organisations with something to do, in order; each once.
        var waiting: [String] = []
        /// Organisations that a worker is at.
        var active: Set<String> = []
        /// Organisations to look at again when their worker is done.
        var again: Set<String> = []
        /// Organisations to look at again from time to time: their store failed, a run of theirs waits for its next
        /// try, or another process is at one.
        var troubled: Set<String> = []
        var idle: [CheckedContinuation<Void, Never>] = []
        var isAlive = false
        var isStopping = false
        var lastRunFinishedAt: String?

        mutating func takeNext() -> String? {
            guard !waiting.isEmpty else { return nil }
            let id = waiting.removeFirst()
            active.insert(id)
            return id
        }
    }

    /// Tells how runs get on.
    public let events = RunEvents()
    let stores: any OrganizationStores
    let environment: @Sendable (String, Int64?) async throws -> RunEnvironment
    let backUp: (@Sendable (String) async throws -> Void)?
    private let count: Int
    let now: @Sendable () -> String
    let leases: RunLeases
    let logger: Logger
    let state = Mutex(State())

    /// Workers that are not at work yet.
    ///
    /// - Parameters:
    ///   - environment: Tells the policy and the clock of an organisation, those of now or of a version of its
    ///     configuration that a run began with.
    ///   - count: Runs that may go on at once.
    ///   - backUp: Makes a backup of an organisation before each full run that writes; nil for none. Where it
    ///     fails, that is logged and the run goes on: emails planned too late cannot be made good.
    ///   - now: The time, as text for columns.
    ///   - leases: How the process holds the runs that it carries out.
    public init(
        stores: any OrganizationStores,
        environment:
            @escaping @Sendable (
                _ organizationID: String, _ configVersion: Int64?
            ) async throws -> RunEnvironment,
        count: Int, backUp: (@Sendable (_ organizationID: String) async throws -> Void)? = nil,
        now: @escaping @Sendable () -> String, leases: RunLeases, logger: Logger
    ) {
        self.stores = stores
        self.environment = environment
        self.count = max(1, count)
        self.backUp = backUp
        self.now = now
        self.leases = leases
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

    /// Sees to what an earlier process left: runs that wait or were interrupted. Its imports cannot go on, and are ended.
    /// To be called once, at the start. An organisation whose store cannot be opened is logged and tried again later.
    public func adopt(organizationIDs: [String]) async {
        for id in organizationIDs {
            do {
                let store = try await stores.store(ofOrganization: id)
                let imports = try await store.failInterruptedImports(now: now())
                if imports > 0 {
                    logger.warning("\(imports) imports were interrupted", metadata: ["org": "\(id)"])
                }
                wake(id)
            } catch {
                cannotGoOn(id, because: "\(error)", logger)
            }
        }
    }

    /// Looks again at organisations whose runs could not go on; to be called from time to time.
    public func retryTroubled() {
        for id in state.withLock({ $0.troubled }).sorted() { wake(id) }
    }

    /// Works until the task is cancelled; runs that go on then stop after their batch and are put back in the queue.
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
        while let organizationID = await next() { await attend(to: organizationID) }
    }

    /// Carries out the oldest run of the organisation that has waited longest, without the workers.
    ///
    /// - Returns: Whether an organisation waited.
    package func runOnce() async -> Bool {
        let id: String? = state.withLock { $0.takeNext() }
        if let id { await attend(to: id) }
        return id != nil
    }

    private func attend(to organizationID: String) async {
        let mayHaveMore = await takeTurn(of: organizationID)
        let isWanted = state.withLock { state in
            state.active.remove(organizationID)
            return state.again.remove(organizationID) != nil || mayHaveMore
        }
        if isWanted { wake(organizationID) }
    }

    /// The organisation to work for next; nil where the workers shall stop.
    private func next() async -> String? {
        while true {
            let (id, isStopping): (String?, Bool) = state.withLock { state in
                (state.isStopping ? nil : state.takeNext(), state.isStopping)
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
}
