public import HTTPTypes

/// An error answer in the form of RFC 9457, `application/problem+json`.
///
/// The server makes its own (400, 408, 413, 414, 417, 431, 501, 503, 505) with it, and handlers use it too.
public struct HTTPProblem: Error, Sendable, Equatable {
    /// One fault among several, for example a field of a JSON body.
    public struct Entry: Sendable, Equatable {
        /// Where it is: a JSON Pointer (RFC 6901) into the request's body, or a parameter's name.
        public var pointer: String
        /// What it is, for programs.
        public var code: String
        /// What it is, for people.
        public var detail: String

        /// One fault.
        public init(pointer: String, code: String, detail: String) {
            self.pointer = pointer
            self.code = code
            self.detail = detail
        }
    }

    /// The response's status.
    public var status: HTTPResponse.Status
    /// A URI that names the kind of problem.
    public var type: String
    /// A short summary of the kind of problem.
    public var title: String
    /// What went wrong this time.
    public var detail: String?
    /// The faults one by one; left out of the JSON when empty.
    public var errors: [Entry]
    /// Further response fields, for example `Retry-After` or `Allow`.
    public var fields: HTTPFields

    /// A problem; its title is the status's reason phrase unless given.
    public init(
        status: HTTPResponse.Status, type: String = "about:blank", title: String? = nil,
        detail: String? = nil, errors: [Entry] = [], fields: HTTPFields = [:]
    ) {
        self.status = status
        self.type = type
        self.title = title ?? status.reasonPhrase
        self.detail = detail
        self.errors = errors
        self.fields = fields
    }

    /// The problem as a JSON object, in UTF-8.
    public var json: [UInt8] {
        var out: [UInt8] = []
        out.append("{\"type\":")
        out.append(jsonString: type)
        out.append(",\"title\":")
        out.append(jsonString: title)
        out.append(",\"status\":")
        out.append(decimal: status.code)
        if let detail {
            out.append(",\"detail\":")
            out.append(jsonString: detail)
        }
        for (index, entry) in errors.enumerated() {
            out.append(index == 0 ? ",\"errors\":[{\"pointer\":" : ",{\"pointer\":")
            out.append(jsonString: entry.pointer)
            out.append(",\"code\":")
            out.append(jsonString: entry.code)
            out.append(",\"detail\":")
            out.append(jsonString: entry.detail)
            out.append(index == errors.count - 1 ? "}]" : "}")
        }
        out.append("}")
        return out
    }

    /// The problem as a response.
    /// - Parameter closesConnection: whether the connection ends with it.
    public func response(closesConnection: Bool = false) -> ServerResponse {
        var fields = fields
        fields[.contentType] = "application/problem+json"
        return ServerResponse(
            status: status, fields: fields, body: .bytes(json), closesConnection: closesConnection)
    }
}

extension HTTPProblem {
    /// A request that is not understood: 400.
    package static func badRequest(_ detail: String) -> HTTPProblem {
        HTTPProblem(status: .badRequest, detail: detail)
    }
}
