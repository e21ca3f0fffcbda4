/// Writes numbers and texts into bytes, for what a run must remember when it is taken up again.
struct StateEncoder {
    private(set) var bytes: [UInt8] = []

    /// A whole number, in as few bytes as it needs.
    mutating func write(_ number: Int) {
        var rest = UInt64(bitPattern: Int64(number << 1 ^ number >> 63))
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    mutating func write(_ day: CivilDate) { write(Int(day.dayNumber)) }

    mutating func write(_ text: String) {
        write(text.utf8.count)
        bytes.append(contentsOf: text.utf8)
    }

    /// The number of elements, then each of them.
    mutating func write<Elements: Collection>(
        _ elements: Elements, _ body: (inout StateEncoder, Elements.Element) -> Void
    ) {
        write(elements.count)
        for element in elements { body(&self, element) }
    }
}

/// Reads what `StateEncoder` wrote; whatever else it is given, it throws and never traps.
struct StateDecoder {
    /// The bytes are not what was expected.
    struct Malformed: Error {}

    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Whether everything was read.
    var isAtEnd: Bool { position == bytes.count }

    mutating func number() throws(Malformed) -> Int {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while position < bytes.count, shift < 64 {
            let byte = bytes[position]
            position += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return Int(Int64(bitPattern: value >> 1 ^ (0 &- (value & 1)))) }
            shift += 7
        }
        throw Malformed()
    }

    mutating func day() throws(Malformed) -> CivilDate {
        guard let number = Int32(exactly: try number()) else { throw Malformed() }
        return CivilDate(dayNumber: number)
    }

    mutating func text() throws(Malformed) -> String {
        let count = try number()
        guard count >= 0, count <= bytes.count - position else { throw Malformed() }
        defer { position += count }
        return String(decoding: bytes[position..<position + count], as: UTF8.self)
    }

    /// Reads as many elements as were written.
    mutating func each(_ body: (inout StateDecoder) throws(Malformed) -> Void) throws(Malformed) {
        let count = try number()
        guard count >= 0, count <= bytes.count - position else { throw Malformed() }
        for _ in 0..<count { try body(&self) }
    }
}
