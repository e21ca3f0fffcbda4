/// FNV-1a, 64 bits, over bytes: `H(s)` of SPEC 5. It spreads contacts over days, the same way on every
/// machine and in every run.
public struct FNVHash: Sendable {
    /// The hash of everything combined so far.
    public private(set) var value: UInt64 = 14_695_981_039_346_656_037

    /// The hash of nothing.
    public init() {}

    /// The hash of a text's UTF-8 bytes.
    public init(_ text: String) {
        for byte in text.utf8 { combine(byte: byte) }
    }

    /// Adds one byte.
    @inline(__always)
    public mutating func combine(byte: UInt8) {
        value = (value ^ UInt64(byte)) &* 1_099_511_628_211
    }

    /// Adds the UTF-8 bytes of a text that stands in the code.
    @inline(__always)
    public mutating func combine(literal text: StaticString) {
        let start = unsafe text.utf8Start
        for position in 0..<text.utf8CodeUnitCount { combine(byte: unsafe start[position]) }
    }

    /// Adds the UTF-8 bytes of a text.
    public mutating func combine(_ text: String) {
        let bytes = text.utf8.span
        for position in bytes.indices { combine(byte: bytes[position]) }
    }

    /// Adds a whole number as decimal digits.
    @inline(__always)
    public mutating func combine(_ number: Int64) {
        if number < 0 { combine(byte: UInt8(ascii: "-")) }
        var digits = InlineArray<20, UInt8>(repeating: 0)
        var first = 20
        var rest = number.magnitude
        repeat {
            first -= 1
            digits[first] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        } while rest > 0
        for position in first..<20 { combine(byte: digits[position]) }
    }

    /// Adds a date as `YYYY-MM-DD`.
    public mutating func combine(_ date: CivilDate) {
        date.forEachByte { combine(byte: $0) }
    }

    /// The hash modulo a positive count, unsigned (SPEC 5).
    public func index(in count: Int) -> Int {
        Int(value % UInt64(count))
    }
}
