/// Byte classes and conversions. Everything in this module decides on bytes, never on `Character` or `String`.
enum ASCII {
    static let tab: UInt8 = 0x09
    static let lf: UInt8 = 0x0A
    static let cr: UInt8 = 0x0D
    static let space: UInt8 = 0x20

    /// `tchar` of RFC 9110, 5.6.2.
    @inline(__always)
    static func isToken(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        case 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2D, 0x2E, 0x5E, 0x5F, 0x60, 0x7C, 0x7E: true
        default: false
        }
    }

    /// `field-vchar`, space or tab of RFC 9110, 5.5: what may stand in a line.
    @inline(__always)
    static func isText(_ byte: UInt8) -> Bool { (byte >= 0x20 && byte != 0x7F) || byte == tab }

    /// `pchar` of RFC 3986, 3.3, without the percent sign.
    static func isPathCharacter(_ byte: UInt8) -> Bool { isRegName(byte) || byte == 0x3A || byte == 0x40 }

    /// `unreserved` or `sub-delims` of RFC 3986, 2.
    static func isRegName(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        case 0x21, 0x24, 0x26...0x2E, 0x3B, 0x3D, 0x5F, 0x7E: true
        default: false
        }
    }

    static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

    static func isBlank(_ byte: UInt8) -> Bool { byte == space || byte == tab }

    @inline(__always)
    static func lower(_ byte: UInt8) -> UInt8 { byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte }

    /// Whether the bytes are `text` (given in lower case) in any case.
    static func equals(_ bytes: Span<UInt8>, lowercased text: StaticString) -> Bool {
        guard bytes.count == text.utf8CodeUnitCount else { return false }
        for index in 0..<bytes.count
        where unsafe lower(bytes[index]) != text.utf8Start[index] {
            return false
        }
        return true
    }
}

extension Span where Element == UInt8 {
    /// The range without spaces and tabs around it (OWS of RFC 9110, 5.6.3).
    func trimmed(_ range: Range<Int>) -> Range<Int> {
        var (low, high) = (range.lowerBound, range.upperBound)
        while low < high, ASCII.isBlank(self[low]) { low += 1 }
        while low < high, ASCII.isBlank(self[high - 1]) { high -= 1 }
        return low..<high
    }

    /// The bytes as a string if they are UTF-8.
    func string(_ range: Range<Int>) -> String? {
        let bytes = extracting(range)
        guard let text = try? UTF8Span(validating: bytes) else { return nil }
        return String(copying: text)
    }

    /// The bytes, known to be ASCII, in lower case.
    func lowercasedString(_ range: Range<Int>) -> String {
        unsafe String(unsafeUninitializedCapacity: range.count) { buffer in
            var count = 0
            for index in range {
                unsafe buffer[count] = ASCII.lower(self[index])
                count += 1
            }
            return count
        }
    }
}
