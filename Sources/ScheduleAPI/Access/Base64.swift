/// Base 64 with padding (RFC 4648, section 4), read so strictly that one text only stands for some bytes.
enum Base64 {
    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    /// For each byte the value of that letter; 255 for none.
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 255, count: 256)
        for (value, letter) in alphabet.enumerated() { values[Int(letter)] = UInt8(value) }
        return values
    }()

    /// Reads a text; nil where it is not base 64, not padded, or has bits behind its end.
    static func decode(_ text: String) -> [UInt8]? {
        let letters = Array(text.utf8)
        guard letters.count % 4 == 0, !letters.isEmpty else { return nil }
        let padding = letters.suffix(2).filter { $0 == UInt8(ascii: "=") }.count
        var bytes: [UInt8] = []
        bytes.reserveCapacity(letters.count / 4 * 3)
        var buffer: UInt32 = 0
        var bits: UInt32 = 0
        for letter in letters.dropLast(padding) {
            let value = values[Int(letter)]
            guard value != 255 else { return nil }
            buffer = buffer << 6 | UInt32(value)
            bits += 6
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(truncatingIfNeeded: buffer >> bits))
            }
        }
        guard letters.suffix(padding).allSatisfy({ $0 == UInt8(ascii: "=") }) else { return nil }
        return buffer & (1 << bits - 1) == 0 ? bytes : nil
    }
}
