import Dispatch
import Glibc
import HTTPTypes
import HTTPWire

/// The socket around a `ConnectionState`: carries bytes to it and its actions out.
///
/// Confined to its loop. Handlers reach it through `BodySource` and `StreamWriter`, which go through
/// `EventLoop.execute`.
final class Connection: @unchecked Sendable {
    let loop: EventLoop
    private let service: Service
    private let descriptor: Int32
    private let remoteAddress: String
    private let readSource: any DispatchSourceRead
    private var writeSource: (any DispatchSourceWrite)?
    private var readIsSuspended = true
    private var writeIsSuspended = true
    private var sources = 1

    private var state: ConnectionState
    private var isClosed = false
    private var exchange: Exchange?
    private var bodyWaiter: CheckedContinuation<ConnectionState.BodyStep, Never>?
    private var writeWaiter: CheckedContinuation<ResponseWriteError?, Never>?
    private var output: [UInt8] = []
    private var outputStart = 0

    /// When to call `timedOut`.
    private(set) var deadline = UInt64.max

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
            loop.enter { self.readable() }
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

    private func readable() {
        guard !isClosed else { return }
        guard state.wantsRead else {
            peek()
            return
        }
        switch Socket.read(descriptor, into: loop.readBuffer) {
        case .bytes(let count):
            state.received(UnsafeRawBufferPointer(rebasing: loop.readBuffer[..<count]), now: loop.now)
        case .ended: state.receivedEnd()
        case .wouldBlock: return
        case .failed: return close()
        }
        advance()
    }

    /// Something came while nothing is wanted: more requests, which can wait, or the client's end.
    private func peek() {
        let byte = UnsafeMutableRawBufferPointer(rebasing: loop.readBuffer[..<1])
        switch Socket.read(descriptor, into: byte, flags: Int32(MSG_PEEK)) {
        case .failed: close()
        case .ended:
            state.receivedEnd()
            suspendRead()
        case .bytes: suspendRead()
        case .wouldBlock: break
        }
    }

    private func suspendRead() {
        guard !readIsSuspended else { return }
        readIsSuspended = true
        readSource.suspend()
    }

    // MARK: Acting

    /// Does what the state asks for until it is content, then adjusts reading and the deadline.
    private func advance() {
        while !isClosed {
            let action = state.next(now: loop.now)
            if case .wait = action { break }
            perform(action)
        }
        guard !isClosed else { return }
        stepBody()
        if readIsSuspended, state.wantsRead {
            readIsSuspended = false
            readSource.resume()
        }
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
        let fields = parsed.head.request.headerFields
        let exchange = Exchange(
            method: parsed.head.request.method, version: parsed.head.version, path: parsed.target.path,
            requestID: ServerRequest.clientRequestID(in: fields, limit: service.limits.requestIDBytes)
                ?? service.makeRequestID())
        self.exchange = exchange
        guard service.beginRequest() else { return refuse(service.busy) }
        exchange.isCounted = true
        let length: Int? =
            switch parsed.framing {
            case .none: 0
            case .length(let length): length
            case .chunked: nil
            }
        let body =
            state.bodyIsComplete
            ? RequestBody(declaredLength: length, bytes: state.takeWholeBody())
            : RequestBody(declaredLength: length, source: BodySource(connection: self, exchange: exchange))
        let request = ServerRequest(
            head: parsed.head, target: parsed.target, body: body, remoteAddress: remoteAddress,
            requestID: exchange.requestID)
        exchange.task = Task(executorPreference: loop) {
            let response = await self.service.handler.respond(to: request)
            await self.answer(response, exchange)
        }
    }

    private func close() {
        guard !isClosed else { return }
        isClosed = true
        if let exchange {
            exchange.task?.cancel()
            finish(exchange, completed: false)
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

    private func setCancelHandler(_ source: any DispatchSourceProtocol) {
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

    // MARK: Response

    private func refuse(_ problem: HTTPProblem) {
        let exchange =
            exchange
            ?? Exchange(method: .get, version: .oneOne, path: "-", requestID: service.makeRequestID())
        self.exchange = exchange
        let response = problem.response(closesConnection: true)
        begin(response, exchange)
        end(exchange, closes: true)
    }

    /// Sends a handler's answer.
    private func answer(_ response: ServerResponse, _ exchange: Exchange) async {
        let response = await onLoop { self.admit(response, exchange) }
        guard let response else { return }
        guard case .stream(let produce) = response.body,
            exchange.plan == .chunked || exchange.plan == .untilClose
        else { return }
        do {
            try await produce(StreamWriter(connection: self, exchange: exchange))
            await onLoop { self.endStream(exchange) }
        } catch {
            await onLoop { if self.exchange === exchange { self.close() } }
        }
    }

    /// Sends what is at hand of an answer; returns the answer if there is more to come.
    private func admit(_ response: ServerResponse, _ exchange: Exchange) -> ServerResponse? {
        guard !isClosed, self.exchange === exchange else { return nil }
        var response = response
        if let problem = state.bodyProblem, response.status.code < 400 {
            // The request was not understood whole: no success is told, whatever the handler made of it.
            response = problem.response()
        } else if response.status.code < 200 {
            response = HTTPProblem(status: .internalServerError, detail: "An unfit status.").response()
        }
        begin(response, exchange)
        switch exchange.plan {
        case .none, .written:
            end(exchange, closes: exchange.closes)
            advance()
            return nil
        case .chunked, .untilClose:
            return response
        }
    }

    private func begin(_ response: ServerResponse, _ exchange: Exchange) {
        exchange.status = response.status.code
        exchange.hasBegun = true
        if case .stream = response.body, exchange.version == .oneZero { exchange.closes = true }
        if response.closesConnection || !state.canKeepAlive { exchange.closes = true }
        let before = output.count
        exchange.plan = ResponseSerializer.write(
            response,
            ResponseSerializer.Context(
                method: exchange.method, version: exchange.version, closes: exchange.closes, date: loop.date,
                requestID: exchange.requestID), to: &output)
        exchange.bytesSent += output.count - before
    }

    private func end(_ exchange: Exchange, closes: Bool) {
        flush()
        guard !isClosed else { return }
        self.exchange = nil
        state.responseEnded(closes: closes, now: loop.now)
        finish(exchange, completed: true)
    }

    private func endStream(_ exchange: Exchange) {
        guard !isClosed, self.exchange === exchange else { return }
        if exchange.plan == .chunked {
            output.append(contentsOf: ResponseSerializer.lastChunk)
            exchange.bytesSent += ResponseSerializer.lastChunk.count
        }
        end(exchange, closes: exchange.closes)
        advance()
    }

    private func finish(_ exchange: Exchange, completed: Bool) {
        if exchange.isCounted { service.endRequest() }
        exchange.isCounted = false
        service.log(exchange, remoteAddress, completed: completed)
    }

    // MARK: Writing

    /// Takes a piece of a streamed answer; the continuation is resumed when more may be written.
    func write(
        _ bytes: [UInt8], _ exchange: Exchange,
        _ continuation: CheckedContinuation<ResponseWriteError?, Never>
    ) {
        guard !isClosed, self.exchange === exchange, writeWaiter == nil else {
            return continuation.resume(returning: exchange.isStalled ? .stalled : .disconnected)
        }
        let before = output.count
        if exchange.plan == .chunked {
            ResponseSerializer.write(chunk: bytes, to: &output)
        } else {
            output.append(contentsOf: bytes)
        }
        exchange.bytesSent += output.count - before
        flush()
        if isClosed {
            continuation.resume(returning: .disconnected)
        } else if output.count - outputStart > service.limits.writeWindowBytes {
            writeWaiter = continuation
            deadline = state.deadline ?? .max
        } else {
            continuation.resume(returning: nil)
        }
    }

    private func flush() {
        let start = outputStart
        var isBlocked = false
        while outputStart < output.count, !isBlocked {
            let result = output.withUnsafeBytes {
                Socket.write(descriptor, UnsafeRawBufferPointer(rebasing: $0[outputStart...]))
            }
            switch result {
            case .bytes(let count): outputStart += count
            case .wouldBlock: isBlocked = true
            case .ended, .failed: return close()
            }
        }
        let progress = outputStart > start
        if outputStart == output.count {
            outputStart = 0
            if output.capacity > 16_384 { output = [] } else { output.removeAll(keepingCapacity: true) }
        } else if outputStart > service.limits.writeWindowBytes {
            output.removeSubrange(..<outputStart)
            outputStart = 0
        }
        state.sent(remaining: isBlocked, progress: progress, now: loop.now)
        awaitWritable(isBlocked)
    }

    private func awaitWritable(_ isWanted: Bool) {
        guard isWanted == writeIsSuspended else { return }
        writeIsSuspended = !isWanted
        guard isWanted else {
            writeSource?.suspend()
            return
        }
        if let writeSource { return writeSource.resume() }
        let source = DispatchSource.makeWriteSource(fileDescriptor: descriptor, queue: loop.queue)
        sources += 1
        source.setEventHandler { [weak self] in
            guard let self else { return }
            loop.enter { self.writable() }
        }
        setCancelHandler(source)
        writeSource = source
        source.resume()
    }

    private func writable() {
        guard !isClosed else { return }
        flush()
        guard !isClosed else { return }
        if output.count - outputStart <= service.limits.writeWindowBytes / 2 {
            writeWaiter.take()?.resume(returning: nil)
        }
        advance()
    }

    /// Runs `body` on the loop and returns what it returns.
    private func onLoop<Result: Sendable>(_ body: @escaping @Sendable () -> Result) async -> Result {
        if loop.isCurrent { return body() }
        return await withCheckedContinuation { continuation in
            loop.execute { continuation.resume(returning: body()) }
        }
    }
}
