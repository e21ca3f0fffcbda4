public import HTTPTypes

/// A request as a handler sees it.
public struct ServerRequest: Sendable {
    /// Method, fields and version.
    public var head: HTTPRequestHead
    /// The decoded path and query.
    public var target: RequestTarget
    /// The body; arrives while it is read.
    public var body: RequestBody
    /// The client's IP address in text form.
    public var remoteAddress: String
    /// The client's `X-Request-Id`, or one made for this request.
    public var requestID: String

    /// A request, for tests and for handlers that pass on a changed one.
    public init(
        head: HTTPRequestHead, target: RequestTarget, body: RequestBody = RequestBody(),
        remoteAddress: String = "", requestID: String = ""
    ) {
        self.head = head
        self.target = target
        self.body = body
        self.remoteAddress = remoteAddress
        self.requestID = requestID
    }

    /// A request made from its parts, without a connection.
    /// - Throws: the 400 a connection would answer if the target is malformed.
    public init(
        _ method: HTTPRequest.Method, _ target: String, fields: HTTPFields = [:], body: [UInt8] = [],
        remoteAddress: String = "127.0.0.1", requestID: String = ""
    ) throws(HTTPProblem) {
        let request = HTTPRequest(
            method: method, scheme: "http", authority: "localhost", path: target, headerFields: fields)
        self.init(
            head: HTTPRequestHead(request: request), target: try RequestTarget(target, method: method),
            body: RequestBody(body), remoteAddress: remoteAddress, requestID: requestID)
    }

    /// The method.
    public var method: HTTPRequest.Method { head.request.method }
    /// The fields, in order, duplicates kept.
    public var fields: HTTPFields { head.request.headerFields }
    /// The decoded path segments.
    public var segments: [String] { target.segments }
    /// The decoded query items, in order.
    public var query: [QueryItem] { target.query }

    /// The request id to use for a head: the client's if it is 1 to `limit` visible ASCII characters and the
    /// only one, else nil.
    package static func clientRequestID(in fields: HTTPFields, limit: Int) -> String? {
        let values = fields[values: .xRequestID]
        guard let id = values.first, values.count == 1, !id.isEmpty, id.utf8.count <= limit,
            id.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else { return nil }
        return id
    }
}

extension HTTPField.Name {
    /// `X-Request-Id`.
    public static let xRequestID: HTTPField.Name = HTTPField.Name(parsed: "x-request-id") ?? .via
}
