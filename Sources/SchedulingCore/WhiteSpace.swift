/// White space of UTF-8 text as Unicode has it. What spreadsheets and web pages leave around an address, and
/// inside it, is often no plain space but a no-break one.
extension Span where Element == UInt8 {
    /// The positions without white space at both ends.
    public var trimmedRange: Range<Int> {
        var first = 0
        var end = count
        while first < end {
            let length = whiteSpaceLength(at: first)
            guard length > 0 else { break }
            first += length
        }
        while first < end, let length = whiteSpaceLength(before: end), length <= end - first { end -= length }
        return first..<end
    }

    /// How many bytes the white space that begins at a position has; 0 where none begins there.
    func whiteSpaceLength(at position: Int) -> Int {
        let byte = self[position]
        if byte < 0x80 { return byte == 32 || (byte >= 9 && byte <= 13) ? 1 : 0 }
        guard byte == 0xC2 || (byte >= 0xE1 && byte <= 0xE3), position + 1 < count else { return 0 }
        let second = self[position + 1]
        if byte == 0xC2 { return second == 0x85 || second == 0xA0 ? 2 : 0 }
        guard position + 2 < count else { return 0 }
        return switch (byte, second, self[position + 2]) {
        case (0xE1, 0x9A, 0x80), (0xE2, 0x80, 0x80...0x8A), (0xE2, 0x80, 0xA8...0xA9), (0xE2, 0x80, 0xAF),
            (0xE2, 0x81, 0x9F), (0xE3, 0x80, 0x80):
            3
        default: 0
        }
    }

    /// How many bytes the white space that ends before a position has; nil where none ends there.
    private func whiteSpaceLength(before end: Int) -> Int? {
        let longest = self[end - 1] < 0x80 ? 1 : Swift.min(3, end)
        return (1...longest).first { whiteSpaceLength(at: end - $0) == $0 }
    }
}
