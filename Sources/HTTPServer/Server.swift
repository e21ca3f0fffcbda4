import Dispatch
import Glibc
public import HTTPHandling
public import Logging
import Synchronization

/// An HTTP/1.1 server on POSIX sockets and Dispatch. It knows nothing of what it serves.
///
/// Read on from here: `Listener` accepts, `EventLoop` is the queue that serves a share of the connections,
/// `Connection` does one connection's input and output, and `ConnectionState` decides all of it.
///
/// Why it is laid out so: plaintext requests/s at 64 connections with the client on the same two processors, as ratios
/// to one Dispatch source a connection, rounded, from several runs on a machine that had other work.
///
/// | layout | ratio |
/// | --- | --- |
/// | a Dispatch source a connection, two queues, asked again with `poll` while busy | 1.0 |
/// | one Dispatch source for all sockets of a queue (`Poller`), two queues, asked again while busy | 1.1 |
/// | the same, a busy queue waiting in `Poller` by itself, two queues: what is built | 1.6 |
/// | the same, one queue | 2.1 |
/// | the same, one queue, each answer from another thread | 1.5 |
///
/// One queue wins only while nothing else runs: between other work it gets one thread's share of the processors.
/// Against Hummingbird, medians of requests/s in turns on such a machine, at 64 connections, and the processor time
/// of a request, which other work hardly changes (`Benchmarks http`; see `Tests/Benchmarks`):
///
/// | answer | one queue | two queues | time, ours to Hummingbird's |
/// | --- | --- | --- | --- |
/// | 13 bytes | 1.5 | 1.5 | 0.33 |
/// | 1 KiB of JSON | 1.1 | 1.4 | 0.37 |
/// | 100 KiB down | 0.9 | 0.9, bound by the client | 0.63 |
/// | 100 KiB up | 1.1 | 1.2 | 0.45 |
public final class Server: Sendable {
    /// How to serve.
    public struct Configuration: Sendable {
        /// The address to listen on: an IP address or a name that resolves to one.
        public var host = "127.0.0.1"
        /// The port; 0 for any free one.
        public var port = 8080
        /// Every limit and timeout.
        public var limits = HTTPLimits()
        /// Queues that share the connections: one a processor.
        public var loops = max(sysconf(Int32(_SC_NPROCESSORS_ONLN)), 1)

        /// The defaults.
        public init() {}
    }

    private enum Phase { case ready, serving, draining, stopped }

    private struct State {
        var phase = Phase.ready
        var listener: Listener?
        var finished: CheckedContinuation<Void, Never>?
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
        service = Service(
            handler: ContentCodings(handler, configuration.limits), limits: configuration.limits,
            makeRequestID: makeRequestID,
            onFinished: onRequestFinished)
        loops = (0..<max(configuration.loops, 1)).map {
            EventLoop(index: $0, limits: configuration.limits, wallClock: wallClock ?? { Int64(time(nil)) })
        }
        service.whenEmpty { [weak self] in self?.connectionsGone() }
    }

    /// Takes the address and returns its port; `run()` does it unless it was done before.
    /// - Throws: `SocketError` if the address cannot be listened on.
    @discardableResult
    public func listen() throws(SocketError) -> Int {
        try state.withLock { state throws(SocketError) in
            if let listener = state.listener { return listener.port }
            let listener = try Listener(
                host: configuration.host, port: configuration.port, service: service, loops: loops,
                logger: logger)
            state.listener = listener
            return listener.port
        }
    }

    /// Serves until `shutdown()` is called or the task is cancelled, and the last request is answered or the grace
    /// time is over. Can be called once.
    /// - Throws: `SocketError` if the address cannot be listened on.
    public func run() async throws {
        guard state.withLock({ $0.phase == .ready }) else { return }
        try listen()
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let listener: Listener? = state.withLock { state in
                    guard state.phase == .ready else { return nil }
                    state.phase = .serving
                    state.finished = continuation
                    return state.listener
                }
                guard let listener else { return continuation.resume() }
                listener.start()
            }
        } onCancel: {
            shutdown()
        }
    }

    /// Begins the graceful end: accepts no more, closes idle connections, lets requests in flight be answered, and
    /// after `drainGraceMilliseconds` drops what is left. Returns at once; `run()` returns when it is done.
    public func shutdown() {
        let listener: Listener? = state.withLock { state in
            guard state.phase == .ready || state.phase == .serving else { return nil }
            state.phase = .draining
            return state.listener
        }
        let grace = DispatchTimeInterval.milliseconds(
            Int(clamping: configuration.limits.drainGraceMilliseconds))
        listener?.close { [self] in
            for loop in loops { loop.execute { loop.drain() } }
            if service.openConnections == 0 { stop() }
            DispatchQueue.global().asyncAfter(deadline: .now() + grace) { [weak self] in self?.force() }
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
        for loop in loops { loop.stop() }
        let finished = state.withLock { state in
            state.phase = .stopped
            return state.finished.take()
        }
        finished?.resume()
    }
}
