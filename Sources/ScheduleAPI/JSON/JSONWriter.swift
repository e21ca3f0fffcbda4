import HTTPHandling

/// Writes JSON as bytes. Names are the caller's own and need no escaping; commas are set by what stands before.
struct JSONWriter {
    /// What was written.
    private(set) var bytes: [UInt8] = []

    /// An empty text with room for so many bytes.
    init(capacity: Int = 512) { bytes.reserveCapacity(capacity) }

    /// Writes an object; `members` writes its members.
    mutating func object(_ members: (inout JSONWriter) -> Void) {
        comma()
        bytes.append(UInt8(ascii: "{"))
        members(&self)
        bytes.append(UInt8(ascii: "}"))
    }

    /// Writes an array; `write` writes each element.
    mutating func array<Element>(_ elements: [Element], _ write: (inout JSONWriter, Element) -> Void) {
        comma()
        bytes.append(UInt8(ascii: "["))
        for element in elements { write(&self, element) }
        bytes.append(UInt8(ascii: "]"))
    }

    // MARK: Members

    /// A member whose value is written by `value`.
    mutating func member(_ name: StaticString, _ value: (inout JSONWriter) -> Void) {
        key(name)
        value(&self)
    }

    /// A member with a text or null.
    mutating func member(_ name: StaticString, _ text: String?) {
        key(name)
        value(text)
    }

    /// A member with a whole number or null.
    mutating func member(_ name: StaticString, _ number: (some FixedWidthInteger)?) {
        key(name)
        if let number { value(number) } else { null() }
    }

    /// A member with a finite number, rounded to four places, or null.
    mutating func member(_ name: StaticString, decimal number: Double?) {
        member(name, json: number.flatMap { $0.isFinite ? "\(($0 * 10_000).rounded() / 10_000)" : nil })
    }

    /// A member with a boolean.
    mutating func member(_ name: StaticString, _ flag: Bool) {
        key(name)
        comma()
        bytes.append(flag ? "true" : "false")
    }

    /// A member with JSON text that is put in as it stands, or null.
    mutating func member(_ name: StaticString, json: String?) {
        key(name)
        comma()
        bytes.append(json ?? "null")
    }

    /// A member with JSON text that is put in as it stands, under a name that is not known before.
    mutating func member(_ name: String, json: String) {
        comma()
        bytes.append(jsonString: name)
        bytes.append(UInt8(ascii: ":"))
        bytes.append(contentsOf: json.utf8)
    }

    /// A member with an object of counts by name, in order of the names.
    mutating func member(_ name: StaticString, counts: [String: Int]) {
        key(name)
        object { writer in
            for (name, count) in counts.sorted(by: { $0.key < $1.key }) {
                writer.comma()
                writer.bytes.append(jsonString: name)
                writer.bytes.append(UInt8(ascii: ":"))
                writer.value(count)
            }
        }
    }

    // MARK: Values

    /// A text or null.
    mutating func value(_ text: String?) {
        guard let text else { return null() }
        comma()
        let isWritten = text.utf8.withContiguousStorageIfAvailable { utf8 in
            for byte in utf8 where byte < 0x20 || byte == 0x22 || byte == 0x5C || byte == 0x7F {
                return false
            }
            bytes.append(UInt8(ascii: "\""))
            bytes.append(contentsOf: utf8)
            bytes.append(UInt8(ascii: "\""))
            return true
        }
        if isWritten != true { bytes.append(jsonString: text) }
    }

    /// A whole number.
    mutating func value(_ number: some FixedWidthInteger) {
        comma()
        bytes.append(decimal: Int(clamping: number))
    }

    /// A value as it was read; numbers are written as they stood.
    mutating func value(_ value: JSONValue) {
        switch value {
        case .null: null()
        case .bool(let flag):
            comma()
            bytes.append(flag ? "true" : "false")
        case .number(let text):
            comma()
            bytes.append(contentsOf: text.utf8)
        case .string(let text): self.value(text)
        case .array(let elements): array(elements) { $0.value($1) }
        case .object(let members):
            object { writer in
                for member in members {
                    writer.comma()
                    writer.bytes.append(jsonString: member.name)
                    writer.bytes.append(UInt8(ascii: ":"))
                    writer.value(member.value)
                }
            }
        }
    }

    /// Null.
    mutating func null() {
        comma()
        bytes.append("null")
    }

    /// Ends a line of NDJSON.
    mutating func endLine() { bytes.append(10) }

    /// A name and its colon.
    private mutating func key(_ name: StaticString) {
        comma()
        bytes.append(UInt8(ascii: "\""))
        name.withUTF8Buffer { bytes.append(contentsOf: $0) }
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: ":"))
    }

    /// A comma, unless this is the first in its object, array or line, or the value of a member.
    private mutating func comma() {
        switch bytes.last {
        case nil, UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: ":"), 10: break
        default: bytes.append(UInt8(ascii: ","))
        }
    }
}
