import HTTPHandling

/// Writes CSV as bytes (RFC 4180): fields that need it are quoted, null is an empty field. Lines end with a line
/// feed alone, which every reader of CSV takes and the tools of a shell need.
struct CSVWriter {
    /// What was written since the last `take`.
    private(set) var bytes: [UInt8] = []
    private var isAtStart = true

    /// A text that begins with a header.
    init(header: [String]) {
        for name in header { field(name) }
        endRecord()
    }

    /// Writes a text.
    mutating func field(_ text: String?) {
        separate()
        guard let text else { return }
        let needsQuotes = text.utf8.contains { byte in
            byte == UInt8(ascii: "\"") || byte == UInt8(ascii: ",") || byte == 10 || byte == 13
        }
        guard needsQuotes else { return bytes.append(contentsOf: text.utf8) }
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            if byte == UInt8(ascii: "\"") { bytes.append(byte) }
            bytes.append(byte)
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// Writes a whole number.
    mutating func field(_ number: Int64?) {
        separate()
        if let number { bytes.append(decimal: Int(clamping: number)) }
    }

    /// Ends a record.
    mutating func endRecord() {
        bytes.append(10)
        isAtStart = true
    }

    /// Hands over what was written.
    mutating func take() -> [UInt8] {
        defer { bytes.removeAll(keepingCapacity: true) }
        return bytes
    }

    private mutating func separate() {
        if isAtStart { isAtStart = false } else { bytes.append(UInt8(ascii: ",")) }
    }
}
