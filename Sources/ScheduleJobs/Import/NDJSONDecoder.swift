import SchedulingCore

/// Reads contacts from newline-delimited JSON that comes in pieces of any size: one flat object a line, blank
/// lines passed over. UTF-8, with or without a byte order mark.
///
/// The outcome does not depend on how the file is cut; a malformed line costs that line.
public struct NDJSONDecoder: Sendable {
    /// Data rows read so far, rejected ones included.
    public private(set) var rowCount = 0

    private let limits: ImportLimits
    private var mark = ByteOrderMark()
    /// The beginning of a line that earlier pieces left unfinished; of one over the limit only its head.
    private var pending: [UInt8] = []
    /// Bytes of that line so far.
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
        if length > 0 { try endLine([], 0..<0, receive) }
    }

    private mutating func decode(_ bytes: [UInt8], _ receive: (DecodedRow) throws -> Void) throws {
        var start = 0
        while let end = bytes.span.firstLineFeed(from: start) {
            try endLine(bytes, start..<end, receive)
            start = end + 1
        }
        length += bytes.count - start
        pending += bytes[start...]
        if length > limits.recordBytes, pending.count > limits.quotedBytes + 1 {
            pending = Array(pending.prefix(limits.quotedBytes + 1))
        }
    }

    /// Ends the line whose last part lies at some positions.
    private mutating func endLine(
        _ bytes: [UInt8], _ part: Range<Int>, _ receive: (DecodedRow) throws -> Void
    ) throws {
        length += part.count
        defer { length = 0 }
        if pending.isEmpty { return try emit(bytes, part, receive) }
        pending += bytes[part]
        let line = pending
        pending = []
        try emit(line, 0..<line.count, receive)
    }

    private mutating func emit(
        _ bytes: [UInt8], _ line: Range<Int>, _ receive: (DecodedRow) throws -> Void
    ) throws {
        if length > limits.recordBytes {
            rowCount += 1
            let value = ImportRejection.quote(bytes[line], limit: limits.quotedBytes)
            let rejection = ImportRejection(
                row: rowCount, field: nil, code: .malformedRow, value: value,
                detail: "a line over the size limit")
            return try receive(.rejected(rejection))
        }
        if bytes.span.extracting(line).trimmedRange.isEmpty { return }
        rowCount += 1
        try receive(JSONContactReader.read(bytes, line, row: rowCount, limits: limits))
    }
}
