import ScheduleAPI
import Testing

@Suite struct JSONParserTests {
    private func root(_ text: String) throws -> JSONValue { try JSONParser.parse(Array(text.utf8)).root }

    @Test(arguments: [
        ("null", JSONValue.null), (" true\n", .bool(true)), ("-0.5e+10", .number("-0.5e+10")),
        ("0", .number("0")),
        (#""""#, .string("")),
        (#""a\"\\\/\b\f\n\r\t\u0041\ud83d\ude00é""#, .string("a\"\\/\u{8}\u{c}\n\r\tA😀é")),
        ("[]", .array([])), ("[1,[ ]]", .array([.number("1"), .array([])])), ("{}", .object([])),
        (#"{"a":{"b":null}}"#, .object([.init(name: "a", value: .object([.init(name: "b", value: .null)]))])),
    ])
    func `what JSON has is read`(_ text: String, _ value: JSONValue) throws {
        #expect(try root(text) == value)
    }

    @Test(arguments: [
        "", " ", "nul", "True", "+1", "01", "1.", ".5", "1e", "-", "0x1", "NaN", "'a'", "\"", "\"\\x\"",
        "\"\\u12\"",
        "\"\\ud800\"", "\"\\udc00\"", "\"\\ud800\\u0041\"", "\"\u{1}\"", "[", "[1", "[1,]", "[,1]", "[1 2]",
        "{",
        "{a:1}", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{\"a\":1 \"b\":2}", "1 2", "// x\n1", "\u{FEFF}1",
    ])
    func `what JSON does not have is refused`(_ text: String) {
        #expect(throws: JSONParser.SyntaxError.self) { try root(text) }
    }

    @Test func `bytes that are not UTF-8 are refused where they stand`() throws {
        let error = #expect(throws: JSONParser.SyntaxError.self) {
            try JSONParser.parse([0x22, 0x61, 0xFF, 0x22])
        }
        #expect(error?.offset == 2)
    }

    @Test func `nesting is bounded`() {
        let depth = JSONParser.depthLimit
        func nested(_ count: Int) -> String {
            String(repeating: "[", count: count) + String(repeating: "]", count: count)
        }
        #expect(throws: Never.self) { try root(nested(depth + 1)) }
        #expect(throws: JSONParser.SyntaxError.self) { try root(nested(depth + 2)) }
    }

    @Test func `a name that comes twice is noted with its place`() throws {
        let document = try JSONParser.parse(Array(#"{"a":[{"b":1,"b":2}],"a":3}"#.utf8))
        #expect(document.duplicates.map(\.description) == ["/a/0/b", "/a"])
    }

    @Test(arguments: 0..<2000)
    func `no text makes the parser trap`(_ seed: Int) {
        // Texts cut out of and mixed from pieces of JSON.
        let pieces = [
            "{", "}", "[", "]", "\"", ":", ",", "\\", "u00", "e", "-", "1", "tru", "null", " ", "\u{80}",
            "\\ud83d",
        ]
        var state = UInt64(seed) &* 6_364_136_223_846_793_005 &+ 1
        var text: [UInt8] = []
        for _ in 0..<(seed % 24) {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            text += Array(pieces[Int((state >> 33) % UInt64(pieces.count))].utf8)
        }
        _ = try? JSONParser.parse(text)
    }
}
