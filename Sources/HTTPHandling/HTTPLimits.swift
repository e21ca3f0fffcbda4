/// Every limit and timeout of the HTTP server, named once.
///
/// Sizes are bytes, times are milliseconds. A value at the limit passes, one past it does not.
/// Values beyond 2^40 are not meant to be set.
public struct HTTPLimits: Sendable, Equatable {
    /// Longest request line without its line end; beyond it 414 (RFC 9112, 3: at least 8,000 bytes pass).
    public var requestLineBytes = 8 * 1024
    /// Longest field line (name, colon and value) without its line end; beyond it 431.
    public var fieldBytes = 16 * 1024
    /// Longest head, from the request line to the empty line, line ends included; beyond it 431.
    public var headBytes = 32 * 1024
    /// Most field lines in a head, itself at most 65,000; beyond it 431.
    public var fieldCount = 200
    /// Most empty lines before a request line (RFC 9112, 2.2); beyond it 400.
    public var emptyLinesBeforeRequest = 4
    /// Most hexadecimal digits of a chunk size, leading zeros included; beyond it 400.
    public var chunkSizeDigits = 16
    /// Longest chunk-size line, extensions included, without its line end; beyond it 400.
    public var chunkLineBytes = 4 * 1024
    /// Most bytes of chunk extensions in a body, which carry nothing anyone reads; beyond it 400.
    public var chunkExtensionBytes = 16 * 1024
    /// Longest trailer section of a chunked body, line ends included; beyond it 431.
    public var trailerBytes = 8 * 1024
    /// Longest JSON body that a handler collects; beyond it 413.
    public var jsonBodyBytes = 1024 * 1024
    /// Most bytes that one byte of a compressed body may become on average, beyond `inflatedFreeBytes`; then 413.
    public var inflatedRatio = 200
    /// Inflated bytes of a body that no ratio is asked for.
    public var inflatedFreeBytes = 1024 * 1024
    /// Shortest body of known length that is compressed in an answer.
    public var gzipMinimumBytes = 1024
    /// Most decoded body bytes held for a handler that has not taken them; the socket is not read beyond.
    public var bodyWindowBytes = 64 * 1024
    /// Unsent response bytes beyond which a streaming handler's `write` waits.
    public var writeWindowBytes = 64 * 1024

    /// From accepting a connection to its first byte ever.
    public var firstByteTimeoutMilliseconds: UInt64 = 10_000
    /// From the first byte of a head to its last, on kept-alive connections too; beyond it 408.
    public var headTimeoutMilliseconds: UInt64 = 10_000
    /// Between two reads of a body; beyond it 408.
    public var bodyTimeoutMilliseconds: UInt64 = 10_000
    /// Slowest body, averaged over the time the server waited for it, once that exceeds
    /// `bodyTimeoutMilliseconds`; below it 408.
    public var bodyMinimumBytesPerSecond: UInt64 = 256
    /// Without any progress in sending an answer; beyond it the connection is dropped.
    public var writeStallTimeoutMilliseconds: UInt64 = 30_000
    /// Between an answer and the next request's first byte.
    public var idleTimeoutMilliseconds: UInt64 = 60_000
    /// How long a closing connection still swallows what its client sends (RFC 9112, 9.6).
    public var lingerMilliseconds: UInt64 = 2_000
    /// How much a closing connection, or an unread body before the next request, may still bring.
    public var lingerBytes = 256 * 1024
    /// How often deadlines are looked at: a timeout fires at most this much late.
    public var tickMilliseconds: UInt64 = 250
    /// From asking for shutdown until connections still open are dropped.
    public var drainGraceMilliseconds: UInt64 = 30_000
    /// Pause of the listener after the process ran out of file descriptors or memory.
    public var acceptBackoffMilliseconds: UInt64 = 100

    /// Most connections at once; one more is answered 503 and closed.
    public var connections = 16_384
    /// Requests answered on one connection before it is closed.
    public var requestsPerConnection = 1_000
    /// Requests being handled at once, over all connections; one more is answered 503.
    public var requestsInFlight = 4_096
    /// What `Retry-After` says on a 503 of the server's own.
    public var retryAfterSeconds = 1
    /// Longest `X-Request-Id` taken over from a client.
    public var requestIDBytes = 128
    /// Connections waiting in the kernel to be accepted.
    public var listenBacklog: Int32 = 4_096

    /// How long a loop waits for sockets by itself before it leaves that to Dispatch.
    public var busyWaitMilliseconds: Int32 = 10

    /// The defaults.
    public init() {}
}
