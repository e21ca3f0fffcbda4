import HTTPHandling
import HTTPTypes
import HTTPWire
import Testing

@Suite("A request's head")
struct RequestParserTests {
    static let good = [
        "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "\r\n\r\nGET /a/b?x=1&y=%20 HTTP/1.1\r\nHost: a:80\r\nAccept: */*\r\nAccept: text/html\r\n\r\n",
        "POST /v1 HTTP/1.1\r\nHost: [::1]:8080\r\nContent-Length: 5\r\n\r\nhello",
        "POST /v1 HTTP/1.1\r\nhost:x\r\nTransfer-Encoding:\tChunked \r\nExpect: 100-Continue\r\n\r\n",
        "GET /old HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n",
        "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET http://example.com:80/p?q HTTP/1.1\r\nHost: other\r\nConnection: a, close ,b\r\n\r\n",
        "GET / HTTP/1.9\r\nHost: a\r\nX: \u{e9}\r\nEmpty:\r\n\r\n",
    ]

    static let bad = [
        ("", 0), ("GET / HTTP/1.1\r\nHost: a\r\n", 0),
        // Line ends and control bytes (RFC 9112, 2.2).
        ("GET / HTTP/1.1\nHost: a\n\n", 400), ("GET / HTTP/1.1\r\nHost: a\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\r\n\r\n", 400), ("GET / HTTP/1.1\rHost: a\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nX: a\u{0}b\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nX: a\u{7f}b\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nX: a\u{b}b\r\n\r\n", 400), ("\u{16}\u{3}\u{1}", 400),
        ("\r\n\r\n\r\n\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        // Request lines (RFC 9112, 3).
        ("GET  / HTTP/1.1\r\nHost: a\r\n\r\n", 400), ("GET /  HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("GET / HTTP/1.1 \r\nHost: a\r\n\r\n", 400), (" GET / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n", 400), ("GET /\r\n\r\n", 400), ("GET\r\n\r\n", 400),
        ("G(T / HTTP/1.1\r\nHost: a\r\n\r\n", 400), ("GET / http/1.1\r\nHost: a\r\n\r\n", 400),
        ("GET / HTTP/1.10\r\nHost: a\r\n\r\n", 400), ("GET / HTTP/+1.1\r\nHost: a\r\n\r\n", 400),
        ("GET / HTTP/1,1\r\nHost: a\r\n\r\n", 400), ("GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505),
        ("PRI * HTTP/2.0\r\n\r\n", 505), ("GET / HTTP/0.9\r\nHost: a\r\n\r\n", 505),
        // Targets (RFC 9112, 3.2).
        ("GET a HTTP/1.1\r\nHost: a\r\n\r\n", 400), ("GET * HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("GET /#f HTTP/1.1\r\nHost: a\r\n\r\n", 400), ("GET /\u{e9} HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n", 400), ("GET http:/// HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("GET http://u@a/ HTTP/1.1\r\nHost: a\r\n\r\n", 400), ("GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n", 501), ("CONNECT /x HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        // Field lines (RFC 9112, 5).
        ("GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400), ("GET / HTTP/1.1\r\n Host: a\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nX\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\n: x\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nX Y: x\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\n\u{212a}: x\r\n\r\n", 400),
        // Host (RFC 9112, 3.2).
        ("GET / HTTP/1.1\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400),
        ("GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost:\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost: a:b\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a:65536\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost: [::1\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost: :80\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: http://a\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost: %z1\r\n\r\n", 400),
        // Content-Length (RFC 9112, 6.3).
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -5\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5, 5\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nContent-Length: 0\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5 5\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x5\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1_0\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \u{0665}\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9223372036854775808\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999999\r\n\r\n", 400),
        // Transfer-Encoding (RFC 9112, 6.1).
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, chunked\r\n\r\n", 400),
        (
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
            400
        ),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, gzip\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: identity\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked,\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked;q=1\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: \"chunked\"\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n", 501),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: foo, chunked\r\n\r\n", 501),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chun\u{212a}ed\r\n\r\n", 400),
        ("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
        // Expect (RFC 9110, 10.1.1).
        ("POST / HTTP/1.1\r\nHost: a\r\nExpect: 200-ok\r\nContent-Length: 1\r\n\r\n", 417),
        ("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue, x\r\nContent-Length: 1\r\n\r\n", 417),
    ]

    @Test("is read the same however its bytes are split", arguments: good + bad.map(\.0))
    func everySplit(text: String) {
        let bytes = Array(text.utf8)
        let whole = parse(bytes)
        for cut in 0...bytes.count {
            #expect(parse(bytes, cuts: [cut]) == whole, "cut at \(cut)")
        }
        #expect(parse(bytes, cuts: Array(0..<bytes.count)) == whole, "byte by byte")
    }

    @Test("is refused with one status for each fault", arguments: bad)
    func hostile(text: String, expected: Int) {
        #expect(status(text) == expected)
    }

    @Test("keeps fields in order, with duplicates, names in lower case and values as they are")
    func fields() throws {
        guard case .head(let parsed) = parse(Self.good[1]) else { throw Unexpected() }
        #expect(parsed.fields.map(\.name.rawName) == ["host", "accept", "accept"])
        #expect(parsed.fields.map(\.value) == ["a:80", "*/*", "text/html"])
        #expect(parsed.target.path == "/a/b?x=1&y=%20")
        #expect(parsed.target.segments == ["a", "b"])
        #expect(parsed.byteCount == Self.good[1].utf8.count)
    }

    @Test("tells framing, persistence and expectation")
    func semantics() throws {
        let heads = try Self.good.map { text in
            guard case .head(let parsed) = parse(text) else { throw Unexpected() }
            return parsed
        }
        let framings: [BodyFraming] = [.none, .none, .length(5), .chunked, .none, .none, .none, .none]
        #expect(heads.map(\.framing) == framings)
        #expect(heads.map(\.keepsAlive) == [true, true, true, true, true, true, false, true])
        #expect(heads.map(\.expectsContinue) == [false, false, false, true, false, false, false, false])
        #expect(heads[6].target.authority == "example.com:80")
        #expect(heads[4].version == .oneZero)
        #expect(heads[7].version == .oneOne)
        #expect(status("GET / HTTP/1.0\r\n\r\n") == 200)
        #expect(status("GET / HTTP/1.0\r\nExpect: x\r\n\r\n") == 200)
    }

    @Test("is held to every limit: what is at it passes, one more does not")
    func limits() {
        var limits = HTTPLimits()
        limits.requestLineBytes = 40
        limits.fieldBytes = 20
        limits.headBytes = 100
        limits.fieldCount = 4
        limits.emptyLinesBeforeRequest = 2
        let path = String(repeating: "p", count: 40 - "GET / HTTP/1.1".count)
        #expect(status("GET /\(path) HTTP/1.1\r\nHost: a\r\n\r\n", limits: limits) == 200)
        #expect(status("GET /\(path)p HTTP/1.1\r\nHost: a\r\n\r\n", limits: limits) == 414)
        #expect(status(String(repeating: "G", count: 40), limits: limits) == 0)
        #expect(status(String(repeating: "G", count: 41), limits: limits) == 414)
        let value = String(repeating: "v", count: 20 - "X: ".count)
        #expect(status("GET / HTTP/1.1\r\nHost: a\r\nX: \(value)\r\n\r\n", limits: limits) == 200)
        #expect(status("GET / HTTP/1.1\r\nHost: a\r\nX: \(value)v\r\n\r\n", limits: limits) == 431)
        #expect(status("GET / HTTP/1.1\r\nHost: a\r\nA:\r\nA:\r\nA:\r\n\r\n", limits: limits) == 200)
        #expect(status("GET / HTTP/1.1\r\nHost: a\r\nA:\r\nA:\r\nA:\r\nA:\r\n\r\n", limits: limits) == 431)
        #expect(status("\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", limits: limits) == 200)
        #expect(status("\r\n\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", limits: limits) == 400)
        limits.fieldBytes = 1_000
        // 16 + 9 + 2 bytes around one field with its line end.
        let rest = String(repeating: "v", count: 100 - 27 - "X:\r\n".utf8.count)
        #expect(status("GET / HTTP/1.1\r\nHost: a\r\nX:\(rest)\r\n\r\n", limits: limits) == 200)
        #expect(status("GET / HTTP/1.1\r\nHost: a\r\nX:\(rest)v\r\n\r\n", limits: limits) == 431)
        #expect(status("GET / HTTP/1.1\r\nHost: a\r\nX:\(rest)\(rest)", limits: limits) == 431)
    }

    @Test("may have a request line of 8,000 bytes by default")
    func longRequestLine() {
        let path = String(repeating: "p", count: 8_000 - "GET / HTTP/1.1".count)
        #expect(status("GET /\(path) HTTP/1.1\r\nHost: a\r\n\r\n") == 200)
    }

    @Test("of random bytes never traps, and is read the same however it is split")
    func randomBytes() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SplitMix(state: seed)
        let alphabet = Array(
            "GET /%41?=&:; HTTP/1.1\r\n\r\nHost: aContent-Length: 0\u{0}\u{7f}é,chunked".utf8)
        for _ in 0..<2_000 {
            var bytes = Array(Self.good[Int(random.next() % UInt64(Self.good.count))].utf8)
            for _ in 0...(random.next() % 4) {
                let place = Int(random.next() % UInt64(bytes.count))
                bytes[place] = alphabet[Int(random.next() % UInt64(alphabet.count))]
            }
            let cut = Int(random.next() % UInt64(bytes.count))
            #expect(parse(bytes, cuts: [cut]) == parse(bytes), "seed \(seed)")
        }
    }
}

struct Unexpected: Error {}

/// A small repeatable generator.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
