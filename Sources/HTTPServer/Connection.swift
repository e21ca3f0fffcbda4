import Glibc
import HTTPHandling
import HTTPTypes
import HTTPWire

/// The socket around a `ConnectionState`: carries bytes to it and its actions out.
///
/// Confined to its loop. How it answers is in `Connection+Answer`. Handlers reach it through `BodySource` and
/// `StreamWriter`, which go through `EventLoop.execute`.
final class Connection: @unchecked Sendable {
    let loop: EventLoop
    let service: Service
    let descriptor: Int32
    let remoteAddress: String
    /// What the loop watches the socket for.
    private(set) var interest: Poller.Interest = .read

    var state: ConnectionState
    private(set) var isClosed = false
    var exchange: Exchange?
    private var bodyWaiter: CheckedContinuation<ConnectionState.BodyStep, Never>?
    var writeWaiter: CheckedContinuation<ResponseWriteError?, Never>?
    var output = SendBuffer()
    /// When to call `timedOut`.
    var deadline = UInt64.max

    init(descriptor: Int32, remoteAddress: String, loop: EventLoop, service: Service) {
        self.descriptor = descriptor
        self.remoteAddress = remoteAddress
        self.loop = loop
        self.service = service
        state = ConnectionState(limits: service.limits, now: loop.now)
    }

    /// Begins to serve; on the loop.
    /// - Parameter refusal: what to answer at once instead, when there are too many connections.
    func start(refusal: HTTPProblem?) {
        guard loop.add(self) else { return close() }
        if let refusal {
            state.beginRefusal(now: loop.now)
            refuse(refusal)
        }
        advance()
    }

    func timedOut() {
        let action = state.timedOut(now: loop.now)
        if case .close = action { exchange?.isStalled = true }
        perform(action)
        advance()
    }

    func drain() {
        state.beginDrain()
        advance()
    }

    // MARK: Readiness

    /// The socket is ready.
    func ready(_ events: Poller.Interest) {
        // Reset, or closed by both sides: nobody is there to be answered.
        guard events.isDisjoint(with: .gone) else { return close() }
        if events.contains(.write) { writable() }
        if events.contains(.read) { readable() }
    }

    private func readable() {
        guard !isClosed else { return }
        // More requests, or the client's end: either can wait until the answer at hand is sent.
        guard state.wantsRead else { return adjustInterest() }
        switch Socket.read(descriptor, into: loop.readBuffer) {
        case .bytes(let count):
            state.received(UnsafeRawBufferPointer(rebasing: loop.readBuffer[..<count]), now: loop.now)
        case .ended: state.receivedEnd()
        case .wouldBlock: return
        case .failed: return close()
        }
        advance()
    }

    /// Watches the socket for what is wanted of it. Bytes that are not wanted yet seldom come: reading is given up
    /// only when they do.
    func adjustInterest() {
        guard !isClosed else { return }
        var wanted: Poller.Interest = state.wantsRead ? .read : []
        if output.unsent > 0 { wanted.insert(.write) }
        guard wanted != interest else { return }
        interest = wanted
        loop.watch(self, for: wanted)
    }

    // MARK: Acting

    /// Does what the state asks for until it is content, then adjusts reading and the deadline.
    func advance() {
        while !isClosed {
            let action = state.next(now: loop.now)
            if case .wait = action { break }
            perform(action)
        }
        guard !isClosed else { return }
        stepBody()
        if state.wantsRead { adjustInterest() }
        deadline = state.deadline ?? .max
    }

    private func perform(_ action: ConnectionState.Action) {
        switch action {
        case .wait: break
        case .start(let parsed): start(parsed)
        case .refuse(let problem): refuse(problem)
        case .shutdownWrite: shutdown(descriptor, Int32(SHUT_WR))
        case .close: close()
        }
    }

    private func start(_ parsed: ParsedHead) {
        let exchange = Exchange(
            method: parsed.method, version: parsed.version, path: parsed.target.path,
            requestID: service.requestID(parsed.fields), remoteAddress: remoteAddress)
        self.exchange = exchange
        guard service.beginRequest() else { return refuse(service.busy) }
        let length = parsed.framing.declaredLength
        let body =
            if let bytes = state.takeWholeBody() {
                RequestBody(declaredLength: length, bytes: bytes)
            } else {
                RequestBody(declaredLength: length, source: BodySource(connection: self, exchange: exchange))
            }
        let served = ServerRequest(
            method: parsed.method, target: parsed.target.path, segments: parsed.target.segments,
            query: parsed.target.query, fields: parsed.fields, body: body, remoteAddress: remoteAddress,
            requestID: exchange.summary.requestID)
        exchange.task = Task(executorPreference: loop) {
            let response = await self.service.handler.respond(to: served)
            await self.answer(response, exchange)
        }
    }

    func close() {
        guard !isClosed else { return }
        isClosed = true
        if let exchange {
            exchange.task?.cancel()
            service.log(exchange, isComplete: false)
        }
        bodyWaiter.take()?.resume(returning: .failed(.truncated))
        writeWaiter.take()?.resume(returning: exchange?.isStalled == true ? .stalled : .disconnected)
        loop.remove(self)
        Glibc.close(descriptor)
        service.connectionClosed()
    }

    // MARK: Request body

    /// The next step of the body for a handler, now or when there is one.
    func nextBodyStep(
        _ exchange: Exchange, _ continuation: CheckedContinuation<ConnectionState.BodyStep, Never>
    ) {
        // A handler that kept the body past its answer, or reads it twice at once, gets nothing.
        guard !isClosed, self.exchange === exchange, bodyWaiter == nil else {
            return continuation.resume(returning: .failed(.truncated))
        }
        bodyWaiter = continuation
        advance()
    }

    private func stepBody() {
        guard let waiter = bodyWaiter else { return }
        let step = state.takeBody(now: loop.now)
        if case .wait(let sendContinue) = step {
            if sendContinue, let exchange, !exchange.hasBegun {
                output.gathered.append(contentsOf: ResponseSerializer.continue)
                flush()
            }
            return
        }
        bodyWaiter = nil
        waiter.resume(returning: step)
    }
}
