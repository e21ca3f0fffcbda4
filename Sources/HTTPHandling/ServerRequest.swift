public import HTTPTypes

/// A request as a handler sees it.
public struct ServerRequest: Sendable {
    /// The method.
    public var method: HTTPRequest.Method
    /// The target as it came: path and query, or `*`.
    public var target: String
    /// The decoded path segments: `/a/b` is `["a", "b"]`, `/a/` is `["a", ""]`, `/` and `*` are empty.
    /// An encoded slash is data inside its segment.
    public var segments: [String]
    /// The decoded query, in order, duplicates kept.
    public var query: [QueryItem]
    /// The fields, in order, duplicates kept, names in lower case.
    public var fields: HTTPFields
    /// The body; arrives while it is read.
    public var body: RequestBody
    /// The client's IP address in text form.
    public var remoteAddress: String
    /// The client's `X-Request-Id`, or one made for this request.
    public var requestID: String

    /// A request made from its parts.
    package init(
        method: HTTPRequest.Method, target: String, segments: [String], query: [QueryItem],
        fields: HTTPFields, body: RequestBody, remoteAddress: String, requestID: String
    ) {
        (self.method, self.target, self.segments, self.query) = (method, target, segments, query)
        (self.fields, self.body, self.remoteAddress) = (fields, body, remoteAddress)
        self.requestID = requestID
    }
}

/// A name and a value of a query or an `application/x-www-form-urlencoded` body, decoded.
public struct QueryItem: Sendable, Equatable {
    /// The decoded name.
    public var name: String
    /// The decoded value; empty if there was no equals sign.
    public var value: String

    /// An item.
    public init(name: String, value: String) {
        self.name = name
        self.value = value
    }
}

extension HTTPField.Name {
    /// `X-Request-Id`.
    public static let xRequestID: HTTPField.Name = HTTPField.Name(parsed: "x-request-id") ?? .via
}
