/// A conversation as raw bytes, and what has to become of it.
struct ConformanceCase: Sendable, CustomStringConvertible {
    /// What is tried.
    let name: String
    /// The section that decides: of RFC 9110 where it begins with `S`, else of RFC 9112.
    let section: String
    /// What is sent; each character is one byte.
    let bytes: String
    /// The statuses answered, in order; 200 stands for any that the server does not refuse with.
    let expected: [Int]

    var description: String { "\(section) \(name)" }

    /// A case that is refused: one answer, then the end, whatever follows.
    static func refused(_ name: String, _ section: String, _ status: Int, _ bytes: String) -> Self {
        Self(name: name, section: section, bytes: bytes + next, expected: [status])
    }

    /// A case that is served, and so is the request behind it.
    static func served(_ name: String, _ section: String, _ bytes: String) -> Self {
        Self(name: name, section: section, bytes: bytes + next, expected: [200, 200])
    }

    /// The request behind each case, which a smuggled one would hide or double.
    static let next = "GET /healthz HTTP/1.1\r\nHost: next\r\nConnection: close\r\n\r\n"
}

/// Framing, smuggling vectors, Host, targets, methods, versions, lines and fields.
enum Conformance {
    static let cases =
        lines + hosts + targets + versionsAndMethods + contentLengths + transferEncodings + chunks + limits

    private static func get(_ target: String = "/healthz", _ fields: String = "") -> String {
        "GET \(target) HTTP/1.1\r\nHost: a\r\n\(fields)\r\n"
    }

    private static func post(_ fields: String, _ body: String = "") -> String {
        "POST /healthz HTTP/1.1\r\nHost: a\r\n\(fields)\r\n\r\n\(body)"
    }

    private static func chunked(_ body: String) -> String { post("Transfer-Encoding: chunked", body) }

    private static func all(
        _ section: String, _ status: Int?, _ texts: [(String, String)]
    ) -> [ConformanceCase] {
        texts.map { name, bytes in
            if let status { .refused(name, section, status, bytes) } else { .served(name, section, bytes) }
        }
    }

    static let lines =
        all(
            "2.2", nil,
            [
                ("one empty line before", "\r\n" + get()),
                ("four empty lines before", "\r\n\r\n\r\n\r\n" + get()),
                ("field without space", get("/healthz", "X:y\r\n")),
                ("empty field", get("/healthz", "X:\r\n")),
                ("blanks around a value", get("/healthz", "X: \t y \t \r\n")),
                ("obs-text in a value", get("/healthz", "X: \u{e9}\u{80}\u{ff}\r\n")),
                ("tab in a value", get("/healthz", "X: a\tb\r\n")),
                ("every token character in a name", get("/healthz", "!#$%&'*+-.^_`|~09azAZ: y\r\n")),
                ("a body that nobody asked for", get("/healthz", "Content-Length: 4\r\n") + "GET "),
                (
                    "a chunked body that nobody asked for",
                    get("/healthz", "Transfer-Encoding: chunked\r\n") + "4\r\nGET \r\n0\r\n\r\n"
                ),
                ("TE", get("/healthz", "TE: trailers\r\nConnection: TE\r\n")),
                ("names that look like framing", post("Content_Length: 5\r\nTransfer_Encoding: chunked")),
            ])
        + all(
            "2.2", 400,
            [
                ("five empty lines before", "\r\n\r\n\r\n\r\n\r\n" + get()), ("bare LF before", "\n" + get()),
                ("bare CR before", "\r" + get()), ("space before the method", " " + get()),
                ("bare LF after the request line", "GET /healthz HTTP/1.1\nHost: a\r\n\r\n"),
                ("bare LF after a field", "GET /healthz HTTP/1.1\r\nHost: a\n\r\n"),
                ("bare LF as the empty line", "GET /healthz HTTP/1.1\r\nHost: a\r\n\n"),
                ("bare CR in a field", get("/healthz", "X: a\rb\r\n")),
                ("bare CR as a line end", "GET /healthz HTTP/1.1\rHost: a\r\r"),
                ("CR CR LF", get("/healthz", "X: a\r\r\n")),
                ("NUL in a value", get("/healthz", "X: a\0b\r\n")),
                ("NUL in a name", get("/healthz", "X\0: a\r\n")), ("NUL in the target", get("/a\0b")),
                ("vertical tab", get("/healthz", "X: a\u{b}b\r\n")),
                ("DEL", get("/healthz", "X: a\u{7f}\r\n")),
                ("form feed", get("/healthz", "X:\u{c}a\r\n")),
                ("escape", get("/healthz", "X: \u{1b}[0m\r\n")),
                ("TLS instead of HTTP", "\u{16}\u{3}\u{1}\u{2}\0\u{1}"),
                ("no version", "GET /healthz\r\n\r\n"),
                ("method alone", "GET\r\n\r\n"), ("two spaces", "GET  /healthz HTTP/1.1\r\nHost: a\r\n\r\n"),
                ("two spaces later", "GET /healthz  HTTP/1.1\r\nHost: a\r\n\r\n"),
                ("space at the end", "GET /healthz HTTP/1.1 \r\nHost: a\r\n\r\n"),
                ("tab for space", "GET\t/healthz\tHTTP/1.1\r\nHost: a\r\n\r\n"),
                ("a word too many", "GET /healthz HTTP/1.1 x\r\nHost: a\r\n\r\n"),
            ])
        + all(
            "5", 400,
            [
                ("space before colon", get("/healthz", "X : y\r\n")),
                ("tab before colon", get("/healthz", "X\t: y\r\n")),
                ("space in a name", get("/healthz", "X Y: z\r\n")), ("no colon", get("/healthz", "X\r\n")),
                ("no name", get("/healthz", ": y\r\n")), ("obs-fold", get("/healthz", "X: a\r\n b\r\n")),
                ("obs-fold with tab", get("/healthz", "X: a\r\n\tb\r\n")),
                ("blank before the first field", "GET /healthz HTTP/1.1\r\n Host: a\r\n\r\n"),
                ("line of blanks", get("/healthz", " \r\n")),
                ("name in obs-text", get("/healthz", "X\u{e9}: y\r\n")),
                ("parenthesis in a name", get("/healthz", "X(: y\r\n")),
                ("quote in a name", get("/healthz", "\"X\": y\r\n")),
                ("slash in a name", get("/healthz", "X/Y: y\r\n")),
                ("brace in a name", get("/healthz", "{X}: y\r\n")),
            ])

    static let hosts =
        ["a", "a:80", "a:", "example.com", "127.0.0.1:8080", "[::1]", "[::1]:80", "a_b", "%41", "A.B", "a,b"]
        .map {
            ConformanceCase.served("Host \($0)", "3.2", "GET /healthz HTTP/1.1\r\nHost: \($0)\r\n\r\n")
        }
        + [
            "", "a b", "a/b", "a, b", "a:b", "a:80:80", "a:65536", "a:-1", "u@a", "http://a", "[::1",
            "::1",
            "[::1]x", "[]", ":80", "a?b", "a#b", "%zz", "a%", "a\\b", "<a>", "a\u{e9}", "\"a\"",
        ].map {
            ConformanceCase.refused("Host \($0)", "3.2", 400, "GET /healthz HTTP/1.1\r\nHost: \($0)\r\n\r\n")
        }
        + all(
            "3.2", 400,
            [
                ("no Host", "GET /healthz HTTP/1.1\r\n\r\n"), ("Host twice", get("/healthz", "Host: a\r\n")),
                ("two Hosts", get("/healthz", "Host: b\r\n")),
                ("empty Host first", "GET / HTTP/1.1\r\nHost:\r\n" + "Host: a\r\n\r\n"),
                ("no Host, absolute target", "GET http://a/healthz HTTP/1.1\r\n\r\n"),
                ("two Hosts in HTTP/1.0", "GET /healthz HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n"),
                ("malformed Host, absolute target", "GET http://a/healthz HTTP/1.1\r\nHost: a b\r\n\r\n"),
            ])

    static let targets =
        [
            "/healthz?", "/healthz?a=b&a=c", "/healthz?a=%20", "/healthz?a=b/c?d", "/%68ealthz",
            "http://a/healthz",
            "HTTP://a/healthz", "https://a:443/healthz?x", "http://other/healthz", "http://a", "http://a?x",
            "//",
            "//a/b", "/a//b", "/a%2Fb", "/a%2fb", "/.../x", "/a..b", "/;a=b", "/a:b@c", "/~a!$&'()*+,;=",
        ].map { ConformanceCase.served("target \($0)", "3.2", get($0)) }
        + [
            "healthz", "*", "?x", "/a#b", "/a b", "/\u{e9}", "/%", "/%4", "/%zz", "/%0", "/%00", "/a%00b",
            "/healthz?a=%", "/healthz?a=%00", "/healthz?%zz", "/.", "/..", "/../healthz", "/a/../healthz",
            "/a/./b",
            "/%2e", "/%2e%2e/healthz", "/%2E%2E/", "/.%2e/", "/a/..", "/a\\b", "/a\"b", "/<a>", "/{a}",
            "/a|b",
            "/a^b", "/a`b", "http://", "http:///a", "http://a b/", "http://u@a/", "http://u:p@a/",
            "http://a:b/",
            "http://a:99999/", "http://[::1/", "ftp://a/", "http:/a", "http:a", "a:80", "/%ff",
            "/%c0%ae%c0%ae/",
        ].map { ConformanceCase.refused("target \($0)", "3.2", 400, get($0)) }
        + [
            .served("asterisk for OPTIONS", "3.2.4", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n"),
            .refused("asterisk for POST", "3.2.4", 400, "POST * HTTP/1.1\r\nHost: a\r\n\r\n"),
            .refused("asterisk and more", "3.2.4", 400, "OPTIONS ** HTTP/1.1\r\nHost: a\r\n\r\n"),
            .refused("CONNECT", "3.2.3", 501, "CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n"),
            .refused("CONNECT with a path", "3.2.3", 400, "CONNECT /a HTTP/1.1\r\nHost: a\r\n\r\n"),
        ]

    static let versionsAndMethods =
        [
            ("HTTP/1.2", nil), ("HTTP/1.9", nil), ("HTTP/2.0", 505), ("HTTP/0.9", 505), ("HTTP/3.0", 505),
            ("HTTP/9.9", 505), ("http/1.1", 400), ("HTTP/1.10", 400), ("HTTP/01.1", 400), ("HTTP/1", 400),
            ("HTTP/1.", 400), ("HTTP/.1", 400), ("HTTP 1.1", 400), ("HTTP/1,1", 400), ("HTTP/+1.1", 400),
            ("HTTPS/1.1", 400), ("HTTP/1.1x", 400), ("HTTP/1.1\0", 400), ("HTTP/a.b", 400), ("HTP/1.1", 400),
            ("HTTP/-1.1", 400),
        ].flatMap { version, status in
            all("2.3", status, [("version \(version)", "GET /healthz \(version)\r\nHost: a\r\n\r\n")])
        }
        + ["HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "get", "PROPFIND", "M-SEARCH", "!#$%"].map {
            ConformanceCase.served("method \($0)", "S9", "\($0) /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
        }
        + ["G(T", "G@T", "GET:", "\"GET\"", "G\u{e9}T", "GE\0T", "[GET]", "GET,"].map {
            ConformanceCase.refused("method \($0)", "S9", 400, "\($0) /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
        }
        + [
            .refused("HTTP/2 preface", "2.3", 505, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
            .served("Upgrade", "S7.8", get("/healthz", "Connection: upgrade\r\nUpgrade: h2c, websocket\r\n")),
            .served("Expect without a body", "S10.1.1", get("/healthz", "Expect: 100-continue\r\n")),
            .refused("unknown Expect", "S10.1.1", 417, get("/healthz", "Expect: 200-ok\r\n")),
            .refused("two Expects", "S10.1.1", 417, get("/healthz", "Expect: 100-continue\r\nExpect: x\r\n")),
            .served(
                "HTTP/1.0 with keep-alive", "9.3", "GET /healthz HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n"),
            ConformanceCase(
                name: "HTTP/1.0 without", section: "9.3",
                bytes: "GET /healthz HTTP/1.0\r\n\r\n" + ConformanceCase.next, expected: [200]),
            ConformanceCase(
                name: "close among others", section: "9.6",
                bytes: get("/healthz", "Connection: x , CLOSE\r\n") + ConformanceCase.next, expected: [200]),
            ConformanceCase(
                name: "close in a second field", section: "9.6",
                bytes: get("/healthz", "Connection: x\r\nConnection: close\r\n") + ConformanceCase.next,
                expected: [200]),
            ConformanceCase(
                name: "a hundred pipelined", section: "9.3.2",
                bytes: String(repeating: get(), count: 100) + ConformanceCase.next,
                expected: Array(repeating: 200, count: 101)),
        ]

    static let contentLengths =
        [("0", ""), ("5", "GET /"), ("005", "GET /"), ("  5\t", "GET /")].map {
            ConformanceCase.served("Content-Length \($0)", "6.3", post("Content-Length: \($0)", $1))
        }
        + [
            "", "+5", "-5", "-0", "5,5", "5, 5", "5,6", "5 5", "0x5", "5x", "1_0", "1e1", "5.0", "5;",
            "\"5\"", "a",
            "9223372036854775808", "18446744073709551616", "99999999999999999999999999", "\u{b2}", "5\u{b}",
            "\u{a0}5",
        ].map {
            ConformanceCase.refused(
                "Content-Length \($0)", "6.3", 400, post("Content-Length: \($0)", "GET /"))
        }
        + all(
            "6.3", 400,
            [
                ("Content-Length twice", post("Content-Length: 5\r\nContent-Length: 5", "GET /")),
                ("two Content-Lengths", post("Content-Length: 5\r\nContent-Length: 0", "GET /")),
                ("two Content-Lengths, 0 first", post("Content-Length: 0\r\nContent-Length: 5", "GET /")),
                ("in other case", post("Content-Length: 5\r\ncONTENT-lENGTH: 0", "GET /")),
                ("empty and not", post("Content-Length:\r\nContent-Length: 5", "GET /")),
            ])

    static let transferEncodings =
        ["chunked", "Chunked", "CHUNKED", "\tchunked \t", "  chunked"].map {
            ConformanceCase.served("coding \($0)", "6.1", post("Transfer-Encoding: \($0)", "0\r\n\r\n"))
        }
        + [
            "", ",", "chunked,", ",chunked", "chunked, chunked", "gzip, chunked", "chunked, gzip", "identity",
            "identity, chunked", "chunked, identity", "gzip", "deflate", "chunked;a=b", "chunked;",
            "\"chunked\"",
            "chun ked", "chunked chunked", "chunked\u{b}", "\u{c}chunked", "chunked\0",
            "[chunked]",
            "chunked, ,", "chun\u{212a}ed".replacing("\u{212a}", with: "\u{e2}\u{84}\u{aa}"), "chunked\u{a0}",
        ].map {
            ConformanceCase.refused("coding \($0)", "6.1", 400, post("Transfer-Encoding: \($0)", "0\r\n\r\n"))
        }
        + [
            "xchunked", "'chunked", "chunkedx", "x", "br", "zstd, chunked", "chunked, x", "chunke",
            "chunked-x",
        ].map {
            ConformanceCase.refused("coding \($0)", "6.1", 501, post("Transfer-Encoding: \($0)", "0\r\n\r\n"))
        }
        + all(
            "6.1", 400,
            [
                ("CL.TE", post("Content-Length: 6\r\nTransfer-Encoding: chunked", "0\r\n\r\nG")),
                ("TE.CL", post("Transfer-Encoding: chunked\r\nContent-Length: 4", "5\r\nGET /\r\n0\r\n\r\n")),
                ("TE and length 0", post("Transfer-Encoding: chunked\r\nContent-Length: 0", "0\r\n\r\n")),
                ("TE.TE", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity", "0\r\n\r\n")),
                (
                    "chunked twice",
                    post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", "0\r\n\r\n")
                ),
                ("space before colon", post("Transfer-Encoding : chunked", "0\r\n\r\n")),
                ("folded", post("Transfer-Encoding:\r\n chunked", "0\r\n\r\n")),
                ("blank before the name", post("X: y\r\n Transfer-Encoding: chunked", "0\r\n\r\n")),
                ("bare LF before the name", post("X: y\nTransfer-Encoding: chunked", "0\r\n\r\n")),
                ("bare CR before the name", post("X: y\rTransfer-Encoding: chunked", "0\r\n\r\n")),
                (
                    "in HTTP/1.0",
                    "POST /healthz HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
                ),
                (
                    "in HTTP/1.0 with a length",
                    "POST /healthz HTTP/1.0\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n"
                ),
            ])

    static let chunks =
        all(
            "7.1", nil,
            [
                ("no data", chunked("0\r\n\r\n")), ("one chunk", chunked("5\r\nGET /\r\n0\r\n\r\n")),
                ("hexadecimal, both cases", chunked("a\r\n0123456789\r\nA\r\n0123456789\r\n0\r\n\r\n")),
                ("zeros in front", chunked("0000000000000005\r\nGET /\r\n000\r\n\r\n")),
                ("extension", chunked("5;a=b\r\nGET /\r\n0;c\r\n\r\n")),
                ("quoted extension", chunked("5;a=\"b;\\\"c\"\r\nGET /\r\n0\r\n\r\n")),
                ("quoted extension with a tab", chunked("5;a=\"b\tc\"\r\nGET /\r\n0\r\n\r\n")),
                ("extensions with blanks", chunked("5 ; a = b ;c\r\nGET /\r\n0\r\n\r\n")),
                ("trailer", chunked("0\r\nX: y\r\nZ:\r\n\r\n")),
                ("trailer that frames", chunked("0\r\nContent-Length: 50\r\nTransfer-Encoding: x\r\n\r\n")),
            ])
        + all(
            "7.1", 400,
            [
                "", " 5", "+5", "-5", "0x5", "5x", "5_0", "g", "5,", "5:", "\u{b2}", "5 5", "5\t5", "5 x",
                ";a",
                "8000000000000000", "7fffffffffffffff1", "ffffffffffffffff", "00000000000000005", "5;",
                "5;;a", "5;=b",
                "5;a=", "5;a=\"b", "5;a=\"b\"c", "5;a b", "5;a\0", "5;\u{e9}", "5\u{b}",
            ].map { ("size \($0)", chunked("\($0)\r\nGET /\r\n0\r\n\r\n")) })
        + all(
            "7.1", 400,
            [
                ("size line ends in LF", chunked("5\nGET /\r\n0\r\n\r\n")),
                ("size line ends in CR", chunked("5\rGET /\r\n0\r\n\r\n")),
                ("extension ends in LF", chunked("5;a\nGET /\r\n0\r\n\r\n")),
                ("data too long", chunked("4\r\nGET /\r\n0\r\n\r\n")),
                ("data too short", chunked("6\r\nGET /\r\n0\r\n\r\n")),
                ("no line end behind data", chunked("5\r\nGET /0\r\n\r\n")),
                ("LF behind data", chunked("5\r\nGET /\n0\r\n\r\n")),
                ("CR behind data", chunked("5\r\nGET /\r0\r\n\r\n")),
                ("LF CR behind data", chunked("5\r\nGET /\n\r0\r\n\r\n")),
                ("LF behind the last chunk", chunked("0\n\r\n")), ("LF as the end", chunked("0\r\n\n")),
                ("folded trailer", chunked("0\r\nX: y\r\n z\r\n\r\n")),
                ("trailer without colon", chunked("0\r\nX\r\n\r\n")),
                ("trailer with space before colon", chunked("0\r\nX : y\r\n\r\n")),
                ("trailer that ends in LF", chunked("0\r\nX: y\n\r\n")),
                ("NUL in a trailer", chunked("0\r\nX: \0\r\n\r\n")),
            ])

    static let limits: [ConformanceCase] = [
        .served("request line of 8,000 bytes", "3", get("/" + String(repeating: "a", count: 7_986))),
        .served("request line at its limit", "3", get("/" + String(repeating: "a", count: 8_178))),
        .refused("request line past it", "3", 414, get("/" + String(repeating: "a", count: 8_179))),
        .refused("method of 9,000 bytes", "3", 414, String(repeating: "A", count: 9_000) + " / HTTP/1.1\r\n"),
        .served(
            "field at its limit", "S5.4", get("/", "X: " + String(repeating: "a", count: 16_381) + "\r\n")),
        .refused(
            "field past it", "S5.4", 431, get("/", "X: " + String(repeating: "a", count: 16_382) + "\r\n")),
        .served("199 fields and Host", "S5.4", get("/", String(repeating: "X: y\r\n", count: 199))),
        .refused("200 fields and Host", "S5.4", 431, get("/", String(repeating: "X: y\r\n", count: 200))),
        .refused(
            "head too long", "S5.4", 431,
            get("/", String(repeating: "X: " + String(repeating: "a", count: 9_000) + "\r\n", count: 4))),
        .refused(
            "chunk-size line too long", "7.1.1", 400, chunked("0;" + String(repeating: "a", count: 5_000))),
        .refused(
            "trailers too long", "7.1.2", 431, chunked("0\r\n" + String(repeating: "X: y\r\n", count: 2_000))),
    ]
}
