/// A two-letter postal code of a state, district, territory or military area, such as `CA`.
public struct StateCode: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// Number of codes that two letters can write; `index` stays below it.
    public static let count = 26 * 26

    /// Where the code stands among all pairs of letters: `AA` is 0, `ZZ` is 675.
    public let index: UInt16

    /// The code at a position among all pairs of letters.
    init(index: UInt16) { self.index = index }

    /// Reads two ASCII letters of any case; nil for anything else.
    public init?(_ text: Span<UInt8>) {
        guard text.count == 2, let first = StateCode.letter(text[0]), let second = StateCode.letter(text[1])
        else { return nil }
        index = first * 26 + second
    }

    /// Reads two ASCII letters of any case; nil for anything else.
    public init?(_ text: String) {
        let bytes = Array(text.utf8)
        self.init(bytes.span)
    }

    private static func letter(_ byte: UInt8) -> UInt16? {
        let lower = byte | 0x20
        guard lower >= UInt8(ascii: "a"), lower <= UInt8(ascii: "z") else { return nil }
        return UInt16(lower - UInt8(ascii: "a"))
    }

    /// The code in capital letters.
    public var description: String {
        let letters = [index / 26, index % 26].map { UInt8(ascii: "A") + UInt8($0) }
        return String(decoding: letters, as: UTF8.self)
    }

    /// Alphabetical order.
    public static func < (left: StateCode, right: StateCode) -> Bool { left.index < right.index }
}
