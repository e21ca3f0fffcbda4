import ScheduleJobs
import Testing

@Suite struct CSVDecoderTests {
    private static let header = "id,email,first_name\n"

    /// Data rows below the header `id,email,first_name`, and what they decode to.
    static let rows: [(String, [String])] = [
        ("1,a@b,Al", ["1 id=1 first_name=Al email=a@b"]),
        ("1,a@b,Al\n", ["1 id=1 first_name=Al email=a@b"]),
        ("1,a@b,Al\r\n2,c@d,\r\n", ["1 id=1 first_name=Al email=a@b", "2 id=2 first_name= email=c@d"]),
        ("1,a@b,Al\r", ["1 id=1 first_name=Al email=a@b"]),
        ("\n\r\n  \n1,a@b,Al\n\n\n", ["1 id=1 first_name=Al email=a@b"]),
        (
            "1,a@b,\"Al\"\r\n2,c@d,\"Bo\"",
            ["1 id=1 first_name=Al email=a@b", "2 id=2 first_name=Bo email=c@d"]
        ),
        ("1,a@b,\"A, \"\"l\"\"\"\n", ["1 id=1 first_name=A, \"l\" email=a@b"]),
        ("1,a@b,\"A\r\nl\nm\"\n", ["1 id=1 first_name=A\r\nl\nm email=a@b"]),
        ("1,\"\",\"\"\n", ["1 id=1 first_name= email="]),
        ("1,a@b,A \"l\" x\n", ["1 id=1 first_name=A \"l\" x email=a@b"]),
        ("1,a@b, \"l\"\n", ["1 id=1 first_name= \"l\" email=a@b"]),
        ("1,a@b,Zo\u{EB} \u{1F600}\n", ["1 id=1 first_name=Zo\u{EB} \u{1F600} email=a@b"]),
        ("1,a\rb,c\n", ["1 id=1 first_name=c email=a\rb"]),
        (
            "1,a@b\n2,c@d,x,y\n3,e@f,\n",
            ["1 malformed_row 1,a@b", "2 malformed_row 2,c@d,x,y", "3 id=3 first_name= email=e@f"]
        ),
        ("1,\"a\"b,c\n2,c@d,\n", ["1 malformed_row 1,\"a\"b", "2 id=2 first_name= email=c@d"]),
        ("1,\"a\"\rb,c\n2,c@d,\n", ["1 malformed_row 1,\"a\"", "2 id=2 first_name= email=c@d"]),
        (
            "1,\"a\n2,c@d,\n3,e@f,",
            ["1 malformed_row 1,\"a", "2 id=2 first_name= email=c@d", "3 id=3 first_name= email=e@f"]
        ),
        (
            "1,\"a\n2,\"b\n3,e@f,",
            ["1 malformed_row 1,\"a", "2 malformed_row 2,\"b", "3 id=3 first_name= email=e@f"]
        ),
        (
            "1,\"a,b\n2,\"c@d\",x\n3,e@f,",
            ["1 malformed_row 1,\"a,b", "2 id=2 first_name=x email=c@d", "3 id=3 first_name= email=e@f"]
        ),
        ("1,a@b,\"", ["1 malformed_row 1,a@b,\""]),
        ("1,a@b,x\0y\n2,c@d,\n", ["1 malformed_row 1,a@b,x\0y", "2 id=2 first_name= email=c@d"]),
        (",,\n", ["1 id= first_name= email="]),
        ("\"\"\n", ["1 malformed_row \"\""]),
        ("\u{FEFF}1,a@b,\n", ["1 id=\u{FEFF}1 first_name= email=a@b"]),
    ]

    @Test(arguments: rows)
    func rowsAreSplit(text: String, expected: [String]) {
        #expect(decode(Self.header + text, as: .csv).lines == expected)
    }

    @Test func theOutcomeDoesNotDependOnHowTheFileIsCut() {
        let text = "\u{FEFF}" + Self.header + Self.rows.map { $0.0 + "\n" }.joined()
        let bytes = Array(text.utf8)
        let whole = decode(bytes, as: .csv)
        #expect(whole.lines.count > 35)
        for cut in 0...bytes.count {
            #expect(decode(bytes, as: .csv, cuts: [cut]) == whole, "cut before \(cut)")
        }
        for size in 1...7 {
            #expect(
                decode(bytes, as: .csv, cuts: Array(stride(from: size, to: bytes.count, by: size))) == whole)
        }
    }

    /// Whole files that cannot be read, or can.
    static let files: [(String, ImportFileError.Code?)] = [
        ("", .emptyFile), ("\u{FEFF}", .emptyFile), ("\n\n", .emptyFile), ("email", nil), ("\"email\"", nil),
        (" EMAIL ,Id", nil), ("External_ID", nil), ("first_name,zip_code", .invalidHeader),
        ("1,a@b.com,Al\n2,c@d.com,Bo\n", .invalidHeader), ("email;id\na@b;1", .invalidHeader),
        ("email,Email\n", .duplicateColumn), ("email,x,x\n", nil), ("email,\"x\n", .invalidHeader),
        ("email,\"x\"y\n", .invalidHeader), ("email\0,id\n", .notUTF8),
        ("email" + String(repeating: ",", count: 1_000), .invalidHeader),
        ("email" + String(repeating: ",", count: 999), nil), ("email\r1\r2\r", .invalidHeader),
    ]

    @Test(arguments: files)
    func headersAreJudged(text: String, expected: ImportFileError.Code?) {
        #expect(decode(text, as: .csv).error == expected)
        #expect(
            decode(Array(text.utf8), as: .csv, cuts: Array(0..<min(9, text.utf8.count))).error == expected)
    }

    @Test func otherEncodingsAreNamed() {
        #expect(decode([0xFF, 0xFE, 0x69, 0], as: .csv).error == .notUTF8)
        #expect(decode([0xFE, 0xFF, 0, 0x69], as: .csv, cuts: [1]).error == .notUTF8)
        let latin = Array("id,email,first_name\n1,a@b,Zo".utf8) + [0xEB, 10] + Array("2,c@d,Al".utf8)
        #expect(
            decode(latin, as: .csv).lines == [
                "1 malformed_row 1,a@b,Zo\u{FFFD}", "2 id=2 first_name=Al email=c@d",
            ])
    }

    @Test func columnsComeInAnyOrderAndUnknownOnesAreCounted() {
        let text = "note,Zip_Code, \"E-mail\" ,STATE,email,note\nx,75201,y,TX,a@b,z\n"
        let decoded = decode(text, as: .csv)
        #expect(decoded.lines == ["1 email=a@b zip_code=75201 state=TX"])
        #expect(decoded.unknownColumns == ["note", "\"E-mail\"", "note"])
        var decoder = ImportDecoder(format: .csv)
        #expect(throws: Never.self) { try decoder.feed(Array(text.utf8)) { _ in } }
        #expect(decoder.columns == [.zipCode, .state, .email] && decoder.warnings == [.unknownColumn: 3])
    }

    @Test func aMalformedRowKeepsTheFieldsBeforeTheFault() throws {
        var decoder = CSVDecoder()
        var rejections: [ImportRejection] = []
        try decoder.feed(Array("id,email,first_name\n7,a@b,\"x\"y\n8,\"c\nd\",\"e\"f\n9,z\n".utf8)) {
            if case .rejected(let rejection) = $0 { rejections.append(rejection) }
        }
        #expect(
            rejections.map { [$0.columns[0], $0.columns[4]] } == [
                ["7", "a@b"], ["8", nil], ["d\"", nil], ["9", "z"],
            ])
    }

    @Test func limitsHoldToTheByte() {
        var limits = ImportLimits()
        limits.fieldBytes = 10
        limits.recordBytes = 24
        limits.quotedBytes = 12
        let field = String(repeating: "x", count: 10)
        let text = """
            id,email
            1,\(field)
            2,\(field)x
            3,"\(field)"
            4,"\(field)x"
            5,"\(field)
            6,y
            1234567890,1234567890
            7,8,,,,,,,,,,,,,,,,,,,,,,,
            8,z
            """
        let expected = [
            "1 id=1 email=\(field)", "2 malformed_row 2,\(field)…", "3 id=3 email=\(field)",
            "4 malformed_row 4,\"xxxxxxxxx…", "5 malformed_row 5,\"xxxxxxxxx…", "6 id=6 email=y",
            "7 id=1234567890 email=1234567890", "8 malformed_row 7,8,,,,,,,,,…", "9 id=8 email=z",
        ]
        let bytes = Array(text.utf8)
        let whole = decode(bytes, as: .csv, limits: limits)
        #expect(whole.lines == expected)
        for cut in 0...bytes.count {
            #expect(decode(bytes, as: .csv, cuts: [cut], limits: limits) == whole, "cut before \(cut)")
        }
    }

    @Test(.timeLimit(.minutes(1)), arguments: ["\"", "1,\"\n", "1,\"\"\n,", "\"\"", ",", "x", "1,\"a\"\"\n"])
    func hostileFilesAreReadInGoodTime(piece: String) {
        let text = "id,email\n" + String(repeating: piece, count: 400_000 / piece.utf8.count)
        #expect(decode(text, as: .csv).error == nil)
        #expect(decode(text + "\"\n1,\"", as: .csv).error == nil)
    }

    @Test(arguments: 0..<20)
    func whatIsWrittenIsRead(seed: UInt64) {
        var random = TestRandom(seed: seed)
        let letters: [Character] = [
            "a", "\"", ",", "\n", "\r\n", " ", "\u{E9}", "\u{1F600}", "'", ";", "Z", "9",
        ]
        var text = "id,external_id,first_name,last_name,email\n"
        var expected: [String] = []
        for row in 1...60 {
            let values = (0..<4).map { _ in
                String(
                    (0..<Int.random(in: 0...6, using: &random)).map { _ in
                        letters[Int.random(in: 0..<letters.count, using: &random)]
                    })
            }
            let fields = values.map { "\"\($0.replacing("\"", with: "\"\""))\"" }
            text += "\(row)," + fields.joined(separator: ",") + (Bool.random(using: &random) ? "\r\n" : "\n")
            expected.append(
                "\(row) id=\(row) external_id=\(values[0]) first_name=\(values[1]) last_name=\(values[2]) email=\(values[3])"
            )
        }
        let bytes = Array(text.utf8)
        let cuts = (0..<30).map { _ in Int.random(in: 0...bytes.count, using: &random) }.sorted()
        #expect(decode(bytes, as: .csv, cuts: cuts).lines == expected, "seed \(seed)")
    }

    @Test(arguments: 0..<20)
    func brokenFilesAreTheSameHoweverTheyAreCut(seed: UInt64) {
        var random = TestRandom(seed: seed)
        let alphabet = Array("\"\"\",,,\n\n\r x9".utf8) + [0, 0xC3, 0xA9]
        var limits = ImportLimits()
        limits.fieldBytes = 12
        limits.recordBytes = 30
        for _ in 0..<100 {
            let length = Int.random(in: 0...120, using: &random)
            let noise = (0..<length).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &random)] }
            let bytes = Array("id,email\n".utf8) + noise
            let cuts = (0..<8).map { _ in Int.random(in: 0...bytes.count, using: &random) }.sorted()
            let whole = decode(bytes, as: .csv, limits: limits)
            #expect(decode(bytes, as: .csv, cuts: cuts, limits: limits) == whole, "seed \(seed)")
        }
    }
}
