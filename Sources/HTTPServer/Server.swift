import Dispatch
import Glibc
public import HTTPWire
public import Logging
import Synchronization

/// An HTTP/1.1 server on POSIX sockets and Dispatch. It knows nothing of what it serves.
///
/// Read on from here: `Listener` accepts, `EventLoop` is the queue that serves a share of the connections,
/// `Connection` does one connection's input and output, and `ConnectionState` decides all of it.
public final class Server: Sendable {
    /// How to serve.
    public struct Configuration: Sendable {
        /// The address to listen on: an IP address or a name that resolves to one.
        public var host = "127.0.0.1"
        /// The port; 0 for any free one.
        public var port = 8080
        /// Every limit and timeout.
        public var limits = HTTPLimits()
        /// Queues that share the connections.
        public var loops = 2

        /// The defaults.
        public init() {}
    }

    private enum Phase { case ready, listening, draining, stopped }

    private struct State {
        var phase = Phase.ready
        var listener: Listener?
        var finished: [CheckedContinuation<Void, Never>] = []
        var portWaiters: [CheckedContinuation<Int?, Never>] = []
    }

    private let configuration: Configuration
    private let logger: Logger
    private let loops: [EventLoop]
    private let state = Mutex(State())
    private let service: Service

    /// A server that does not listen yet.
    /// - Parameters:
    ///   - makeRequestID: makes the id of a request that brings none; visible ASCII.
    ///   - onRequestFinished: called on the socket's queue after each answer, for an access log; must not block.
    ///   - wallClock: seconds since 1970, for `Date`; the system's unless given.
    public init(
        configuration: Configuration, handler: any RequestHandler, logger: Logger,
        makeRequestID: @escaping @Sendable () -> String,
        onRequestFinished: (@Sendable (RequestSummary) -> Void)? = nil,
        wallClock: (@Sendable () -> Int64)? = nil
    ) {
        self.configuration = configuration
        self.logger = logger
        let hook = ConnectionHook()
        service = Service(
            handler: handler, limits: configuration.limits, makeRequestID: makeRequestID,
            onFinished: onRequestFinished, onConnectionClosed: { hook.call($0) })
        loops = (0..<max(configuration.loops, 1)).map {
            EventLoop(index: $0, limits: configuration.limits, wallClock: wallClock ?? { Int64(time(nil)) })
        }
        hook.set { [weak self] remaining in if remaining == 0 { self?.connectionsGone() } }
    }

    /// Listens and serves until `shutdown()` is called or the task is cancelled, and the last request is answered
    /// or the grace time is over. Can be called once.
    /// - Throws: `SocketError` if the address cannot be listened on.
    public func run() async throws {
        guard try startListening() else { return }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isStopped = state.withLock { state in
                    if state.phase != .stopped { state.finished.append(continuation) }
                    return state.phase == .stopped
                }
                if isStopped { continuation.resume() }
            }
        } onCancel: {
            shutdown()
        }
        for loop in loops { loop.stop() }
    }

    /// Opens the listener, unless the server was stopped already.
    private func startListening() throws(SocketError) -> Bool {
        let listener: Listener
        do throws(SocketError) {
            listener = try Listener(
                host: configuration.host, port: configuration.port, service: service, loops: loops,
                logger: logger)
        } catch {
            stop()
            throw error
        }
        let (waiters, mayServe) = state.withLock { state in
            let mayServe = state.phase == .ready
            state.phase = mayServe ? .listening : .stopped
            state.listener = mayServe ? listener : nil
            defer { state.portWaiters = [] }
            return (state.portWaiters, mayServe)
        }
        listener.start()
        if !mayServe { listener.close {} }
        for waiter in waiters { waiter.resume(returning: mayServe ? listener.port : nil) }
        return mayServe
    }

    /// The port being listened on, as soon as there is one; nil if the server was stopped before.
    public var port: Int? {
        get async {
            await withCheckedContinuation { continuation in
                let (port, isSettled): (Int?, Bool) = state.withLock { state in
                    if state.phase == .ready { state.portWaiters.append(continuation) }
                    return (state.listener?.port, state.phase != .ready)
                }
                if isSettled { continuation.resume(returning: port) }
            }
        }
    }

    /// Begins the graceful end: accepts no more, closes idle connections, lets requests in flight be answered, and
    /// after `drainGraceMilliseconds` drops what is left. Returns at once; `run()` returns when it is done.
    public func shutdown() {
        let listener: Listener? = state.withLock { state in
            defer { if state.phase != .stopped { state.phase = .draining } }
            return state.phase == .listening ? state.listener : nil
        }
        guard let listener else { return }
        let grace = DispatchTimeInterval.milliseconds(
            Int(clamping: configuration.limits.drainGraceMilliseconds))
        listener.close { [self] in
            for loop in loops { loop.execute { loop.drain() } }
            if service.openConnections == 0 { stop() }
            DispatchQueue.global().asyncAfter(deadline: .now() + grace) { [weak self] in
                self?.force()
            }
        }
    }

    private func force() {
        guard state.withLock({ $0.phase == .draining }) else { return }
        logger.warning("grace time is over, dropping \(service.openConnections) connections")
        for loop in loops { loop.execute { loop.abort() } }
    }

    private func connectionsGone() {
        if state.withLock({ $0.phase == .draining }) { stop() }
    }

    private func stop() {
        let (finished, portWaiters) = state.withLock { state in
            state.phase = .stopped
            defer { (state.finished, state.portWaiters) = ([], []) }
            return (state.finished, state.portWaiters)
        }
        for continuation in finished { continuation.resume() }
        for waiter in portWaiters { waiter.resume(returning: nil) }
    }
}

/// Ties the shared service back to its server, which is made after it.
private final class ConnectionHook: Sendable {
    private let body = Mutex<(@Sendable (Int) -> Void)?>(nil)

    func set(_ body: @escaping @Sendable (Int) -> Void) { self.body.withLock { $0 = body } }

    func call(_ remaining: Int) { body.withLock { $0 }?(remaining) }
}
