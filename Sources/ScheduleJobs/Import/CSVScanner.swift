/// Finds the fields of one CSV record (RFC 4180) in bytes that come in pieces. A state machine over bytes:
/// it copies nothing and knows nothing of columns.
///
/// Beyond the RFC: a line may end in LF alone, and a quote inside an unquoted field stands for itself.
package struct CSVScanner: Sendable {
    /// A field's place, counted from the record's first byte.
    package struct Field: Sendable {
        /// First byte of the text, behind an opening quote.
        package var start: UInt32
        /// Just behind the text, before a closing quote.
        package var end: UInt32
        /// How the field is written.
        package var form: Form
    }

    /// How a field is written.
    package enum Form: UInt8 {
        /// Without quotes.
        case plain
        /// In quotes.
        case quoted
        /// In quotes, with doubled quotes inside.
        case escaped
    }

    /// What came of scanning a piece.
    package enum Outcome {
        /// The record goes on in the next piece.
        case incomplete
        /// The record is complete.
        case record
        /// The record breaks a rule.
        case malformed(StaticString)
    }

    private enum State: UInt8 { case fieldStart, plain, quoted, afterQuote, returnAfterQuote }

    /// The fields found so far.
    package private(set) var fields: [Field] = []
    /// Bytes of the record seen so far, its line end included.
    private(set) var length = 0
    /// Whether any field has doubled quotes.
    private(set) var hasEscapes = false
    /// Whether there is a NUL byte.
    private(set) var hasNUL = false
    /// All bytes of the text, or-ed together: above 127 where there is more than ASCII.
    private(set) var seen: UInt8 = 0

    private var state = State.fieldStart
    private var form = Form.plain
    private var fieldStart = 0
    private var lastByte: UInt8 = 0
    private let limits: ImportLimits

    package init(limits: ImportLimits) { self.limits = limits }

    /// Forgets the record, so that the next byte begins another one.
    package mutating func startRecord() {
        fields.removeAll(keepingCapacity: true)
        length = 0
        hasEscapes = false
        hasNUL = false
        seen = 0
        state = .fieldStart
    }

    /// Goes on with the record from a position, which it moves behind the last byte it used.
    package mutating func scan(_ bytes: Span<UInt8>, from position: inout Int) -> Outcome {
        let base = position - length
        var here = position
        defer {
            position = here
            length = here - base
            if here > 0 { lastByte = bytes[here - 1] }
        }
        while here < bytes.count {
            switch state {
            case .fieldStart:
                form = .plain
                fieldStart = here - base
                guard bytes[here] == quote else {
                    state = .plain
                    continue
                }
                form = .quoted
                fieldStart += 1
                state = .quoted
                here += 1
            case .plain:
                if let outcome = scanPlain(bytes, base, &here) { return outcome }
            case .quoted:
                if let outcome = scanQuoted(bytes, base, &here) { return outcome }
            case .afterQuote:
                let byte = bytes[here]
                here += 1
                switch byte {
                case quote:
                    form = .escaped
                    hasEscapes = true
                    state = .quoted
                case comma: endField(at: here - base - 2)
                case lineFeed:
                    endField(at: here - base - 2)
                    return .record
                case carriageReturn: state = .returnAfterQuote
                default: return .malformed("text after a closing quote")
                }
            case .returnAfterQuote:
                here += 1
                guard bytes[here - 1] == lineFeed else { return .malformed("text after a closing quote") }
                endField(at: here - base - 3)
                return .record
            }
        }
        return .incomplete
    }

    /// Ends the record with the file.
    package mutating func finish() -> Outcome {
        switch state {
        case .fieldStart, .plain:
            if state == .fieldStart { (form, fieldStart) = (.plain, length) }
            endField(at: length > fieldStart && lastByte == carriageReturn ? length - 1 : length)
        case .afterQuote: endField(at: length - 1)
        case .returnAfterQuote: endField(at: length - 2)
        case .quoted: return .malformed("a quoted field without its closing quote")
        }
        return .record
    }

    /// An unquoted field up to its comma, its line's end, or the end of the piece.
    private mutating func scanPlain(_ bytes: Span<UInt8>, _ base: Int, _ here: inout Int) -> Outcome? {
        let stop = min(bytes.count, base + maximumEnd)
        var seen = self.seen
        defer { self.seen = seen }
        while here < stop {
            let byte = bytes[here]
            here += 1
            // Everything that ends a field lies at or below the comma.
            if byte > comma {
                seen |= byte
                continue
            }
            if byte == comma {
                endField(at: here - base - 1)
                return nil
            }
            if byte == lineFeed {
                let previous = here >= 2 ? bytes[here - 2] : lastByte
                let isCRLF = here - base >= fieldStart + 2 && previous == carriageReturn
                endField(at: here - base - (isCRLF ? 2 : 1))
                return .record
            }
            if byte == 0 { hasNUL = true }
        }
        return here - base >= maximumEnd ? tooLong : nil
    }

    /// A quoted field up to the next quote or the end of the piece.
    private mutating func scanQuoted(_ bytes: Span<UInt8>, _ base: Int, _ here: inout Int) -> Outcome? {
        let stop = min(bytes.count, base + maximumEnd)
        var seen = self.seen
        defer { self.seen = seen }
        while here < stop {
            let byte = bytes[here]
            here += 1
            if byte == quote {
                state = .afterQuote
                return nil
            }
            if byte == 0 { hasNUL = true }
            seen |= byte
        }
        return here - base >= maximumEnd ? tooLong : nil
    }

    /// One byte behind what field and record may have, counted from the record's first byte.
    private var maximumEnd: Int { min(fieldStart + limits.fieldBytes, limits.recordBytes) + 1 }

    private var tooLong: Outcome {
        let isField = fieldStart + limits.fieldBytes <= limits.recordBytes
        return .malformed(isField ? "a field over the size limit" : "a record over the size limit")
    }

    private mutating func endField(at end: Int) {
        let start = UInt32(truncatingIfNeeded: fieldStart)
        fields.append(Field(start: start, end: UInt32(truncatingIfNeeded: end), form: form))
        state = .fieldStart
    }
}

private let comma = UInt8(ascii: ",")
private let quote = UInt8(ascii: "\"")
private let lineFeed: UInt8 = 10
private let carriageReturn: UInt8 = 13
