public import HTTPTypes

/// A request target, decoded once (RFC 9112, 3.2; RFC 3986).
public struct RequestTarget: Sendable, Equatable {
    /// The target as it came: path and query, or `*`.
    public let path: String
    /// The authority of an absolute target, which overrides `Host`.
    public let authority: String?
    /// The decoded path segments: `/a/b` is `["a", "b"]`, `/a/` is `["a", ""]`, `/` and `*` are empty.
    /// An encoded slash is data inside its segment.
    public let segments: [String]
    /// The decoded query, in order, duplicates kept.
    public let query: [QueryItem]

    /// Reads a target in origin form, absolute form, or `*` for OPTIONS.
    /// - Throws: 400 for anything malformed, for dot segments and NUL even when encoded; 501 for CONNECT's form.
    public init(_ text: String, method: HTTPRequest.Method = .get) throws(HTTPProblem) {
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

/// A name and a value of a query or an `application/x-www-form-urlencoded` body.
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

    /// Decodes a form body: items at `&`, plus signs are spaces, empty items are skipped.
    /// - Throws: 400 for a malformed escape, NUL, or bytes that are not UTF-8.
    public static func parse(form: [UInt8]) throws(HTTPProblem) -> [QueryItem] {
        try parse(form.span, 0..<form.count)
    }

    static func parse(_ bytes: Span<UInt8>, _ range: Range<Int>) throws(HTTPProblem) -> [QueryItem] {
        var items: [QueryItem] = []
        var start = range.lowerBound
        var equals: Int?
        for index in range.lowerBound...range.upperBound {
            guard index == range.upperBound || bytes[index] == 0x26 else {
                if equals == nil, bytes[index] == 0x3D { equals = index }
                continue
            }
            if index > start {
                let name = try PercentCoding.decode(
                    bytes.extracting(start..<(equals ?? index)), plusIsSpace: true)
                let value =
                    if let equals {
                        try PercentCoding.decode(bytes.extracting(equals + 1..<index), plusIsSpace: true)
                    } else { "" }
                items.append(QueryItem(name: name, value: value))
            }
            start = index + 1
            equals = nil
        }
        return items
    }
}

enum PercentCoding {
    /// Decodes once (RFC 3986, 2.4).
    /// - Throws: 400 for an escape without two hexadecimal digits, NUL, or a result that is not UTF-8.
    static func decode(_ bytes: Span<UInt8>, plusIsSpace: Bool) throws(HTTPProblem) -> String {
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            var byte = bytes[index]
            index += 1
            if byte == 0x25 {
                guard index + 1 < bytes.count, let high = ASCII.hexValue(bytes[index]),
                    let low = ASCII.hexValue(bytes[index + 1])
                else { throw .badRequest("A malformed percent escape.") }
                byte = high << 4 | low
                index += 2
            } else if byte == 0x2B, plusIsSpace {
                byte = ASCII.space
            }
            guard byte != 0 else { throw .badRequest("An encoded NUL.") }
            out.append(byte)
        }
        guard let text = out.span.string(0..<out.count) else {
            throw .badRequest("An escape that is not UTF-8.")
        }
        return text
    }
}

/// `uri-host [ ":" port ]` of RFC 9110, 7.2.
enum Authority {
    /// Returns the authority if it is well-formed and names a host (RFC 9110, 4.2.1: an empty one is refused).
    /// User information is refused too (RFC 9110, 4.2.4).
    static func validate(_ value: Span<UInt8>) throws(HTTPProblem) -> String {
        var index = 0
        if value.count > 0, value[0] == 0x5B {
            index = 1
            while index < value.count, isIPLiteral(value[index]) { index += 1 }
            guard index > 2, index < value.count, value[index] == 0x5D else { throw .badRequest(malformed) }
            index += 1
        } else {
            while index < value.count, value[index] != 0x3A {
                if value[index] == 0x25 {
                    guard index + 2 < value.count, ASCII.hexValue(value[index + 1]) != nil,
                        ASCII.hexValue(value[index + 2]) != nil
                    else { throw .badRequest(malformed) }
                    index += 3
                } else {
                    guard ASCII.isRegName(value[index]) else { throw .badRequest(malformed) }
                    index += 1
                }
            }
        }
        guard index > 0 else { throw .badRequest("An empty host.") }
        if index < value.count {
            guard value[index] == 0x3A else { throw .badRequest(malformed) }
            var port = 0
            for digit in index + 1..<value.count {
                guard ASCII.isDigit(value[digit]), port <= 65_535 else { throw .badRequest(malformed) }
                port = port * 10 + Int(value[digit] - 0x30)
            }
            guard port <= 65_535 else { throw .badRequest(malformed) }
        }
        guard let text = value.string(0..<value.count) else { throw .badRequest(malformed) }
        return text
    }

    private static let malformed = "A malformed host."

    /// What may stand between the brackets of an IP literal (RFC 3986, 3.2.2), zone identifiers excepted.
    private static func isIPLiteral(_ byte: UInt8) -> Bool {
        ASCII.hexValue(byte) != nil || byte == 0x3A || byte == 0x2E
    }
}
