import HTTPHandling
import HTTPTypes

/// What the fields say about the message itself, gathered while they are read.
struct FieldFacts {
    private(set) var hasHost = false
    private(set) var contentLength: Int?
    private(set) var codings: [Coding] = []
    private(set) var hasTransferEncoding = false
    private(set) var saysClose = false
    private(set) var saysKeepAlive = false
    private(set) var expectsContinue = false
    private(set) var expectsUnknown = false

    enum Coding { case chunked, registered, unknown }

    mutating func note(_ name: String, _ value: Span<UInt8>) throws(HTTPProblem) {
        switch name {
        case "host":
            // RFC 9112, 3.2: exactly one, and well-formed.
            guard !hasHost else { throw .badRequest("More than one Host field.") }
            _ = try Authority.validate(value)
            hasHost = true
        case "content-length": try noteContentLength(value)
        case "transfer-encoding": try noteTransferEncoding(value)
        case "connection":
            Self.forEachElement(of: value) { element in
                if ASCII.equals(element, lowercased: "close") { saysClose = true }
                if ASCII.equals(element, lowercased: "keep-alive") { saysKeepAlive = true }
            }
        case "expect":
            // RFC 9110, 10.1.1: 100-continue is the only expectation there is.
            if ASCII.equals(value, lowercased: "100-continue") {
                expectsContinue = true
            } else {
                expectsUnknown = true
            }
        default: break
        }
    }

    /// RFC 9112, 6.3: digits only, once; a list or a repetition is refused even if its values agree.
    private mutating func noteContentLength(_ value: Span<UInt8>) throws(HTTPProblem) {
        guard contentLength == nil else { throw .badRequest("More than one Content-Length.") }
        guard !value.isEmpty else { throw .badRequest("A malformed Content-Length.") }
        var length = 0
        for index in 0..<value.count {
            guard ASCII.isDigit(value[index]) else { throw .badRequest("A malformed Content-Length.") }
            let (scaled, overflow) = length.multipliedReportingOverflow(by: 10)
            let (sum, carry) = scaled.addingReportingOverflow(Int(value[index] - 0x30))
            guard !overflow, !carry else { throw .badRequest("Content-Length is out of range.") }
            length = sum
        }
        contentLength = length
    }

    /// RFC 9112, 6.1. A parameter or an empty element makes the list malformed here.
    private mutating func noteTransferEncoding(_ value: Span<UInt8>) throws(HTTPProblem) {
        hasTransferEncoding = true
        var malformed = false
        Self.forEachElement(of: value) { element in
            if element.isEmpty { malformed = true }
            for index in 0..<element.count where !ASCII.isToken(element[index]) { malformed = true }
            codings.append(Self.coding(element))
        }
        guard !malformed else { throw .badRequest("A malformed Transfer-Encoding.") }
    }

    private static func coding(_ name: Span<UInt8>) -> Coding {
        if ASCII.equals(name, lowercased: "chunked") { return .chunked }
        let registered: [StaticString] = [
            "gzip", "x-gzip", "deflate", "compress", "x-compress", "identity",
        ]
        return registered.contains { ASCII.equals(name, lowercased: $0) } ? .registered : .unknown
    }

    /// Calls `body` with each comma-separated element, blanks around it taken off.
    private static func forEachElement(of value: Span<UInt8>, _ body: (Span<UInt8>) -> Void) {
        var start = 0
        for index in 0...value.count where index == value.count || value[index] == 0x2C {
            body(value.extracting(value.trimmed(start..<index)))
            start = index + 1
        }
    }
}

/// The checks that need the whole head.
enum FramingRules {
    static func finish(
        _ line: RequestLine, fields: HTTPFields, facts: FieldFacts, byteCount: Int
    ) throws(HTTPProblem) -> ParsedHead {
        // RFC 9112, 3.2: HTTP/1.1 requires Host.
        guard facts.hasHost || line.version == .oneZero else {
            throw .badRequest("Host is missing.")
        }
        let framing = try framing(line, facts)
        if line.method == .connect {
            throw HTTPProblem(status: .notImplemented, detail: "CONNECT is not implemented.")
        }
        // RFC 9110, 10.1.1: an expectation that cannot be met is 417; one of an HTTP/1.0 client is ignored.
        if facts.expectsUnknown, line.version == .oneOne {
            throw HTTPProblem(status: .expectationFailed, detail: "Only 100-continue can be expected.")
        }
        return ParsedHead(
            method: line.method, target: line.target, fields: fields, version: line.version,
            framing: framing,
            keepsAlive: !facts.saysClose && (line.version == .oneOne || facts.saysKeepAlive),
            expectsContinue: facts.expectsContinue && line.version == .oneOne && framing != .none,
            byteCount: byteCount)
    }

    /// RFC 9112, 6.3, without any of its leniency.
    private static func framing(_ line: RequestLine, _ facts: FieldFacts) throws(HTTPProblem) -> BodyFraming {
        guard facts.hasTransferEncoding else {
            return switch facts.contentLength {
            case nil, 0: .none
            case .some(let length): .length(length)
            }
        }
        // RFC 9112, 6.1: both lengths at once may be request smuggling; 1.0 knows no transfer codings.
        guard facts.contentLength == nil else {
            throw .badRequest("Content-Length together with Transfer-Encoding.")
        }
        guard line.version == .oneOne else { throw .badRequest("Transfer-Encoding in an HTTP/1.0 request.") }
        guard !facts.codings.contains(.unknown) else {
            throw HTTPProblem(status: .notImplemented, detail: "An unknown transfer coding.")
        }
        guard facts.codings == [.chunked] else {
            throw .badRequest("The only transfer coding accepted is a single chunked.")
        }
        return .chunked
    }
}
