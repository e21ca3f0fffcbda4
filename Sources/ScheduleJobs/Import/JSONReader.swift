/// A position in the bytes of one JSON text, and the few things a flat object is made of (RFC 8259). The
/// bytes are handed to each step.
struct JSONReader {
    /// A string between its quotes.
    struct Text {
        /// The bytes between the quotes.
        var range: Range<Int>
        /// Whether any of them is a backslash.
        var hasEscapes: Bool
    }

    /// What is wrong with a text.
    struct Problem: Error {
        var code = ImportRejection.Code.malformedRow
        var detail: String?
        /// The field concerned.
        var fieldName: [UInt8]?
        /// Where the wrong value begins.
        var position: Int?

        init(_ detail: String) { self.detail = detail }

        /// A field that contacts do not have.
        static func unknownField(name: [UInt8], value: Int) -> Problem {
            var problem = Problem("contacts have no such field")
            problem.code = .unknownField
            problem.fieldName = name
            problem.position = value
            return problem
        }

        /// A field with a wrong value.
        static func field(_ column: ImportColumn, _ detail: String, value: Int) -> Problem {
            var problem = Problem(detail)
            problem.fieldName = Array("\(column.name)".utf8)
            problem.position = value
            return problem
        }
    }

    /// The next byte to read.
    var position = 0
    /// All bytes of the strings read, or-ed together: above 127 where there is more than ASCII.
    private(set) var seen: UInt8 = 0

    /// The next byte, nil at the end.
    func peek(_ text: Span<UInt8>) -> UInt8? { position < text.count ? text[position] : nil }

    /// Passes over white space.
    mutating func skipSpace(_ text: Span<UInt8>) {
        while let byte = peek(text), byte == 32 || byte == 10 || byte == 13 || byte == 9 { position += 1 }
    }

    /// Passes over a character if it is the next.
    mutating func skip(_ character: Unicode.Scalar, _ text: Span<UInt8>) -> Bool {
        guard peek(text) == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    /// Passes over a word that must come next.
    mutating func expect(_ word: StaticString, _ text: Span<UInt8>) throws(Problem) {
        let start = unsafe word.utf8Start
        for index in 0..<word.utf8CodeUnitCount {
            guard let byte = peek(text), unsafe byte == start[index] else {
                throw Problem("no “\(word)” where one is expected, at byte \(position + 1)")
            }
            position += 1
        }
    }

    /// Passes over a string and checks its escapes; whether it is UTF-8 is left to the caller.
    mutating func string(_ text: Span<UInt8>) throws(Problem) -> Text {
        try expect("\"", text)
        let start = position
        var hasEscapes = false
        while position < text.count {
            let byte = text[position]
            position += 1
            if byte == UInt8(ascii: "\"") { return Text(range: start..<position - 1, hasEscapes: hasEscapes) }
            if byte < 32 { throw Problem("a control character in a string, at byte \(position)") }
            seen |= byte
            if byte == UInt8(ascii: "\\") {
                hasEscapes = true
                guard let scalar = JSONEscape.read(text, &position) else {
                    throw Problem("an escape that JSON does not have, at byte \(position)")
                }
                if scalar == 0 { throw Problem("a NUL character, at byte \(position)") }
            }
        }
        throw Problem("a string without its closing quote")
    }

    /// Passes over a number.
    mutating func number(_ text: Span<UInt8>) throws(Problem) {
        _ = skip("-", text)
        if !skip("0", text) { try digits(text) }
        if skip(".", text) { try digits(text) }
        if skip("e", text) || skip("E", text) {
            if !skip("+", text) { _ = skip("-", text) }
            try digits(text)
        }
    }

    /// Passes over any value that is not nested.
    mutating func scalar(_ text: Span<UInt8>) throws(Problem) {
        switch peek(text) {
        case UInt8(ascii: "\""): _ = try string(text)
        case UInt8(ascii: "t"): try expect("true", text)
        case UInt8(ascii: "f"): try expect("false", text)
        case UInt8(ascii: "n"): try expect("null", text)
        default: try number(text)
        }
    }

    private mutating func digits(_ text: Span<UInt8>) throws(Problem) {
        let start = position
        while let byte = peek(text), byte &- UInt8(ascii: "0") < 10 { position += 1 }
        if position == start { throw Problem("a malformed number, at byte \(position + 1)") }
    }
}
