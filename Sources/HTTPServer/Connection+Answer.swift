import HTTPHandling
import HTTPTypes
import HTTPWire

/// Sending answers.
extension Connection {
    func refuse(_ problem: HTTPProblem) {
        let exchange =
            exchange
            ?? Exchange(
                method: state.method ?? .get, version: .oneOne, path: nil,
                requestID: service.makeRequestID(), remoteAddress: remoteAddress)
        self.exchange = exchange
        let response = problem.response(closesConnection: true)
        begin(response, exchange)
        end(exchange, closes: true)
    }

    /// Sends a handler's answer. The request counts as in flight until the handler has nothing more to do with it,
    /// even if its client is gone before.
    func answer(_ response: ServerResponse, _ exchange: Exchange) async {
        guard let produce = await onLoop({ self.admit(response, exchange) }) else { return }
        var isWhole = true
        do {
            try await produce(StreamWriter(connection: self, exchange: exchange))
        } catch {
            isWhole = false
        }
        await onLoop { [isWhole] in self.endStream(exchange, isWhole: isWhole) }
    }

    /// Sends what is at hand of an answer; returns what produces the rest.
    private func admit(
        _ response: ServerResponse, _ exchange: Exchange
    ) -> (@Sendable (any ResponseBodyWriter) async throws -> Void)? {
        guard !isClosed, self.exchange === exchange else {
            service.endRequest()
            return nil
        }
        var response = response
        if let problem = state.bodyProblem, response.status.code < 400 {
            // The request was not understood whole: no success is told, whatever the handler made of it.
            let route = response.route
            response = problem.response()
            response.route = route
        } else if response.status.code < 200 {
            response = HTTPProblem(status: .internalServerError, detail: "An unfit status.").response()
        }
        begin(response, exchange)
        if case .stream(let produce) = response.body, exchange.plan != .none {
            // The head goes out at once: a stream of events may have none to send yet.
            flush()
            deadline = state.deadline ?? .max
            return produce
        }
        service.endRequest()
        end(exchange, closes: exchange.closes)
        advance()
        return nil
    }

    private func begin(_ response: ServerResponse, _ exchange: Exchange) {
        exchange.summary.status = response.status.code
        exchange.summary.route = response.route
        exchange.hasBegun = true
        if case .stream = response.body, exchange.version == .oneZero { exchange.closes = true }
        if response.closesConnection || !state.canKeepAlive { exchange.closes = true }
        let before = output.unsent
        let context = ResponseSerializer.Context(
            method: exchange.method, version: exchange.version, closes: exchange.closes,
            requestID: exchange.summary.requestID)
        exchange.plan = ResponseSerializer.write(response, context, date: loop.date, to: &output.gathered)
        if exchange.plan == .whole, case .bytes(let bytes) = response.body { output.append(body: bytes) }
        exchange.summary.bytesSent += output.unsent - before
    }

    private func end(_ exchange: Exchange, closes: Bool) {
        flush()
        guard !isClosed else { return }
        self.exchange = nil
        state.responseEnded(closes: closes, now: loop.now)
        service.log(exchange, isComplete: true)
    }

    private func endStream(_ exchange: Exchange, isWhole: Bool) {
        service.endRequest()
        guard !isClosed, self.exchange === exchange else { return }
        guard isWhole else { return close() }
        if exchange.plan == .chunked {
            output.gathered.append(contentsOf: ResponseSerializer.lastChunk)
            exchange.summary.bytesSent += ResponseSerializer.lastChunk.count
        }
        end(exchange, closes: exchange.closes)
        advance()
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
        let before = output.unsent
        if exchange.plan == .chunked {
            ResponseSerializer.write(chunk: bytes, to: &output.gathered)
        } else {
            output.gathered.append(contentsOf: bytes)
        }
        exchange.summary.bytesSent += output.unsent - before
        flush()
        if isClosed {
            continuation.resume(returning: .disconnected)
        } else if output.unsent > service.limits.writeWindowBytes {
            writeWaiter = continuation
        } else {
            continuation.resume(returning: nil)
        }
        deadline = state.deadline ?? .max
    }

    func flush() {
        guard let progress = output.flush(to: descriptor, window: service.limits.writeWindowBytes) else {
            return close()
        }
        let isBlocked = output.unsent > 0
        state.sent(remaining: isBlocked, progress: progress, now: loop.now)
        if isBlocked || interest.contains(.write) { adjustInterest() }
    }

    /// The socket takes bytes again.
    func writable() {
        guard !isClosed else { return }
        flush()
        guard !isClosed else { return }
        if output.unsent <= service.limits.writeWindowBytes / 2 {
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
