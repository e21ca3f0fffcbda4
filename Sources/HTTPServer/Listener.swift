import Dispatch
import Glibc
import HTTPHandling
import HTTPWire
import Logging

/// Accepts connections and spreads them over the loops.
final class Listener: @unchecked Sendable {
    let port: Int
    private let descriptor: Int32
    private let service: Service
    private let loops: [EventLoop]
    private let logger: Logger
    private let queue = DispatchQueue(label: "http.listener", target: .global(qos: .userInitiated))

    // Only touched on the queue.
    private var source: (any DispatchSourceRead)?
    private var next = 0
    private var isSuspended = false
    private var isClosed = false

    init(host: String, port: Int, service: Service, loops: [EventLoop], logger: Logger) throws(SocketError) {
        descriptor = try Socket.listen(host: host, port: port, backlog: service.limits.listenBacklog)
        self.port = Socket.port(of: descriptor)
        self.service = service
        self.loops = loops
        self.logger = logger
    }

    /// Begins to accept.
    func start() {
        queue.async { [self] in
            guard !isClosed else { return }
            let source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: queue)
            source.setEventHandler { [weak self] in self?.acceptAll() }
            source.setCancelHandler { [descriptor] in Glibc.close(descriptor) }
            self.source = source
            source.activate()
        }
    }

    /// Stops accepting; `then` is called when no connection can be added any more.
    func close(then: @escaping @Sendable () -> Void) {
        queue.async { [self] in
            isClosed = true
            if isSuspended { source?.resume() }
            if let source { source.cancel() } else { Glibc.close(descriptor) }
            then()
        }
    }

    private func acceptAll() {
        // A few at a time, so that a flood of connections leaves the queue to others in between.
        for _ in 0..<64 where !isClosed {
            guard let (descriptor, address) = Socket.accept(self.descriptor) else {
                switch errno {
                case EAGAIN, EWOULDBLOCK: return
                case EMFILE, ENFILE, ENOBUFS, ENOMEM: return backOff(errno)
                default: continue  // This client is gone already: ECONNABORTED and its like.
                }
            }
            admit(descriptor, address)
        }
    }

    private func admit(_ descriptor: Int32, _ address: String) {
        let limit = service.limits.connections
        let count = service.connectionOpened()
        // Some beyond the limit are told so; a flood of them is not even that.
        guard count <= limit + max(limit / 16, 1) else {
            Glibc.close(descriptor)
            return service.connectionClosed()
        }
        let loop = loops[next % loops.count]
        next = (next + 1) % loops.count
        let refusal = count > limit ? service.busy : nil
        loop.execute { [service] in
            Connection(descriptor: descriptor, remoteAddress: address, loop: loop, service: service)
                .start(refusal: refusal)
        }
    }

    /// Out of descriptors or memory: connections wait in the kernel until some are free again.
    private func backOff(_ code: Int32) {
        logger.warning("accept failed, pausing", metadata: ["error": "\(String(cString: strerror(code)))"])
        isSuspended = true
        source?.suspend()
        let pause = DispatchTimeInterval.milliseconds(Int(clamping: service.limits.acceptBackoffMilliseconds))
        queue.asyncAfter(deadline: .now() + pause) { [self] in
            guard !isClosed else { return }
            isSuspended = false
            source?.resume()
        }
    }
}
