import HTTPHandling
import HTTPTypes

/// Method, target and version (RFC 9112, 3).
struct RequestLine {
    let method: HTTPRequest.Method
    let target: RequestTarget
    let version: HTTPVersion

    init(_ input: Span<UInt8>, _ range: Range<Int>) throws(HTTPProblem) {
        var end = range.lowerBound
        while end < range.upperBound, ASCII.isToken(input[end]) { end += 1 }
        guard end > range.lowerBound, end < range.upperBound, input[end] == ASCII.space else {
            throw .badRequest("A malformed method.")
        }
        let methodRange = range.lowerBound..<end
        let targetStart = end + 1
        end = targetStart
        while end < range.upperBound, input[end] != ASCII.space { end += 1 }
        guard end > targetStart, end < range.upperBound else {
            throw .badRequest("The request line is not method, target and version.")
        }
        version = try Self.version(input, end + 1..<range.upperBound)
        method = try Self.method(input, methodRange)
        target = try RequestTarget(input.extracting(targetStart..<end), method: method)
    }

    private static func method(
        _ input: Span<UInt8>, _ range: Range<Int>
    ) throws(HTTPProblem) -> HTTPRequest.Method {
        // Methods are case-sensitive (RFC 9110, 9.1).
        guard let text = input.string(range), let method = HTTPRequest.Method(text) else {
            throw .badRequest("A malformed method.")
        }
        return method
    }

    /// `HTTP/` DIGIT `.` DIGIT, in upper case (RFC 9112, 2.3); other major versions are 505.
    private static func version(
        _ input: Span<UInt8>, _ range: Range<Int>
    ) throws(HTTPProblem) -> HTTPVersion {
        let name: [UInt8] = [0x48, 0x54, 0x54, 0x50, 0x2F]
        let start = range.lowerBound
        guard range.count == 8, ASCII.isDigit(input[start + 5]), input[start + 6] == 0x2E,
            ASCII.isDigit(input[start + 7])
        else { throw .badRequest("A malformed protocol version.") }
        for index in 0..<5 where input[start + index] != name[index] {
            throw .badRequest("A malformed protocol version.")
        }
        guard input[start + 5] == 0x31 else {
            throw HTTPProblem(
                status: .httpVersionNotSupported, detail: "HTTP/1.1 and HTTP/1.0 are spoken here.")
        }
        return input[start + 7] == 0x30 ? .oneZero : .oneOne
    }
}
