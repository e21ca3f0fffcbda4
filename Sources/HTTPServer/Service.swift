import HTTPHandling
import HTTPTypes
import HTTPWire
import Synchronization

/// What an access log gets of a request that is over.
public struct RequestSummary: Sendable {
    /// The request's id, as answered in `X-Request-Id`.
    public let requestID: String
    /// The client's IP address.
    public let remoteAddress: String
    /// The method; `-` if the head was refused.
    public let method: String
    /// The target's path and query; `-` if the head was refused.
    public let path: String
    /// What the handler called its route; nil if it did not, or did not get to answer.
    public package(set) var route: String?
    /// The status answered; 0 if the connection was lost before an answer began.
    public package(set) var status = 0
    /// Bytes of the answer, head included, that were written.
    public package(set) var bytesSent = 0
    /// From the end of the request's head to the end of its answer.
    public package(set) var duration = Duration.zero
    /// Whether the answer was written to its end.
    public package(set) var isComplete = false

    /// What is known when a request begins.
    package init(requestID: String, remoteAddress: String, method: String, path: String) {
        (self.requestID, self.remoteAddress, self.method, self.path) = (
            requestID, remoteAddress, method, path
        )
    }
}

/// What all connections of a server share.
final class Service: Sendable {
    let handler: any RequestHandler
    let limits: HTTPLimits
    let makeRequestID: @Sendable () -> String
    private let onFinished: (@Sendable (RequestSummary) -> Void)?
    private let inFlight = Atomic<Int>(0)
    private let connections = Atomic<Int>(0)
    private let onEmpty = Mutex<(@Sendable () -> Void)?>(nil)

    init(
        handler: any RequestHandler, limits: HTTPLimits, makeRequestID: @escaping @Sendable () -> String,
        onFinished: (@Sendable (RequestSummary) -> Void)?
    ) {
        self.handler = handler
        self.limits = limits
        self.makeRequestID = makeRequestID
        self.onFinished = onFinished
    }

    /// The answer when there is too much to do (RFC 9110, 15.6.4).
    var busy: HTTPProblem {
        HTTPProblem(
            status: .serviceUnavailable, detail: "The server is busy.",
            fields: [.retryAfter: String(limits.retryAfterSeconds)])
    }

    /// The client's `X-Request-Id` if it is the only one, not too long and of visible ASCII; else one made for it.
    func requestID(_ fields: HTTPFields) -> String {
        let values = fields[values: .xRequestID]
        guard let id = values.first, values.count == 1, !id.isEmpty, id.utf8.count <= limits.requestIDBytes,
            id.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else { return makeRequestID() }
        return id
    }

    /// Counts a request in, unless there are too many.
    func beginRequest() -> Bool {
        guard inFlight.add(1, ordering: .relaxed).newValue <= limits.requestsInFlight else {
            inFlight.subtract(1, ordering: .relaxed)
            return false
        }
        return true
    }

    func endRequest() { inFlight.subtract(1, ordering: .relaxed) }

    /// Counts a connection in; returns how many there are with it.
    func connectionOpened() -> Int { connections.add(1, ordering: .sequentiallyConsistent).newValue }

    /// Names what to do whenever the last connection is gone.
    func whenEmpty(_ body: @escaping @Sendable () -> Void) { onEmpty.withLock { $0 = body } }

    func connectionClosed() {
        guard connections.subtract(1, ordering: .sequentiallyConsistent).newValue == 0 else { return }
        onEmpty.withLock { $0 }?()
    }

    var openConnections: Int { connections.load(ordering: .sequentiallyConsistent) }

    /// Tells the access log of a request that is over.
    func log(_ exchange: Exchange, isComplete: Bool) {
        guard let onFinished else { return }
        exchange.summary.isComplete = isComplete
        exchange.summary.duration = .nanoseconds(Int64(clamping: EventLoop.nanoseconds() &- exchange.started))
        onFinished(exchange.summary)
    }
}
