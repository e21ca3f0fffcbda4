public import HTTPHandling
public import HTTPTypes

/// A request target, decoded once (RFC 9112, 3.2; RFC 3986).
package struct RequestTarget: Sendable, Equatable {
    /// The target as it came: path and query, or `*`.
    package let path: String
    /// The authority of an absolute target, which overrides `Host`.
    package let authority: String?
    /// The decoded path segments.
    package let segments: [String]
    /// The decoded query.
    package let query: [QueryItem]

    /// Reads a target in origin form, absolute form, or `*` for OPTIONS.
    /// - Throws: 400 for anything malformed, for dot segments and NUL even when encoded; 501 for CONNECT's form.
    package init(_ text: String, method: HTTPRequest.Method = .get) throws(HTTPProblem) {
        let bytes = Array(text.utf8)
        try self.init(bytes.span, method: method)
    }

    init(_ target: Span<UInt8>, method: HTTPRequest.Method) throws(HTTPProblem) {
        guard let first = target.count > 0 ? target[0] : nil else { throw .badRequest("An empty target.") }
        if first == 0x2A, target.count == 1, method == .options {
            // RFC 9112, 3.2.4: the asterisk form is for OPTIONS only.
            (path, authority, segments, query) = ("*", nil, [], [])
            return
        }
        if method == .connect {
            // RFC 9112, 3.2.3: CONNECT names an authority; this server is no proxy.
            _ = try Authority.validate(target)
            throw HTTPProblem(status: .notImplemented, detail: "CONNECT is not implemented.")
        }
        var start = 0
        if first != 0x2F {
            start = try Self.authorityStart(target)
            let begin = start
            while start < target.count, target[start] != 0x2F, target[start] != 0x3F { start += 1 }
            authority = try Authority.validate(target.extracting(begin..<start))
        } else {
            authority = nil
        }
        var queryMark = start
        while queryMark < target.count, target[queryMark] != 0x3F { queryMark += 1 }
        segments = try Self.segments(target, start..<queryMark)
        if queryMark < target.count {
            try Self.checkQuery(target, queryMark + 1..<target.count)
            query = try QueryItem.parse(target, queryMark + 1..<target.count)
        } else {
            query = []
        }
        guard let text = target.string(start..<target.count) else { throw .badRequest("A malformed target.") }
        path = start == queryMark ? "/" + text : text
    }

    /// RFC 9112, 3.2.2: servers accept the absolute form; the schemes are those of RFC 9110, 4.2.
    private static func authorityStart(_ target: Span<UInt8>) throws(HTTPProblem) -> Int {
        for (scheme, count) in [("http://" as StaticString, 7), ("https://", 8)]
        where target.count > count && ASCII.equals(target.extracting(0..<count), lowercased: scheme) {
            return count
        }
        throw .badRequest("A malformed target.")
    }

    private static func segments(_ target: Span<UInt8>, _ range: Range<Int>) throws(HTTPProblem) -> [String] {
        guard range.count > 1 else { return [] }
        var segments: [String] = []
        var start = range.lowerBound + 1
        var index = start
        var isPlain = true
        while index <= range.upperBound {
            if index == range.upperBound || target[index] == 0x2F {
                let segment =
                    isPlain
                    ? target.string(start..<index)
                    : try PercentCoding.decode(target.extracting(start..<index), plusIsSpace: false)
                // RFC 3986, 5.2.4 would remove dot segments; a path that has them is refused, so that no
                // part of the service sees another path than a proxy in front of it did.
                guard let segment, segment != ".", segment != ".." else {
                    throw .badRequest("A dot segment in the path.")
                }
                segments.append(segment)
                start = index + 1
                isPlain = true
            } else if target[index] == 0x25 {
                isPlain = false
            } else if !ASCII.isPathCharacter(target[index]) {
                throw .badRequest("A character that a path cannot have.")
            }
            index += 1
        }
        return segments
    }

    /// RFC 3986, 3.4: path characters, slash and question mark; all else must be encoded, brackets too.
    private static func checkQuery(_ target: Span<UInt8>, _ range: Range<Int>) throws(HTTPProblem) {
        for index in range {
            let byte = target[index]
            guard ASCII.isPathCharacter(byte) || byte == 0x25 || byte == 0x2F || byte == 0x3F else {
                throw .badRequest("A character that a query cannot have.")
            }
        }
    }
}

extension ServerRequest {
    /// A request made without a connection, for tests.
    /// - Throws: the 400 a connection would answer if the target is malformed.
    public init(
        _ method: HTTPRequest.Method, _ target: String, fields: HTTPFields = [:], body: [UInt8] = [],
        remoteAddress: String = "127.0.0.1", requestID: String = ""
    ) throws(HTTPProblem) {
        let parsed = try RequestTarget(target, method: method)
        self.init(
            method: method, target: parsed.path, segments: parsed.segments, query: parsed.query,
            fields: fields, body: RequestBody(body), remoteAddress: remoteAddress, requestID: requestID)
    }
}
