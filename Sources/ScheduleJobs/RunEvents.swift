import Synchronization

/// Tells who wants to know how runs get on. Whoever is slow gets the latest only: nothing is kept for them, and the
/// run never waits.
public final class RunEvents: Sendable {
    /// What is told of a run.
    public enum Event: Hashable, Sendable {
        /// So many contacts are finished.
        case progress(contactsDone: Int64, contactsTotal: Int64)
        /// Its record has a new state.
        case stateChanged
        /// Time has passed: for listeners that tell themselves.
        case heartbeat
        /// Nothing more is told: the process is about to end, or the listener is.
        case ended
    }

    struct Key: Hashable {
        let organizationID: String
        let runID: Int64
    }

    private struct State {
        var listeners: [Key: [RunListener]] = [:]
        var isClosed = false
    }

    private let state = Mutex(State())

    /// Events that nobody listens to yet.
    public init() {}

    /// Begins to listen to a run, whether it exists or not. Events from now on are told.
    public func listen(organizationID: String, runID: Int64) -> RunListener {
        let key = Key(organizationID: organizationID, runID: runID)
        let listener = RunListener(key: key)
        let isClosed = state.withLock { state in
            if !state.isClosed { state.listeners[key, default: []].append(listener) }
            return state.isClosed
        }
        if isClosed { listener.tell(.ended) }
        return listener
    }

    /// Ends the listening.
    public func leave(_ listener: RunListener) {
        state.withLock { state in
            state.listeners[listener.key]?.removeAll { $0 === listener }
            if state.listeners[listener.key]?.isEmpty == true { state.listeners[listener.key] = nil }
        }
        listener.tell(.ended)
    }

    /// Tells an event of a run.
    public func tell(_ event: Event, organizationID: String, runID: Int64) {
        let key = Key(organizationID: organizationID, runID: runID)
        let listeners = state.withLock { $0.listeners[key] ?? [] }
        for listener in listeners { listener.tell(event) }
    }

    /// Ends all listening, now and later.
    public func close() {
        let listeners = state.withLock { state in
            state.isClosed = true
            defer { state.listeners = [:] }
            return state.listeners.values.flatMap(\.self)
        }
        for listener in listeners { listener.tell(.ended) }
    }

    /// How many listen.
    package var listenerCount: Int { state.withLock { $0.listeners.values.reduce(0) { $0 + $1.count } } }
}

/// Listens to one run, from one task.
public final class RunListener: Sendable {
    private struct State {
        /// What has not been taken yet: the latest only.
        var latest: RunEvents.Event?
        var waiter: CheckedContinuation<RunEvents.Event, Never>?
    }

    let key: RunEvents.Key
    private let state = Mutex(State())

    init(key: RunEvents.Key) { self.key = key }

    /// The next event; waits for it. `ended` where the task is cancelled.
    public func next() async -> RunEvents.Event {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let event: RunEvents.Event? = state.withLock { state in
                    guard let latest = state.latest else {
                        state.waiter = continuation
                        return nil
                    }
                    if latest != .ended { state.latest = nil }
                    return latest
                }
                if let event { continuation.resume(returning: event) }
            }
        } onCancel: {
            tell(.ended)
        }
    }

    /// Hands an event over. A new state is more than progress, a heartbeat less than anything, and an end is final.
    public func tell(_ event: RunEvents.Event) {
        let waiter: CheckedContinuation<RunEvents.Event, Never>? = state.withLock { state in
            if let waiter = state.waiter.take() {
                if event == .ended { state.latest = .ended }
                return waiter
            }
            switch (state.latest, event) {
            case (.ended, _): break
            case (.stateChanged, .progress), (.some, .heartbeat): break
            default: state.latest = event
            }
            return nil
        }
        waiter?.resume(returning: event)
    }
}
