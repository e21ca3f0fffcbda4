import HTTPHandling
import HTTPTypes
import HTTPWire

/// One request and its answer, for the connection's own bookkeeping; confined to the loop.
final class Exchange: @unchecked Sendable {
    let method: HTTPRequest.Method
    let version: HTTPVersion
    let started = EventLoop.nanoseconds()
    var summary: RequestSummary
    var task: Task<Void, Never>?
    var closes = false
    var hasBegun = false
    var isStalled = false
    var plan = ResponseSerializer.BodyPlan.none

    /// - Parameter path: nil if the head was refused.
    init(
        method: HTTPRequest.Method, version: HTTPVersion, path: String?, requestID: String,
        remoteAddress: String
    ) {
        self.method = method
        self.version = version
        summary = RequestSummary(
            requestID: requestID, remoteAddress: remoteAddress, method: path == nil ? "-" : method.rawValue,
            path: path ?? "-")
    }
}

/// A request body that is still arriving.
struct BodySource: RequestBodySource {
    let connection: Connection
    let exchange: Exchange

    func next() async throws(RequestBodyError) -> [UInt8]? {
        let step = await withCheckedContinuation { continuation in
            connection.loop.execute { connection.nextBodyStep(exchange, continuation) }
        }
        switch step {
        case .piece(let bytes): return bytes
        case .failed(let error): throw error
        case .end, .wait: return nil
        }
    }
}

/// Writes a streamed response to its connection.
struct StreamWriter: ResponseBodyWriter {
    let connection: Connection
    let exchange: Exchange

    func write(_ bytes: [UInt8]) async throws(ResponseWriteError) {
        let error = await withCheckedContinuation { continuation in
            connection.loop.execute { connection.write(bytes, exchange, continuation) }
        }
        if let error { throw error }
    }
}
