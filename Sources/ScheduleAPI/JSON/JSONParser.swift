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
    /// Where the value that is being read stands; written out only where it is asked for.
    private var path: [Step] = []

    private enum Step {
        case member(String)
        case element(Int)
    }

    private var pointer: JSONPointer {
        path.reduce(.root) { pointer, step in
            switch step {
            case .member(let name): pointer.member(name)
            case .element(let index): pointer.element(index)
            }
        }
    }

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
        let root = try parser.value(depth: 0)
        parser.skipSpace()
        if parser.position < bytes.count { throw parser.error("text behind the end of the value") }
        return Document(root: root, duplicates: parser.duplicates)
    }

    // MARK: Values

    private mutating func value(depth: Int) throws(SyntaxError) -> JSONValue {
        guard depth <= Self.depthLimit else {
            throw error("values nested deeper than \(Self.depthLimit)")
        }
        switch peek() {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case UInt8(ascii: "-"): return try number()
        case let byte? where byte &- UInt8(ascii: "0") < 10: return try number()
        case nil: throw error("the end where a value is expected")
        default: throw error("no value where one is expected")
        }
    }

    private mutating func object(depth: Int) throws(SyntaxError) -> JSONValue {
        position += 1
        var members: [JSONValue.Member] = []
        var names: Set<String> = []
        skipSpace()
        if skip("}") { return .object([]) }
        repeat {
            skipSpace()
            guard peek() == UInt8(ascii: "\"") else { throw error("a member without a name") }
            let name = try string()
            path.append(.member(name))
            skipSpace()
            guard skip(":") else { throw error("no colon behind a member's name") }
            skipSpace()
            let value = try value(depth: depth + 1)
            if isNew(name, members, &names) {
                members.append(JSONValue.Member(name: name, value: value))
            } else {
                duplicates.append(pointer)
            }
            path.removeLast()
            skipSpace()
        } while skip(",")
        guard skip("}") else { throw error("no comma and no end behind a member") }
        return .object(members)
    }

    /// Whether an object has no member of a name so far. The names of a small one are looked through: that costs less
    /// than a set of them.
    private func isNew(
        _ name: String, _ members: [JSONValue.Member], _ names: inout Set<String>
    ) -> Bool {
        if members.count < 24 { return !members.contains { $0.name == name } }
        if names.isEmpty { names = Set(members.map(\.name)) }
        return names.insert(name).inserted
    }

    private mutating func array(depth: Int) throws(SyntaxError) -> JSONValue {
        position += 1
        var elements: [JSONValue] = []
        skipSpace()
        if skip("]") { return .array([]) }
        repeat {
            skipSpace()
            path.append(.element(elements.count))
            elements.append(try value(depth: depth + 1))
            path.removeLast()
            skipSpace()
        } while skip(",")
        guard skip("]") else { throw error("no comma and no end behind an element") }
        return .array(elements)
    }

    private mutating func word(
        _ word: StaticString, _ value: JSONValue
    ) throws(SyntaxError) -> JSONValue {
        for byte in "\(word)".utf8 {
            guard peek() == byte else { throw error("a word that JSON does not have") }
            position += 1
        }
        return value
    }

    /// RFC 8259, section 6.
    private mutating func number() throws(SyntaxError) -> JSONValue {
        let start = position
        _ = skip("-")
        if !skip("0") { try digits() }
        if skip(".") { try digits() }
        if skip("e") || skip("E") {
            if !skip("+") { _ = skip("-") }
            try digits()
        }
        return .number(String(decoding: bytes[start..<position], as: UTF8.self))
    }

    private mutating func digits() throws(SyntaxError) {
        let start = position
        while let byte = peek(), byte &- UInt8(ascii: "0") < 10 { position += 1 }
        if position == start { throw error("a malformed number") }
    }

    // MARK: Strings

    private mutating func string() throws(SyntaxError) -> String {
        position += 1
        let start = position
        while let byte = peek(), byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 32 {
            position += 1
        }
        if skip("\"") { return String(decoding: bytes[start..<position - 1], as: UTF8.self) }
        var text = Array(bytes[start..<position])
        while let byte = peek() {
            if byte < 32 { throw error("a control character in a string") }
            position += 1
            if byte == UInt8(ascii: "\"") { return String(decoding: text, as: UTF8.self) }
            if byte == UInt8(ascii: "\\") {
                try escape(into: &text)
            } else {
                text.append(byte)
            }
        }
        throw error("a string without its closing quote")
    }

    /// RFC 8259, section 7; half a surrogate pair is refused.
    private mutating func escape(into text: inout [UInt8]) throws(SyntaxError) {
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
            var code = try codeUnit()
            if (0xD800..<0xDC00).contains(code), skip("\\"), skip("u") {
                let low = try codeUnit()
                guard (0xDC00..<0xE000).contains(low) else {
                    throw error("half a surrogate pair")
                }
                code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(code) else { throw error("half a surrogate pair") }
            text.append(contentsOf: String(Character(scalar)).utf8)
        default:
            position -= 1
            throw error("an escape that JSON does not have")
        }
    }

    private mutating func codeUnit() throws(SyntaxError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = peek(), let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw error("an escape that JSON does not have")
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

    private func error(_ detail: String) -> SyntaxError {
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
