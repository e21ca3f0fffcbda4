/// Escapes in JSON strings (RFC 8259, section 7).
enum JSONEscape {
    /// The scalar of an escape whose backslash lies just before the position, which moves behind it; nil for
    /// what JSON does not have, half a surrogate pair among it.
    static func read(_ text: Span<UInt8>, _ position: inout Int) -> UInt32? {
        guard position < text.count else { return nil }
        let byte = text[position]
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return UInt32(byte)
        case UInt8(ascii: "b"): return 8
        case UInt8(ascii: "f"): return 12
        case UInt8(ascii: "n"): return 10
        case UInt8(ascii: "r"): return 13
        case UInt8(ascii: "t"): return 9
        case UInt8(ascii: "u"): return unicode(text, &position)
        default: return nil
        }
    }

    private static func unicode(_ text: Span<UInt8>, _ position: inout Int) -> UInt32? {
        guard let first = hexadecimal(text, &position) else { return nil }
        if first < 0xD800 || first > 0xDFFF { return first }
        guard first < 0xDC00, position + 1 < text.count, text[position] == UInt8(ascii: "\\"),
            text[position + 1] == UInt8(ascii: "u")
        else { return nil }
        position += 2
        guard let second = hexadecimal(text, &position), (0xDC00...0xDFFF).contains(second) else {
            return nil
        }
        return 0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)
    }

    private static func hexadecimal(_ text: Span<UInt8>, _ position: inout Int) -> UInt32? {
        guard position + 4 <= text.count else { return nil }
        var value: UInt32 = 0
        for _ in 0..<4 {
            let digit: UInt8
            switch text[position] {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = text[position] - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = text[position] - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = text[position] - UInt8(ascii: "A") + 10
            default: return nil
            }
            value = value << 4 | UInt32(digit)
            position += 1
        }
        return value
    }
}

extension Span<UInt8> {
    /// The bytes as an array; where asked for, with JSON's escapes, known to be sound, resolved.
    func bytes(unescaping: Bool) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(count)
        var position = 0
        while position < count {
            let byte = self[position]
            position += 1
            guard unescaping, byte == UInt8(ascii: "\\") else {
                result.append(byte)
                continue
            }
            if let value = JSONEscape.read(self, &position), let scalar = Unicode.Scalar(value) {
                result.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
            }
        }
        return result
    }
}
