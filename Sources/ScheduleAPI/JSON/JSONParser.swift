/// Reads a JSON text whole, strictly by RFC 8259: no comments, no trailing commas, UTF-8 only, nesting bounded.
package struct JSONParser {
    /// What makes a text no JSON, and where.
    package struct SyntaxError: Error, Equatable {
        /// What is wrong.
        package var detail: String
        /// Bytes before the place.
        package var offset: Int
        /// The value in which it is.
        package var pointer: JSONPointer
    }

    /// A text that was read.
    package struct Document: Equatable {
        package var root: JSONValue
        /// Members whose name came before in the same object.
        package var duplicates: [JSONPointer]
    }

    /// Deepest nesting accepted.
    package static let depthLimit = 32

    private let bytes: [UInt8]
    private var position = 0
    private var duplicates: [JSONPointer] = []

    private init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Reads a text.
    package static func parse(_ bytes: [UInt8]) throws(SyntaxError) -> Document {
        do {
            _ = try UTF8Span(validating: bytes.span)
        } catch {
            throw SyntaxError(
                detail: "bytes that are not UTF-8", offset: error.byteOffsets.lowerBound, pointer: .root)
        }
        var parser = JSONParser(bytes)
        parser.skipSpace()
        let root = try parser.value(at: .root, depth: 0)
        parser.skipSpace()
        if parser.position < bytes.count { throw parser.error("text behind the end of the value", at: .root) }
        return Document(root: root, duplicates: parser.duplicates)
    }

    // MARK: Values

    private mutating func value(at pointer: JSONPointer, depth: Int) throws(SyntaxError) -> JSONValue {
        guard depth <= Self.depthLimit else {
            throw error("values nested deeper than \(Self.depthLimit)", at: pointer)
        }
        switch peek() {
        case UInt8(ascii: "{"): return try object(at: pointer, depth: depth)
        case UInt8(ascii: "["): return try array(at: pointer, depth: depth)
        case UInt8(ascii: "\""): return .string(try string(at: pointer))
        case UInt8(ascii: "t"): return try word("true", .bool(true), at: pointer)
        case UInt8(ascii: "f"): return try word("false", .bool(false), at: pointer)
        case UInt8(ascii: "n"): return try word("null", .null, at: pointer)
        case UInt8(ascii: "-"): return try number(at: pointer)
        case let byte? where byte &- UInt8(ascii: "0") < 10: return try number(at: pointer)
        case nil: throw error("the end where a value is expected", at: pointer)
        default: throw error("no value where one is expected", at: pointer)
        }
    }

    private mutating func object(at pointer: JSONPointer, depth: Int) throws(SyntaxError) -> JSONValue {
        position += 1
        var members: [JSONValue.Member] = []
        var names: Set<String> = []
        skipSpace()
        if skip("}") { return .object([]) }
        repeat {
            skipSpace()
            guard peek() == UInt8(ascii: "\"") else { throw error("a member without a name", at: pointer) }
            let name = try string(at: pointer)
            let place = pointer.member(name)
            skipSpace()
            guard skip(":") else { throw error("no colon behind a member's name", at: place) }
            skipSpace()
            let value = try value(at: place, depth: depth + 1)
            if names.insert(name).inserted {
                members.append(JSONValue.Member(name: name, value: value))
            } else {
                duplicates.append(place)
            }
            skipSpace()
        } while skip(",")
        guard skip("}") else { throw error("no comma and no end behind a member", at: pointer) }
        return .object(members)
    }

    private mutating func array(at pointer: JSONPointer, depth: Int) throws(SyntaxError) -> JSONValue {
        position += 1
        var elements: [JSONValue] = []
        skipSpace()
        if skip("]") { return .array([]) }
        repeat {
            skipSpace()
            elements.append(try value(at: pointer.element(elements.count), depth: depth + 1))
            skipSpace()
        } while skip(",")
        guard skip("]") else { throw error("no comma and no end behind an element", at: pointer) }
        return .array(elements)
    }

    private mutating func word(
        _ word: StaticString, _ value: JSONValue, at pointer: JSONPointer
    ) throws(SyntaxError) -> JSONValue {
        for byte in "\(word)".utf8 {
            guard peek() == byte else { throw error("a word that JSON does not have", at: pointer) }
            position += 1
        }
        return value
    }

    /// RFC 8259, section 6.
    private mutating func number(at pointer: JSONPointer) throws(SyntaxError) -> JSONValue {
        let start = position
        _ = skip("-")
        if !skip("0") { try digits(at: pointer) }
        if skip(".") { try digits(at: pointer) }
        if skip("e") || skip("E") {
            if !skip("+") { _ = skip("-") }
            try digits(at: pointer)
        }
        return .number(String(decoding: bytes[start..<position], as: UTF8.self))
    }

    private mutating func digits(at pointer: JSONPointer) throws(SyntaxError) {
        let start = position
        while let byte = peek(), byte &- UInt8(ascii: "0") < 10 { position += 1 }
        if position == start { throw error("a malformed number", at: pointer) }
    }

    // MARK: Strings

    private mutating func string(at pointer: JSONPointer) throws(SyntaxError) -> String {
        position += 1
        let start = position
        while let byte = peek(), byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 32 {
            position += 1
        }
        if skip("\"") { return String(decoding: bytes[start..<position - 1], as: UTF8.self) }
        var text = Array(bytes[start..<position])
        while let byte = peek() {
            if byte < 32 { throw error("a control character in a string", at: pointer) }
            position += 1
            if byte == UInt8(ascii: "\"") { return String(decoding: text, as: UTF8.self) }
            if byte == UInt8(ascii: "\\") {
                try escape(at: pointer, into: &text)
            } else {
                text.append(byte)
            }
        }
        throw error("a string without its closing quote", at: pointer)
    }

    /// RFC 8259, section 7; half a surrogate pair is refused.
    private mutating func escape(at pointer: JSONPointer, into text: inout [UInt8]) throws(SyntaxError) {
        let letter = peek()
        position += 1
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(letter ?? 0)
        case UInt8(ascii: "b"): text.append(8)
        case UInt8(ascii: "f"): text.append(12)
        case UInt8(ascii: "n"): text.append(10)
        case UInt8(ascii: "r"): text.append(13)
        case UInt8(ascii: "t"): text.append(9)
        case UInt8(ascii: "u"):
            var code = try codeUnit(at: pointer)
            if (0xD800..<0xDC00).contains(code), skip("\\"), skip("u") {
                let low = try codeUnit(at: pointer)
                guard (0xDC00..<0xE000).contains(low) else {
                    throw error("half a surrogate pair", at: pointer)
                }
                code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(code) else { throw error("half a surrogate pair", at: pointer) }
            text.append(contentsOf: String(Character(scalar)).utf8)
        default:
            position -= 1
            throw error("an escape that JSON does not have", at: pointer)
        }
    }

    private mutating func codeUnit(at pointer: JSONPointer) throws(SyntaxError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = peek(), let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw error("an escape that JSON does not have", at: pointer)
            }
            value = value << 4 | UInt32(digit)
            position += 1
        }
        return value
    }

    // MARK: Bytes

    private func peek() -> UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard peek() == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func skipSpace() {
        while let byte = peek(), byte == 32 || byte == 10 || byte == 13 || byte == 9 { position += 1 }
    }

    private func error(_ detail: String, at pointer: JSONPointer) -> SyntaxError {
        SyntaxError(detail: detail, offset: position, pointer: pointer)
    }
}

extension JSONParser.SyntaxError {
    /// Line and column, both from 1, in bytes.
    func place(in bytes: [UInt8]) -> (line: Int, column: Int) {
        var line = 1
        var start = 0
        for (index, byte) in bytes.prefix(offset).enumerated() where byte == 10 {
            line += 1
            start = index + 1
        }
        return (line, offset - start + 1)
    }
}
