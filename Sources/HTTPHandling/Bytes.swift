/// Text into bytes, for heads and bodies.
extension [UInt8] {
    /// Appends a string's UTF-8 bytes.
    @inline(__always)
    package mutating func append(_ text: String) { append(contentsOf: text.utf8) }

    /// Appends a number in decimal.
    package mutating func append(decimal value: Int) {
        if value >= 0 && value < 10 {
            append(0x30 + UInt8(value))
        } else {
            append(contentsOf: String(value).utf8)
        }
    }

    /// Appends a JSON string with its quotes (RFC 8259, 7).
    public mutating func append(jsonString text: String) {
        append(0x22)
        for byte in text.utf8 {
            switch byte {
            case 0x22, 0x5C:
                append(0x5C)
                append(byte)
            case 0x0A: append("\\n")
            case 0x00..<0x20, 0x7F:
                append("\\u00")
                append(Self.hexDigit(byte >> 4))
                append(Self.hexDigit(byte & 15))
            default: append(byte)
            }
        }
        append(0x22)
    }

    private static func hexDigit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x61 + value - 10 }
}

extension UInt8 {
    /// The value of a hexadecimal digit, in either case; nil for any other byte.
    package var hexDigitValue: UInt8? {
        switch self {
        case 0x30...0x39: self - 0x30
        case 0x41...0x46: self - 0x41 + 10
        case 0x61...0x66: self - 0x61 + 10
        default: nil
        }
    }
}
