package import HTTPHandling
package import HTTPTypes
package import HTTPWire

/// What happens on one connection, without sockets and clocks: bytes and times go in, actions come out.
///
/// ```
/// fresh ──► head ──► exchange ──► discarding ──► idle ──► head …
///   │         │          │             │           │
///   └─────────┴──────────┴──► closing ─┴► lingering ──► closed
/// ```
/// `fresh` and `idle` wait for a first byte; `exchange` lasts until the answer is written; `discarding` swallows
/// the rest of a body nobody read; `closing` sends what is unsent; `lingering` (RFC 9112, 9.6) has shut the
/// sending side and swallows what still comes, so that a reset does not destroy the last answer.
package struct ConnectionState: ~Copyable {
    package enum Phase: Equatable { case fresh, idle, head, exchange, discarding, closing, lingering, closed }

    /// What the owner has to do.
    package enum Action {
        /// Nothing, until something happens.
        case wait
        /// Hand this request to the handler; its answer ends with `responseEnded`.
        case start(ParsedHead)
        /// Answer this; then call `responseEnded`.
        case refuse(HTTPProblem)
        /// Tell the client that nothing more will be sent.
        case shutdownWrite
        /// Drop the connection.
        case close
    }

    /// What a handler that reads the body gets.
    package enum BodyStep: Equatable {
        case piece([UInt8])
        case end
        case failed(RequestBodyError)
        /// Nothing yet; `sendContinue` says that the client waits to be asked for it.
        case wait(sendContinue: Bool)
    }

    private let limits: HTTPLimits
    package private(set) var phase = Phase.fresh
    package private(set) var sawEnd = false
    /// Why the body of this exchange cannot be delivered whole, as an answer.
    package private(set) var bodyProblem: HTTPProblem?
    private var bodyError: RequestBodyError?
    /// The method of the request at hand, as soon as it is known.
    package private(set) var method: HTTPRequest.Method?
    private var parser = RequestParser()
    private var decoder = BodyDecoder(framing: .none)
    private var input: [UInt8] = []
    private var inputStart = 0
    private var body: [UInt8] = []
    private var keepsAlive = true
    private var awaitsContinue = false
    private var isDraining = false
    private var requests = 0
    private var discarded = 0
    private var hasUnsent = false
    private var phaseStart: UInt64
    private var lastRead: UInt64
    private var lastWrite: UInt64
    private var bodyRate = BodyRate()

    /// A connection accepted at `now`, in milliseconds of any clock that only goes forward.
    package init(limits: HTTPLimits, now: UInt64) {
        self.limits = limits
        (phaseStart, lastRead, lastWrite) = (now, now, now)
    }

    // MARK: Events

    /// The client sent bytes.
    package mutating func received(_ bytes: UnsafeRawBufferPointer, now: UInt64) {
        if phase == .lingering || phase == .closing {
            discarded += bytes.count
            return
        }
        if phase == .exchange { bodyRate.pause(now) }
        lastRead = now
        let count = phase == .exchange && input.isEmpty ? receivedData(bytes) : 0
        input.append(contentsOf: bytes[count...])
    }

    /// The client will send nothing more; what it asked for is still answered.
    package mutating func receivedEnd() { sawEnd = true }

    /// Unsent bytes were sent, or could not be.
    package mutating func sent(remaining: Bool, progress: Bool, now: UInt64) {
        if progress || !hasUnsent { lastWrite = now }
        hasUnsent = remaining
    }

    /// There is no room for this connection: only a refusal follows.
    package mutating func beginRefusal(now: UInt64) {
        keepsAlive = false
        enter(.exchange, now)
    }

    /// The server stops: requests in flight are finished, nothing new is begun.
    package mutating func beginDrain() { isDraining = true }

    /// The answer is written, in part perhaps unsent still.
    package mutating func responseEnded(closes: Bool, now: UInt64) {
        guard phase == .exchange else { return }
        body = []
        discarded = 0
        if closes || !keepsAlive || isDraining || bodyProblem != nil || mustNotDiscard {
            enter(.closing, now)
        } else {
            enter(decoder.isDone ? .idle : .discarding, now)
        }
    }

    /// Whether the connection can go on after an answer given now (RFC 9112, 9.3 and 9.6).
    package var canKeepAlive: Bool { keepsAlive && !isDraining && bodyProblem == nil && !mustNotDiscard }

    /// RFC 9110, 10.1.1: a client that was never asked to continue may send its body or not, so nothing after
    /// it can be told apart; and a body too long to be swallowed ends the connection too.
    private var mustNotDiscard: Bool {
        guard !decoder.isDone else { return false }
        return awaitsContinue || (decoder.remainingLength ?? 0) > limits.lingerBytes || sawEnd
    }

    // MARK: Actions

    /// What to do now; to be asked again until it says `wait` or `close`.
    package mutating func next(now: UInt64) -> Action {
        switch phase {
        case .fresh, .idle, .head: return nextHead(now)
        case .exchange:
            pumpBody(now)
            return .wait
        case .discarding: return discardBody(now)
        case .closing:
            guard !hasUnsent else { return .wait }
            guard !sawEnd else { return close(now) }
            discarded = 0
            enter(.lingering, now)
            return .shutdownWrite
        case .lingering: return sawEnd || discarded >= limits.lingerBytes ? close(now) : .wait
        case .closed: return .close
        }
    }

    private mutating func nextHead(_ now: UInt64) -> Action {
        guard !hasUnsent else { return .wait }
        if inputStart == input.count, phase != .head {
            resetInput()
            return sawEnd || isDraining ? close(now) : .wait
        }
        if phase != .head { enter(.head, now) }
        do throws(HTTPProblem) {
            guard let parsed = try parser.parse(input, from: inputStart, limits) else {
                guard sawEnd else { return .wait }
                // Empty lines only: some clients send one after a body (RFC 9112, 2.2).
                guard !parser.isAtStart else { return close(now) }
                return refuse(HTTPProblem(status: .badRequest, detail: "The request is incomplete."), now)
            }
            return begin(parsed, now)
        } catch {
            return refuse(error, now)
        }
    }

    private mutating func begin(_ parsed: ParsedHead, _ now: UInt64) -> Action {
        inputStart += parsed.byteCount
        method = parsed.method
        requests += 1
        keepsAlive = parsed.keepsAlive && requests < limits.requestsPerConnection
        decoder = BodyDecoder(framing: parsed.framing)
        awaitsContinue = parsed.expectsContinue
        (bodyError, bodyProblem) = (nil, nil)
        enter(.exchange, now)
        lastRead = now
        bodyRate = BodyRate()
        pumpBody(now)
        if let bodyProblem { return refuse(bodyProblem, now) }
        return .start(parsed)
    }

    private mutating func refuse(_ problem: HTTPProblem, _ now: UInt64) -> Action {
        if phase != .exchange {
            method = parser.method
            enter(.exchange, now)
        }
        decoder = BodyDecoder(framing: .none)
        keepsAlive = false
        return .refuse(problem)
    }

    private mutating func close(_ now: UInt64) -> Action {
        enter(.closed, now)
        return .close
    }

    private mutating func enter(_ phase: Phase, _ now: UInt64) {
        self.phase = phase
        phaseStart = now
    }

    // MARK: Body

    /// The whole body if it is here already, so that nothing need be waited for.
    package mutating func takeWholeBody() -> [UInt8]? {
        guard decoder.isDone else { return nil }
        defer { body = [] }
        return body
    }

    /// The next step of a handler that reads the body.
    package mutating func takeBody(now: UInt64) -> BodyStep {
        guard phase == .exchange else { return .failed(bodyError ?? .truncated) }
        if body.isEmpty { pumpBody(now) }
        if !body.isEmpty {
            let piece = body
            body = []
            pumpBody(now)
            return .piece(piece)
        }
        if let bodyError { return .failed(bodyError) }
        if decoder.isDone { return .end }
        defer { awaitsContinue = false }
        if awaitsContinue { lastRead = now }
        return .wait(sendContinue: awaitsContinue)
    }

    private mutating func pumpBody(_ now: UInt64) {
        if !decoder.isDone, bodyError == nil {
            decode(room: limits.bodyWindowBytes - body.count)
            if sawEnd, !decoder.isDone, bodyError == nil, inputStart == input.count {
                bodyError = .truncated
                bodyProblem = HTTPProblem(status: .badRequest, detail: "The body is incomplete.")
            }
        }
        if waitsForBody { bodyRate.resume(now) } else { bodyRate.pause(now) }
    }

    private mutating func decode(room: Int) {
        guard inputStart < input.count else { return }
        let before = body.count
        do throws(HTTPProblem) {
            let used = try decoder.decode(input, from: inputStart, into: &body, room: room, limits)
            inputStart += used
            // A client that sends need not be asked to continue any more.
            if used > 0 { awaitsContinue = false }
            if inputStart == input.count { resetInput() }
        } catch {
            bodyError = .malformed
            bodyProblem = error
        }
        bodyRate.bytes &+= UInt64(body.count - before)
    }

    private mutating func discardBody(_ now: UInt64) -> Action {
        while inputStart < input.count, !decoder.isDone, bodyError == nil {
            decode(room: limits.bodyWindowBytes)
            discarded += body.count
            body = []
        }
        if bodyError != nil || discarded > limits.lingerBytes || (sawEnd && !decoder.isDone) {
            enter(.closing, now)
            return next(now: now)
        }
        guard decoder.isDone else { return .wait }
        enter(.idle, now)
        return next(now: now)
    }

    /// Takes content at the front of what was read without another copy; returns how much.
    private mutating func receivedData(_ bytes: UnsafeRawBufferPointer) -> Int {
        guard bodyError == nil, body.count < limits.bodyWindowBytes else { return 0 }
        let count = decoder.takeData(atMost: min(bytes.count, limits.bodyWindowBytes - body.count))
        guard count > 0 else { return 0 }
        body.append(contentsOf: bytes[..<count])
        bodyRate.bytes &+= UInt64(count)
        awaitsContinue = false
        return count
    }

    private mutating func resetInput() {
        inputStart = 0
        if input.capacity > 4_096 { input = [] } else { input.removeAll(keepingCapacity: true) }
    }

    // MARK: Reading and time

    /// Whether the socket is to be read: never while answers are unsent or a handler has enough to do.
    package var wantsRead: Bool {
        guard !sawEnd else { return false }
        switch phase {
        case .fresh, .idle, .head: return !hasUnsent
        case .exchange: return waitsForBody
        case .discarding, .lingering: return true
        case .closing, .closed: return false
        }
    }

    private var waitsForBody: Bool {
        !decoder.isDone && bodyError == nil && inputStart == input.count
            && body.count < limits.bodyWindowBytes
    }

    /// When `timedOut` is to be called, if nothing happens before.
    package var deadline: UInt64? {
        let stall = hasUnsent ? lastWrite + limits.writeStallTimeoutMilliseconds : nil
        switch phase {
        case .fresh: return stall ?? phaseStart + limits.firstByteTimeoutMilliseconds
        case .idle: return stall ?? phaseStart + limits.idleTimeoutMilliseconds
        case .head: return stall ?? phaseStart + limits.headTimeoutMilliseconds
        case .exchange:
            guard waitsForBody, !awaitsContinue else { return stall }
            let silent = lastRead + limits.bodyTimeoutMilliseconds
            let body = min(silent, bodyRate.deadline(limits) ?? silent)
            return min(body, stall ?? body)
        case .discarding, .lingering: return phaseStart + limits.lingerMilliseconds
        case .closing: return stall
        case .closed: return nil
        }
    }

    /// The deadline has passed.
    package mutating func timedOut(now: UInt64) -> Action {
        guard let deadline, deadline <= now else { return .wait }
        let isStalled = hasUnsent && lastWrite + limits.writeStallTimeoutMilliseconds <= now
        if isStalled { return close(now) }
        switch phase {
        case .head where !parser.isAtStart:
            return refuse(HTTPProblem(status: .requestTimeout, detail: "The head came too slowly."), now)
        case .exchange:
            bodyError = .timedOut
            bodyProblem = HTTPProblem(status: .requestTimeout, detail: "The body came too slowly.")
            return .wait
        case .discarding:
            enter(.closing, now)
            return next(now: now)
        default: return close(now)
        }
    }
}

/// How fast a body comes in, over the time it was waited for and not the time a handler took.
private struct BodyRate {
    var bytes: UInt64 = 0
    private var waited: UInt64 = 0
    private var since: UInt64?

    mutating func resume(_ now: UInt64) { since = since ?? now }

    mutating func pause(_ now: UInt64) {
        if let start = since { waited += now - min(start, now) }
        since = nil
    }

    /// When the client will have been too slow.
    func deadline(_ limits: HTTPLimits) -> UInt64? {
        guard let since, limits.bodyMinimumBytesPerSecond > 0 else { return nil }
        let paid =
            bytes.multipliedReportingOverflow(by: 1_000).partialValue / limits.bodyMinimumBytesPerSecond
        let allowed = max(paid, limits.bodyTimeoutMilliseconds)
        return since + (allowed > waited ? allowed - waited : 0)
    }
}
