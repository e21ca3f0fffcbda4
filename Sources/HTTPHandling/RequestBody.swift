/// Why a request's body did not arrive whole.
public enum RequestBodyError: Error, Sendable, Equatable {
    /// It is longer than the caller of `collect(upTo:)` allows, or grows too much when inflated; answer 413.
    case tooLarge
    /// The client ended or dropped the connection before the body's end.
    case truncated
    /// Its chunks or its content coding are broken; answer 400.
    case malformed
    /// The client sent too slowly or not at all; answer 408.
    case timedOut
}

/// Hands out a body piece by piece; made by the server, or by a handler that transforms another body.
public protocol RequestBodySource: Sendable {
    /// The next piece, never empty, or nil at the end. The socket is not read ahead of the consumer by more
    /// than `HTTPLimits.bodyWindowBytes`; waiting here holds no thread.
    func next() async throws(RequestBodyError) -> [UInt8]?
}

/// A request's body: a sequence of pieces to be iterated once, by one task at a time.
public struct RequestBody: AsyncSequence, Sendable {
    /// A piece of the body.
    public typealias Element = [UInt8]
    /// What iterating throws.
    public typealias Failure = RequestBodyError

    private enum Storage: Sendable {
        case bytes([UInt8])
        case source(any RequestBodySource)
    }

    private let storage: Storage

    /// The length the client announced, 0 for no body, nil for a chunked one.
    public let declaredLength: Int?

    /// A body that is there already.
    public init(_ bytes: [UInt8] = []) {
        storage = .bytes(bytes)
        declaredLength = bytes.count
    }

    /// A body that is still arriving.
    public init(declaredLength: Int?, source: any RequestBodySource) {
        storage = .source(source)
        self.declaredLength = declaredLength
    }

    package init(declaredLength: Int?, bytes: [UInt8]) {
        storage = .bytes(bytes)
        self.declaredLength = declaredLength
    }

    /// Starts reading; a body from a socket continues where an earlier iterator stopped.
    public func makeAsyncIterator() -> AsyncIterator {
        switch storage {
        case .bytes(let bytes): AsyncIterator(bytes: bytes, source: nil)
        case .source(let source): AsyncIterator(bytes: [], source: source)
        }
    }

    /// The whole body.
    /// - Parameter limit: most bytes accepted; a longer body, announced or not, throws `.tooLarge`.
    public func collect(upTo limit: Int) async throws(RequestBodyError) -> [UInt8] {
        if let declaredLength, declaredLength > limit { throw .tooLarge }
        switch storage {
        case .bytes(let bytes):
            guard bytes.count <= limit else { throw .tooLarge }
            return bytes
        case .source(let source):
            var whole: [UInt8] = []
            while let piece = try await source.next() {
                guard piece.count <= limit - whole.count else { throw .tooLarge }
                if whole.isEmpty { whole = piece } else { whole.append(contentsOf: piece) }
            }
            return whole
        }
    }

    /// Iterates over a body's pieces.
    public struct AsyncIterator: AsyncIteratorProtocol, Sendable {
        fileprivate var bytes: [UInt8]
        fileprivate let source: (any RequestBodySource)?

        /// The next piece, never empty, or nil at the end.
        public mutating func next(
            isolation actor: isolated (any Actor)?
        ) async throws(RequestBodyError) -> [UInt8]? {
            if let source { return try await source.next() }
            guard !bytes.isEmpty else { return nil }
            defer { bytes = [] }
            return bytes
        }
    }
}
