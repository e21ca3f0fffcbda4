import HTTPHandling
import HTTPWire
import Testing

@Suite("A body")
struct BodyDecoderTests {
    static let good = [
        ("0\r\n\r\n", ""), ("5\r\nhello\r\n0\r\n\r\n", "hello"),
        ("5\r\nhello\r\n1\r\n \r\n00\r\n\r\n", "hello "),
        ("A\r\n0123456789\r\na\r\n0123456789\r\n0\r\n\r\n", "01234567890123456789"),
        ("1;a\r\nx\r\n0;b=c;d=\"e\\\"; f\"\r\n\r\n", "x"), ("1 ; a = b\r\nx\r\n0\r\n\r\n", "x"),
        ("1\r\nx\r\n0\r\nX: y\r\nZ:\r\n\r\n", "x"), ("0000000000000001\r\nx\r\n0\r\n\r\n", "x"),
    ]

    static let bad = [
        "\r\n", "x\r\n", "g\r\n", "-1\r\n", "+1\r\nx", " 1\r\nx", "0x1\r\nx", "1 \r\nx", "1\n", "1\rx",
        "1;\r\n",
        "1;a=\r\n", "1;a;;b\r\n", "1;a=\"b\r\n", "1;a=\"b\"c\r\n", "1;a\u{0}\r\n", "1,1\r\n", "1\r\nxy",
        "1\r\nx\n",
        "1\r\nx\r0", "00000000000000001\r\n", "FFFFFFFFFFFFFFFF\r\n", "8000000000000000\r\n", "0\r\nX\r\n",
        "0\r\nX : y\r\n", "0\r\n X: y\r\n", "0\r\nX: y\n", "0\r\nX: \u{1}\r\n", "1\r\nx\r\n\r\n", "1_0\r\n",
    ]

    @Test("in chunks is put together however it is split, a few bytes of room or many", arguments: good)
    func chunked(text: String, expected: String) {
        let next = Array("GET /next".utf8)
        let bytes = Array(text.utf8) + next
        let whole = BodyOutcome.done(Array(expected.utf8), used: text.utf8.count)
        #expect(decode(bytes) == whole)
        for cut in 0...bytes.count { #expect(decode(bytes, cuts: [cut]) == whole, "cut at \(cut)") }
        #expect(decode(bytes, cuts: Array(0..<bytes.count)) == whole)
    }

    @Test("in broken chunks is refused however it is split", arguments: bad)
    func broken(text: String) {
        let bytes = Array(text.utf8)
        #expect(decode(bytes) == .refused(400))
        #expect(decode(bytes, cuts: Array(0..<bytes.count)) == .refused(400))
    }

    @Test("of known length ends there and leaves the rest")
    func length() {
        let bytes = Array("hello, next".utf8)
        for cut in 0...bytes.count {
            #expect(decode(bytes, framing: .length(5), cuts: [cut]) == .done(Array("hello".utf8), used: 5))
        }
        #expect(decode(bytes, framing: .length(12)) == .incomplete(bytes))
        #expect(decode(bytes, framing: .none) == .done([], used: 0))
    }

    @Test("is decoded no further than there is room")
    func room() throws {
        var decoder = BodyDecoder(framing: .chunked)
        let bytes = Array("5\r\nhello\r\n0\r\n\r\n".utf8)
        var body: [UInt8] = []
        let used = try decoder.decode(bytes, into: &body, room: 3, HTTPLimits())
        #expect(body == Array("hel".utf8))
        #expect(used == 6)
    }

    @Test("is held to every limit: what is at it passes, one more does not")
    func limits() {
        var limits = HTTPLimits()
        limits.chunkLineBytes = 10
        limits.trailerBytes = 12
        limits.chunkSizeDigits = 3
        #expect(decode("001\r\nx\r\n0\r\n\r\n", limits: limits) == .done([0x78], used: 13))
        #expect(decode("0001\r\nx\r\n0\r\n\r\n", limits: limits) == .refused(400))
        #expect(decode("1;a=567890\r\nx\r\n0\r\n\r\n", limits: limits) == .done([0x78], used: 20))
        #expect(decode("1;a=5678901\r\nx\r\n0\r\n\r\n", limits: limits) == .refused(400))
        limits.chunkExtensionBytes = 6
        #expect(decode("1;ab\r\nx\r\n0;ab\r\n\r\n", limits: limits) == .done([0x78], used: 17))
        #expect(decode("1;ab\r\nx\r\n0;abc\r\n\r\n", limits: limits) == .refused(400))
        #expect(decode("0\r\nX: 456789\r\n\r\n", limits: limits) == .refused(431))
        #expect(decode("0\r\nX: 45678\r\n\r\n", limits: limits) == .done([], used: 15))
    }

    @Test("that is collected is held to the caller's limit, announced or not")
    func collect() async throws {
        let body = RequestBody([1, 2, 3])
        #expect(try await body.collect(upTo: 3) == [1, 2, 3])
        await #expect(throws: RequestBodyError.tooLarge) { try await body.collect(upTo: 2) }
        let pieces = RequestBody(declaredLength: nil, source: Pieces())
        #expect(try await pieces.collect(upTo: 4) == [1, 1, 1, 1])
        await #expect(throws: RequestBodyError.tooLarge) {
            try await RequestBody(declaredLength: nil, source: Pieces()).collect(upTo: 3)
        }
        await #expect(throws: RequestBodyError.tooLarge) {
            try await RequestBody(declaredLength: 5, source: Pieces()).collect(upTo: 4)
        }
        var count = 0
        for try await piece in RequestBody([1, 2]) { count += piece.count }
        #expect(count == 2)
    }
}

/// Two pieces of two bytes.
private actor Pieces: RequestBodySource {
    private var left = 2

    func next() async throws(RequestBodyError) -> [UInt8]? {
        left -= 1
        return left >= 0 ? [1, 1] : nil
    }
}
