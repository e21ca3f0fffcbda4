/// Reads contacts from one JSON array of flat objects that comes in pieces of any size. UTF-8, with or
/// without a byte order mark.
///
/// The outcome does not depend on how the file is cut. Elements are told apart by brackets, commas and
/// strings alone, then each is read strictly, so that a malformed one costs one row.
public struct JSONArrayDecoder: Sendable {
    private enum State { case beforeArray, beforeFirst, beforeElement, inElement, afterArray }

    /// Data rows read so far, rejected ones included.
    public private(set) var rowCount = 0

    private let limits: ImportLimits
    private var mark = ByteOrderMark()
    private var state = State.beforeArray
    private var depth = 0
    private var isInString = false
    private var isEscaped = false
    /// The beginning of an element that earlier pieces left unfinished; of one over the limit only its head.
    private var pending: [UInt8] = []
    /// Bytes of that element so far.
    private var length = 0

    /// A decoder at the beginning of a file.
    public init(limits: ImportLimits = ImportLimits()) { self.limits = limits }

    /// Decodes the next piece of the file and hands over each row that is complete. Throws `ImportFileError`
    /// where the file cannot be read at all, and whatever `receive` throws; the decoder is of no use then.
    public mutating func feed(_ piece: [UInt8], to receive: (DecodedRow) throws -> Void) throws {
        guard let bytes = try mark.strip(piece) else { return }
        try decode(bytes, receive)
    }

    /// Decodes what is left when the file has ended; to be called once.
    public mutating func finish(to receive: (DecodedRow) throws -> Void) throws {
        try decode(mark.finish(), receive)
        switch state {
        case .afterArray: return
        case .beforeArray: throw ImportFileError(.emptyFile, "The file is empty; a JSON array was expected.")
        default: throw ImportFileError(.unexpectedEnd, "The file ends before the array does.")
        }
    }

    private mutating func decode(_ bytes: [UInt8], _ receive: (DecodedRow) throws -> Void) throws {
        var position = 0
        while position < bytes.count {
            if state == .inElement {
                let start = position
                let isComplete = scanElement(bytes.span, &position)
                guard isComplete else { return keep(bytes[start...]) }
                try endElement(bytes, start..<position, receive)
                state = bytes[position] == UInt8(ascii: ",") ? .beforeElement : .afterArray
                position += 1
                continue
            }
            let byte = bytes[position]
            if byte == 32 || byte == 10 || byte == 13 || byte == 9 {
                position += 1
                continue
            }
            position += try readBetween(byte, receive)
        }
    }

    /// Takes a byte outside all elements; returns 0 where it begins one and is to be read again.
    private mutating func readBetween(
        _ byte: UInt8, _ receive: (DecodedRow) throws -> Void
    ) throws -> Int {
        switch (state, byte) {
        case (.beforeArray, UInt8(ascii: "[")): state = .beforeFirst
        case (.beforeArray, UInt8(ascii: "{")):
            throw ImportFileError(
                .notAnArray, "A JSON array was expected, not an object; one object a line is NDJSON.")
        case (.beforeArray, _): throw ImportFileError(.notAnArray, "A JSON array was expected.")
        case (.beforeFirst, UInt8(ascii: "]")): state = .afterArray
        case (.beforeElement, UInt8(ascii: "]")):
            try receive(.rejected(malformed([], "no element behind the last comma")))
            state = .afterArray
        case (.afterArray, _):
            throw ImportFileError(.trailingData, "Something follows the end of the array.")
        default:
            state = .inElement
            return 0
        }
        return 1
    }

    /// Moves over an element to the comma or bracket that ends it; false where the piece ends before that.
    private mutating func scanElement(_ bytes: Span<UInt8>, _ position: inout Int) -> Bool {
        var here = position
        defer { position = here }
        while here < bytes.count {
            let byte = bytes[here]
            if isInString {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isInString = false
                }
            } else if byte == UInt8(ascii: "\"") {
                isInString = true
            } else if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") {
                depth += 1
            } else if depth > 0 {
                if byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]") { depth -= 1 }
            } else if byte == UInt8(ascii: ",") || byte == UInt8(ascii: "]") {
                return true
            }
            here += 1
        }
        return false
    }

    private mutating func keep(_ part: ArraySlice<UInt8>) {
        length += part.count
        pending += part
        if length > limits.recordBytes, pending.count > limits.quotedBytes + 1 {
            pending = Array(pending.prefix(limits.quotedBytes + 1))
        }
    }

    /// Hands over the element whose last part lies at some positions.
    private mutating func endElement(
        _ bytes: [UInt8], _ part: Range<Int>, _ receive: (DecodedRow) throws -> Void
    ) throws {
        length += part.count
        defer { length = 0 }
        var element = bytes
        var range = part
        if !pending.isEmpty {
            element = pending + bytes[part]
            range = 0..<element.count
            pending = []
        }
        if length > limits.recordBytes {
            return try receive(.rejected(malformed(element[range], "an element over the size limit")))
        }
        rowCount += 1
        try receive(JSONContactReader.read(element, range, row: rowCount, limits: limits))
    }

    private mutating func malformed(_ text: ArraySlice<UInt8>, _ detail: String) -> ImportRejection {
        rowCount += 1
        let value = ImportRejection.quote(text, limit: limits.quotedBytes)
        return ImportRejection(row: rowCount, field: nil, code: .malformedRow, value: value, detail: detail)
    }
}
