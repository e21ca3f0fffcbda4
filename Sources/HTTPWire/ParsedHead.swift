package import HTTPTypes

/// The protocol versions that are spoken. A higher minor version is read as 1.1 (RFC 9110, 2.5).
package enum HTTPVersion: Sendable, Equatable {
    /// HTTP/1.0
    case oneZero
    /// HTTP/1.1
    case oneOne
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
    /// The method.
    package var method: HTTPRequest.Method
    /// The decoded target; its authority, else that of `Host`, is the request's (RFC 9112, 3.2.2).
    package var target: RequestTarget
    /// The fields in order, duplicates kept, names in lower case.
    package var fields: HTTPFields
    /// The client's version.
    package var version: HTTPVersion
    /// How the body is delimited.
    package var framing: BodyFraming
    /// Whether the client lets the connection live on (RFC 9112, 9.3).
    package var keepsAlive: Bool
    /// Whether the client waits for 100 before it sends the body (RFC 9110, 10.1.1).
    package var expectsContinue: Bool
    /// Bytes of the head, empty lines before it included.
    package var byteCount: Int
}
