public import HTTPTypes

/// What a handler answers. The server adds `Date`, `Content-Length` or `Transfer-Encoding`, `Connection` and
/// `X-Request-Id`.
public struct ServerResponse: Sendable {
    /// A response's body.
    public enum Body: Sendable {
        /// None.
        case empty
        /// All of it.
        case bytes([UInt8])
        /// Written piece by piece, chunked for HTTP/1.1 and ended by closing for HTTP/1.0. Throwing aborts
        /// the connection without the final chunk, so that the client sees a broken answer. Not called for
        /// HEAD, 204 and 304.
        case stream(@Sendable (any ResponseBodyWriter) async throws -> Void)
    }

    /// The status; an informational one is a handler's fault and answered as 500.
    public var status: HTTPResponse.Status
    /// The fields. `Content-Length` counts for a HEAD answer without body only; `Date`, `Connection` and
    /// `Transfer-Encoding` are the server's.
    public var fields: HTTPFields
    /// The body.
    public var body: Body
    /// Whether the connection ends after this response.
    public var closesConnection: Bool
    /// The name of what answered, such as a path's template, for logs and metrics; never sent.
    public var route: String?

    /// A response.
    public init(
        status: HTTPResponse.Status, fields: HTTPFields = [:], body: Body = .empty,
        closesConnection: Bool = false
    ) {
        self.status = status
        self.fields = fields
        self.body = body
        self.closesConnection = closesConnection
    }
}

/// Why a streamed response cannot go on.
public enum ResponseWriteError: Error, Sendable, Equatable {
    /// The client is gone, or the server is being stopped.
    case disconnected
    /// The client took nothing for `HTTPLimits.writeStallTimeoutMilliseconds`.
    case stalled
}

/// Takes a streamed response's bytes, from one task at a time.
public protocol ResponseBodyWriter: Sendable {
    /// Sends bytes; waits, without holding a thread, while the client is slow to take what was written before.
    func write(_ bytes: [UInt8]) async throws(ResponseWriteError)
}

/// Answers requests.
///
/// What concerns all requests belongs into a handler that wraps another, as `ContentCodings` does: it reads the body
/// through a `RequestBodySource` of its own, and changes the response's body.
public protocol RequestHandler: Sendable {
    /// Answers one request. Runs on the socket's queue until it first waits: never block in it.
    func respond(to request: ServerRequest) async -> ServerResponse
}
