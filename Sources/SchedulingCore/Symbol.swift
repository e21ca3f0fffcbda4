/// A text that a run writes into a column, such as a template's name, as a small number. Two columns hold
/// the same text if and only if their symbols are equal, except for `unknown`, which stands for any text
/// that the run itself never writes.
public struct Symbol: Hashable, Sendable {
    /// Position in the table.
    public let code: UInt32

    /// No text: SQL null.
    public static let null = Symbol(code: 0)
    /// Some text that is not in the table.
    public static let unknown = Symbol(code: 1)
}

/// The texts that a run can write, fixed when it starts.
public struct SymbolTable: Sendable {
    private var texts: [String?] = [nil, nil]
    private var codes: [UInt64: UInt32] = [:]

    /// An empty table.
    public init() {}

    /// The symbol of a text, entered if it is new; nil gives `.null`.
    public mutating func insert(_ text: String?) -> Symbol {
        guard let text else { return .null }
        let known = symbol(of: Array(text.utf8).span)
        if known != .unknown { return known }
        let symbol = Symbol(code: UInt32(texts.count))
        texts.append(text)
        codes[FNVHash(text).value] = symbol.code
        return symbol
    }

    /// The symbol of some UTF-8 text that is not null.
    public func symbol(of text: Span<UInt8>) -> Symbol {
        guard let code = codes[text.fnvHash], let known = texts[Int(code)], text.equals(known) else {
            return .unknown
        }
        return Symbol(code: code)
    }

    /// The text of a symbol, nil for `.null` and `.unknown`.
    public func text(of symbol: Symbol) -> String? { texts[Int(symbol.code)] }
}

extension Span where Element == UInt8 {
    /// The FNV-1a hash of the bytes.
    var fnvHash: UInt64 {
        var hash = FNVHash()
        for position in indices { hash.combine(byte: self[position]) }
        return hash.value
    }

    /// Whether the bytes are the UTF-8 form of a text.
    func equals(_ text: String) -> Bool {
        guard count == text.utf8.count else { return false }
        var position = 0
        for byte in text.utf8 {
            if self[position] != byte { return false }
            position += 1
        }
        return true
    }

    /// Whether the bytes are the same as an array's.
    func equals(_ bytes: [UInt8]) -> Bool {
        guard count == bytes.count else { return false }
        for position in indices where self[position] != bytes[position] { return false }
        return true
    }

    /// Whether the bytes are the UTF-8 form of a literal.
    func equals(_ text: StaticString) -> Bool {
        guard count == text.utf8CodeUnitCount else { return false }
        let pointer = unsafe text.utf8Start
        for position in indices where unsafe pointer[position] != self[position] { return false }
        return true
    }
}
