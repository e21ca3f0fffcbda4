public import HTTPTypes

/// The protocol versions that are spoken. A higher minor version is read as 1.1 (RFC 9110, 2.5).
public enum HTTPVersion: Sendable, Equatable {
    /// HTTP/1.0
    case oneZero
    /// HTTP/1.1
    case oneOne
}

/// The head of a request: method, target and fields as they came, and the version.
public struct HTTPRequestHead: Sendable, Equatable {
    /// Method, authority, path with query, and fields in order, duplicates kept, names in lower case.
    public var request: HTTPRequest
    /// The client's version.
    public var version: HTTPVersion

    /// A head.
    public init(request: HTTPRequest, version: HTTPVersion = .oneOne) {
        self.request = request
        self.version = version
    }
}

/// How a request's body is delimited (RFC 9112, 6.3).
package enum BodyFraming: Sendable, Equatable {
    case none
    case length(Int)
    case chunked

    /// The length that the head told.
    package var declaredLength: Int? {
        switch self {
        case .none: 0
        case .length(let length): length
        case .chunked: nil
        }
    }
}

/// What the parser makes of a request's head.
package struct ParsedHead: Sendable, Equatable {
    /// Method, target and fields.
    package var head: HTTPRequestHead
    /// The decoded target.
    package var target: RequestTarget
    /// How the body is delimited.
    package var framing: BodyFraming
    /// Whether the client lets the connection live on (RFC 9112, 9.3).
    package var keepsAlive: Bool
    /// Whether the client waits for 100 before it sends the body (RFC 9110, 10.1.1).
    package var expectsContinue: Bool
    /// Bytes of the head, empty lines before it included.
    package var byteCount: Int
}
