import Dispatch
import Glibc
import HTTPTypes
import HTTPWire

/// The socket around a `ConnectionState`: carries bytes to it and its actions out.
///
/// Confined to its loop. How it answers is in `Connection+Answer`. Handlers reach it through `BodySource` and `StreamWriter`, which go through
/// `EventLoop.execute`.
final class Connection: @unchecked Sendable {
    let loop: EventLoop
    let service: Service
    let descriptor: Int32
    let remoteAddress: String
    private let readSource: any DispatchSourceRead
    var writeSource: (any DispatchSourceWrite)?
    private var readIsSuspended = true
    var writeIsSuspended = true
    var sources = 1
    private var isWatched = false
    private(set) var lastEvent: UInt64 = 0

    var state: ConnectionState
    var isClosed = false
    var exchange: Exchange?
    private var bodyWaiter: CheckedContinuation<ConnectionState.BodyStep, Never>?
    var writeWaiter: CheckedContinuation<ResponseWriteError?, Never>?
    var output: [UInt8] = []
    var outputStart = 0

    /// When to call `timedOut`.
    var deadline = UInt64.max

    init(descriptor: Int32, remoteAddress: String, loop: EventLoop, service: Service) {
        self.descriptor = descriptor
        self.remoteAddress = remoteAddress
        self.loop = loop
        self.service = service
        state = ConnectionState(limits: service.limits, now: loop.now)
        readSource = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: loop.queue)
    }

    /// Begins to serve; on the loop.
    /// - Parameter refusal: what to answer at once instead, when there are too many connections.
    func start(refusal: HTTPProblem?) {
        loop.add(self)
        readSource.setEventHandler { [weak self] in
            guard let self else { return }
            loop.enter {
                self.readable()
                self.watch()
                self.loop.serveBusy()
            }
        }
        setCancelHandler(readSource)
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

    /// Drops the connection, whatever it is doing.
    func abort() { close() }

    // MARK: Reading

    /// Reads what there is.
    func readable() {
        guard !isClosed else { return }
        // More requests, or the client's end: either can wait until the answer at hand is sent.
        guard state.wantsRead else { return suspendRead() }
        lastEvent = loop.now
        switch Socket.read(descriptor, into: loop.readBuffer) {
        case .bytes(let count):
            state.received(UnsafeRawBufferPointer(rebasing: loop.readBuffer[..<count]), now: loop.now)
        case .ended: state.receivedEnd()
        case .wouldBlock: return
        case .failed: return close()
        }
        advance()
    }

    // MARK: Being watched

    private func watch() {
        guard !isClosed, !isWatched, loop.watch(self) else { return }
        isWatched = true
        suspendRead()
    }

    /// What to ask `poll`; nothing while nothing is to be read.
    var pollRequest: pollfd {
        pollfd(fd: !isClosed && state.wantsRead ? descriptor : -1, events: Int16(POLLIN), revents: 0)
    }

    func unwatched() {
        isWatched = false
        if !isClosed { resumeRead() }
    }

    func resumeRead() {
        guard readIsSuspended, !isWatched, state.wantsRead else { return }
        readIsSuspended = false
        readSource.resume()
    }

    private func suspendRead() {
        guard !readIsSuspended else { return }
        readIsSuspended = true
        readSource.suspend()
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
        resumeRead()
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
        let request = parsed.head.request
        let exchange = Exchange(
            method: request.method, version: parsed.head.version, path: parsed.target.path,
            requestID: ServerRequest.clientRequestID(
                in: request.headerFields, limit: service.limits.requestIDBytes) ?? service.makeRequestID(),
            remoteAddress: remoteAddress)
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
            head: parsed.head, target: parsed.target, body: body, remoteAddress: remoteAddress,
            requestID: exchange.requestID)
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
        // A source must not be suspended when it is cancelled for good; the descriptor outlives both.
        if readIsSuspended { readSource.resume() }
        readSource.cancel()
        if let writeSource {
            if writeIsSuspended { writeSource.resume() }
            writeSource.cancel()
        }
    }

    func setCancelHandler(_ source: any DispatchSourceProtocol) {
        source.setCancelHandler { [self] in
            sources -= 1
            guard sources == 0 else { return }
            Glibc.close(descriptor)
            service.connectionClosed()
        }
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
                output.append(contentsOf: ResponseSerializer.continue)
                flush()
            }
            return
        }
        bodyWaiter = nil
        waiter.resume(returning: step)
    }
}
