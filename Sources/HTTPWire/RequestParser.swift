package import HTTPHandling
package import HTTPTypes

/// Reads a request's head, byte by byte and in order, so that every split of the bytes gives the same result.
///
/// The caller keeps the bytes of an unfinished head and presents them again, with more behind them; the parser
/// remembers how far it came. Nothing is repaired: what RFC 9112 calls invalid is refused.
///
/// Read on from here: `RequestLine` and `RequestTarget`, then `FramingRules` for what the fields decide, `BodyDecoder`
/// for what follows the head, and `ResponseSerializer` for the way back.
package struct RequestParser {
    private var position = 0
    private var lineStart = 0
    private var messageStart = 0
    private var emptyLines = 0
    private var line: RequestLine?
    private var fields = HTTPFields()
    private var facts = FieldFacts()

    /// A parser for the next request.
    package init() {}

    /// Whether nothing of a request line has been seen yet.
    package var isAtStart: Bool { line == nil && position == messageStart }

    /// The method, once the request line has been read.
    package var method: HTTPRequest.Method? { line?.method }

    /// Reads on.
    /// - Parameters:
    ///   - bytes: the connection's unread bytes.
    ///   - start: where this request begins in them.
    /// - Returns: the head when it is complete (the parser is then ready for the next request), else nil.
    /// - Throws: the problem to answer with, after which the connection must close.
    package mutating func parse(
        _ bytes: [UInt8], from start: Int = 0, _ limits: HTTPLimits
    ) throws(HTTPProblem) -> ParsedHead? {
        let input = bytes.span.extracting(start...)
        while let range = try nextLine(input, limits) {
            if range.isEmpty {
                guard let line else {
                    try skipEmptyLine(limits)
                    continue
                }
                let parsed = try FramingRules.finish(line, fields: fields, facts: facts, byteCount: position)
                self = RequestParser()
                return parsed
            }
            if line == nil {
                line = try RequestLine(input, range)
            } else {
                try addField(input, range, limits)
            }
        }
        return nil
    }

    /// The next complete line without its CR LF, or nil if it has not come yet.
    private mutating func nextLine(
        _ input: Span<UInt8>, _ limits: HTTPLimits
    ) throws(HTTPProblem) -> Range<Int>? {
        let lineStop = lineStart + (line == nil ? limits.requestLineBytes : limits.fieldBytes)
        let headStop = messageStart + limits.headBytes
        let stop = min(lineStop, headStop)
        while position < input.count {
            let byte = input[position]
            if ASCII.isText(byte) {
                guard position < stop else { throw tooLong(headIsFull: headStop <= lineStop) }
                position += 1
                continue
            }
            // RFC 9112, 2.2: a lone LF might be taken for a line end and a lone CR for nothing; both are refused.
            guard byte == ASCII.cr else {
                throw .badRequest(
                    byte == ASCII.lf ? "A line ends in a bare LF." : "A control byte in the head.")
            }
            guard position + 1 < input.count else { return nil }
            guard input[position + 1] == ASCII.lf else { throw .badRequest("A bare CR in the head.") }
            let range = lineStart..<position
            position += 2
            lineStart = position
            guard position - messageStart <= limits.headBytes else { throw tooLong(headIsFull: true) }
            return range
        }
        return nil
    }

    private func tooLong(headIsFull: Bool) -> HTTPProblem {
        if line == nil {
            return HTTPProblem(status: .uriTooLong, detail: "The request line is too long.")
        }
        return HTTPProblem(
            status: .requestHeaderFieldsTooLarge,
            detail: headIsFull ? "The head is too long." : "A field is too long.")
    }

    /// RFC 9112, 2.2: empty lines before a request are skipped, a few of them.
    private mutating func skipEmptyLine(_ limits: HTTPLimits) throws(HTTPProblem) {
        emptyLines += 1
        guard emptyLines <= limits.emptyLinesBeforeRequest else {
            throw .badRequest("Too many empty lines before the request.")
        }
        messageStart = position
    }

    private mutating func addField(
        _ input: Span<UInt8>, _ range: Range<Int>, _ limits: HTTPLimits
    ) throws(HTTPProblem) {
        guard fields.count < limits.fieldCount else {
            throw HTTPProblem(status: .requestHeaderFieldsTooLarge, detail: "Too many fields.")
        }
        let field = try FieldLine(input, range)
        guard let name = HTTPField.Name(parsed: input.lowercasedString(field.name)) else {
            throw .badRequest("A malformed field name.")
        }
        try facts.note(name.canonicalName, input.extracting(field.value))
        if let value = input.string(field.value) {
            fields.append(HTTPField(name: name, value: value))
        } else {
            // obs-text that is not UTF-8: kept as the bytes it is (RFC 9110, 5.5).
            fields.append(HTTPField(name: name, value: field.value.map { input[$0] }))
        }
    }
}

/// Where name and value are in a field line (RFC 9112, 5).
struct FieldLine {
    let name: Range<Int>
    let value: Range<Int>

    init(_ input: Span<UInt8>, _ range: Range<Int>) throws(HTTPProblem) {
        // RFC 9112, 5.2: a line that begins with a blank is a folded one (obs-fold).
        guard !ASCII.isBlank(input[range.lowerBound]) else { throw .badRequest("A folded field line.") }
        var colon = range.lowerBound
        while colon < range.upperBound, ASCII.isToken(input[colon]) { colon += 1 }
        // RFC 9112, 5.1: nothing may stand between name and colon, a blank least of all.
        guard colon > range.lowerBound, colon < range.upperBound, input[colon] == 0x3A else {
            throw .badRequest("A malformed field name.")
        }
        name = range.lowerBound..<colon
        value = input.trimmed(colon + 1..<range.upperBound)
    }
}
