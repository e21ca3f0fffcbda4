import ScheduleJobs
import Testing

@Suite struct JSONDecoderTests {
    /// Objects, and what they decode to as row 1.
    static let objects: [(String, String)] = [
        (#"{"id":7,"email":"a@b"}"#, "1 id=7 email=a@b"),
        (#" { "id" : "7" , "email" : "a@b" } "#, "1 id=7 email=a@b"),
        (#"{}"#, "1"),
        (#"{"email":null,"state":""}"#, "1 email= state="),
        (#"{"id":-1.5e+3,"external_id":0}"#, "1 id=-1.5e+3 external_id=0"),
        (
            #"{"email":"\"\\\/\b\f\n\r\tA\u00e9\u20AC\ud83d\ude00"}"#,
            "1 email=\"\\/\u{8}\u{C}\n\r\tA\u{E9}\u{20AC}\u{1F600}"
        ),
        (#"{"em\u0061il":"x"}"#, "1 email=x"),
        ("{\"email\":\"\u{E9}\u{1F600}\"}", "1 email=\u{E9}\u{1F600}"),
        (
            #"{"first_name":"a\u0041","last_name":"b","id":3,"state":null}"#,
            "1 id=3 first_name=aA last_name=b state="
        ),
        (#"{"email":"x","email":"y"}"#, #"1 malformed_row [email] y"#),
        (#"{"emial":"x","id":1}"#, #"1 unknown_field [emial] x"#),
        (#"{"Email":"x"}"#, #"1 unknown_field [Email] x"#),
        (#"{"tags":["x"]}"#, #"1 unknown_field [tags] ["x"]}"#),
        (#"{"email":["x"]}"#, #"1 malformed_row [email] ["x"]}"#),
        (#"{"email":{}}"#, #"1 malformed_row [email] {}}"#),
        (#"{"zip_code":75201}"#, "1 malformed_row [zip_code] 75201"),
        (#"{"email":true}"#, "1 malformed_row [email] true"),
        (#"{"email":"x"} x"#, #"1 malformed_row {"email":"x"} x"#),
        (#"{"email":"x"}{}"#, #"1 malformed_row {"email":"x"}{}"#),
        (#"{"email":"x",}"#, #"1 malformed_row {"email":"x",}"#),
        (#"{"email":"x" "id":1}"#, #"1 malformed_row {"email":"x" "id":1}"#),
        (#"{'email':'x'}"#, #"1 malformed_row {'email':'x'}"#),
        (#"{email:"x"}"#, #"1 malformed_row {email:"x"}"#),
        (#"{"email":"\x"}"#, #"1 malformed_row {"email":"\x"}"#),
        (#"{"email":"\u12G4"}"#, #"1 malformed_row {"email":"\u12G4"}"#),
        (#"{"email":"\ud83d"}"#, #"1 malformed_row {"email":"\ud83d"}"#),
        (#"{"email":"\ud83dx"}"#, #"1 malformed_row {"email":"\ud83dx"}"#),
        (#"{"email":"\ud83d\ud83d"}"#, #"1 malformed_row {"email":"\ud83d\ud83d"}"#),
        (#"{"email":"\ude00"}"#, #"1 malformed_row {"email":"\ude00"}"#),
        (#"{"email":"\u0000"}"#, #"1 malformed_row {"email":"\u0000"}"#),
        ("{\"email\":\"a\tb\"}", "1 malformed_row {\"email\":\"a\tb\"}"),
        (#"{"id":01}"#, #"1 malformed_row {"id":01}"#), (#"{"id":+1}"#, #"1 malformed_row {"id":+1}"#),
        (#"{"id":1.}"#, #"1 malformed_row {"id":1.}"#), (#"{"id":.5}"#, #"1 malformed_row {"id":.5}"#),
        (#"{"id":-}"#, #"1 malformed_row {"id":-}"#), (#"{"id":1e}"#, #"1 malformed_row {"id":1e}"#),
        (#"{"id":NaN}"#, #"1 malformed_row {"id":NaN}"#), (#"{"id":nul}"#, #"1 malformed_row {"id":nul}"#),
        (#"{"id"}"#, #"1 malformed_row {"id"}"#), (#"{"id":}"#, #"1 malformed_row {"id":}"#),
        ("7", "1 malformed_row 7"), ("null", "1 malformed_row null"), (#""x""#, #"1 malformed_row "x""#),
    ]

    @Test(arguments: objects)
    func anObjectIsRead(text: String, expected: String) {
        #expect(decode(text, as: .ndjson).lines == [expected])
        // What follows the element belongs to the array there.
        #expect(decode("[\(text)]", as: .jsonArray).lines.map { trimmed($0) } == [trimmed(expected)])
    }

    private func trimmed(_ line: String) -> String {
        String(line.reversed().drop { $0 == " " }.reversed())
    }

    @Test func theOutcomeDoesNotDependOnHowTheFileIsCut() {
        let texts = Self.objects.map(\.0)
        check(Array(("\u{FEFF}\n" + texts.joined(separator: "\r\n\n")).utf8), .ndjson)
        check(Array(("\u{FEFF} \n[ " + texts.joined(separator: " ,\n ") + " ]\n").utf8), .jsonArray)
    }

    private func check(_ bytes: [UInt8], _ format: ImportDecoder.Format) {
        let whole = decode(bytes, as: format)
        #expect(whole.lines.count == Self.objects.count && whole.error == nil)
        for cut in 0...bytes.count {
            #expect(decode(bytes, as: format, cuts: [cut]) == whole, "cut before \(cut)")
        }
        for size in [1, 2, 3, 5] {
            #expect(
                decode(bytes, as: format, cuts: Array(stride(from: size, to: bytes.count, by: size))) == whole
            )
        }
    }

    @Test func aMalformedLineCostsThatLine() {
        let text = "{\"id\":1}\n{\"id\":\n{\"id\":3}\n]\n{\"id\":5\n{\"x\":\"abc"
        let expected = [
            "1 id=1", "2 malformed_row {\"id\":", "3 id=3", "4 malformed_row ]", "5 malformed_row {\"id\":5",
            "6 unknown_field [x] \"abc",
        ]
        #expect(decode(text, as: .ndjson).lines == expected)
    }

    @Test func aMalformedElementCostsThatElement() {
        let text = #"[{"id":1}, {"id":}, , {"id":"a]},{"}, {"id":5} x, {"id":6},]"#
        #expect(
            decode(text, as: .jsonArray).lines == [
                "1 id=1", #"2 malformed_row {"id":}"#, "3 malformed_row ", "4 id=a]},{",
                #"5 malformed_row {"id":5} x"#, "6 id=6", "7 malformed_row ",
            ])
    }

    static let files: [(String, ImportFileError.Code?)] = [
        ("", .emptyFile), (" \n", .emptyFile), ("[]", nil), (" [ ] \n", nil), ("{}", .notAnArray),
        ("x", .notAnArray),
        ("[", .unexpectedEnd), ("[{}", .unexpectedEnd), ("[{},", .unexpectedEnd),
        (#"[{"a":"]"#, .unexpectedEnd),
        ("[] []", .trailingData), ("[]x", .trailingData), ("[{}]]", .trailingData),
    ]

    @Test(arguments: files)
    func arraysAreWhole(text: String, expected: ImportFileError.Code?) {
        #expect(decode(text, as: .jsonArray).error == expected)
    }

    @Test func bytesThatAreNotUTF8CostTheirRow() {
        let bad = Array(#"{"email":""#.utf8) + [0xC3, 0x28] + Array("\"}".utf8)
        let text = bad + [10] + Array(#"{"id":2}"#.utf8)
        #expect(decode(text, as: .ndjson).lines == ["1 malformed_row {\"email\":\"\u{FFFD}(\"}", "2 id=2"])
        #expect(decode([0xFF, 0xFE, 0x5B, 0], as: .jsonArray).error == .notUTF8)
    }

    @Test(arguments: [ImportDecoder.Format.ndjson, .jsonArray])
    func limitsHoldToTheByte(format: ImportDecoder.Format) {
        var limits = ImportLimits()
        limits.recordBytes = 24
        limits.fieldBytes = 9
        limits.quotedBytes = 5
        let objects = [
            #"{"email":"123456789"}   "#, #"{"email":"123456789"}    "#, #"{"email":"1234567890"}"#,
            #"{"id":4}"#,
        ]
        let expected = [
            "1 email=123456789", "2 malformed_row {\"ema…", "3 malformed_row [email] 12345…", "4 id=4",
        ]
        let text =
            format == .ndjson ? objects.joined(separator: "\n") : "[" + objects.joined(separator: ",") + "]"
        let bytes = Array(text.utf8)
        for cut in 0...bytes.count {
            #expect(
                decode(bytes, as: format, cuts: [cut], limits: limits).lines == expected, "cut before \(cut)")
        }
        let huge = String(repeating: "[", count: 1_000_000)
        #expect(decode(huge, as: format).lines.count == (format == .ndjson ? 1 : 0))
    }

    @Test(arguments: 0..<10)
    func brokenFilesNeverTrap(seed: UInt64) {
        var random = TestRandom(seed: seed)
        let good = Array((#"[{"id":1,"email":"a\u00e9\ud83d\ude00b@c"},{"state":null}]"# + "\n").utf8)
        let alphabet = Array("{}[]:,\"\\u0dD8e-+.ntf \n\r\t".utf8) + [0, 0xC3, 0xFF]
        for _ in 0..<200 {
            var bytes = good + good
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                let position = Int.random(in: 0..<bytes.count, using: &random)
                bytes[position] = alphabet[Int.random(in: 0..<alphabet.count, using: &random)]
            }
            let cut = Int.random(in: 0...bytes.count, using: &random)
            for format in ImportDecoder.Format.allCases {
                #expect(decode(bytes, as: format) == decode(bytes, as: format, cuts: [cut]), "seed \(seed)")
            }
        }
    }
}
