import SchedulingCore

/// Reads contacts from CSV (RFC 4180) that comes in pieces of any size: a header row that names the columns
/// in any order and case, then one record a contact. UTF-8, with or without a byte order mark.
///
/// The outcome does not depend on how the file is cut. Blank lines are passed over. A malformed record costs
/// one row: it is taken to end at its first line break, and reading resumes there, so that a quote that is
/// never closed does not swallow the rows behind it.
public struct CSVDecoder: Sendable {
    /// How many columns of the header are ignored because contacts do not have them.
    public var unknownColumnCount: Int { header?.unknownColumnCount ?? 0 }
    /// The names of these columns, at most a hundred.
    public var unknownColumns: [String] { header?.unknownColumns ?? [] }
    /// The columns that the header names, in its order; none before the header was read.
    public var columns: [ImportColumn] { header?.columns.compactMap { $0 } ?? [] }
    /// Data rows read so far, rejected ones included.
    public private(set) var rowCount = 0

    private let limits: ImportLimits
    private var mark = ByteOrderMark()
    private var header: CSVHeader?
    private var scanner: CSVScanner
    /// The beginning of a record that earlier pieces left unfinished.
    private var pending: [UInt8] = []
    /// Whether everything up to the next line break belongs to a row that is rejected already.
    private var isSkipping = false
    /// How many bytes may still be read a second time behind malformed records; whole records earn more, so
    /// that hostile input cannot make the work grow faster than the file.
    private var rereadBudget = 8 * 1024 * 1024

    /// A decoder at the beginning of a file.
    public init(limits: ImportLimits = ImportLimits()) {
        self.limits = limits
        scanner = CSVScanner(limits: limits)
    }

    /// Decodes the next piece of the file and hands over each row that is complete. Throws `ImportFileError`
    /// where the file cannot be read at all, and whatever `receive` throws; the decoder is of no use then.
    public mutating func feed(_ piece: [UInt8], to receive: (DecodedRow) throws -> Void) throws {
        guard let bytes = try mark.strip(piece) else { return }
        try decode(bytes, receive)
    }

    /// Decodes what is left when the file has ended; to be called once.
    public mutating func finish(to receive: (DecodedRow) throws -> Void) throws {
        try decode(mark.finish(), receive)
        while !pending.isEmpty {
            let record = pending
            pending = []
            switch scanner.finish() {
            case .malformed(let reason):
                let resume = try rejectMalformed(record, 0..<record.count, reason, receive)
                if resume < record.count { try decode(Array(record[resume...]), receive) }
            case .record, .incomplete:
                try complete(record, 0..<record.count, receive)
            }
        }
        if header == nil {
            throw ImportFileError(.emptyFile, "The file is empty; a header row was expected.")
        }
    }

    private mutating func decode(_ piece: [UInt8], _ receive: (DecodedRow) throws -> Void) throws {
        var bytes = piece
        var position = 0
        while position < bytes.count {
            if isSkipping {
                guard let lineEnd = bytes[position...].firstIndex(of: lineFeed) else { return }
                position = lineEnd + 1
                isSkipping = false
                continue
            }
            var start = position
            let outcome = scanner.scan(bytes.span, from: &position)
            if case .incomplete = outcome {
                pending.append(contentsOf: bytes[start...])
                return
            }
            if !pending.isEmpty {
                // The record began in an earlier piece: put it together, and go on behind it.
                let rest = bytes[position...]
                pending.append(contentsOf: bytes[start..<position])
                if case .malformed = outcome {
                    bytes = pending + rest
                    start = 0
                    position = pending.count
                    pending = []
                } else {
                    let record = pending
                    pending = []
                    try complete(record, 0..<record.count, receive)
                    continue
                }
            }
            if case .malformed(let reason) = outcome {
                position = try rejectMalformed(bytes, start..<position, reason, receive)
            } else {
                try complete(bytes, start..<position, receive)
            }
        }
    }

    /// Hands over the record that the scanner has found at some positions, and begins the next.
    private mutating func complete(
        _ bytes: [UInt8], _ record: Range<Int>, _ receive: (DecodedRow) throws -> Void
    ) throws {
        defer { scanner.startRecord() }
        rereadBudget += record.count
        let isBlank = scanner.fields.count == 1 && bytes.span.extracting(record).trimmedRange.isEmpty
        if isBlank { return }
        guard let header else {
            header = try readHeader(bytes, record)
            return
        }
        rowCount += 1
        try receive(decodeRow(bytes, record, header))
    }

    private func readHeader(_ bytes: [UInt8], _ record: Range<Int>) throws(ImportFileError) -> CSVHeader {
        if scanner.hasNUL { throw ImportFileError(.notUTF8, "The file has NUL bytes; save it as UTF-8.") }
        let names = scanner.fields.map { CSVDecoder.text(of: $0, in: bytes, at: record.lowerBound) }
        return try CSVHeader(names: names, limits: limits)
    }

    private func decodeRow(_ bytes: [UInt8], _ record: Range<Int>, _ header: CSVHeader) -> DecodedRow {
        let fields = scanner.fields
        if fields.count != header.columns.count {
            return reject(
                bytes, record, "\(fields.count) fields where the header has \(header.columns.count)", header)
        }
        if scanner.hasNUL { return reject(bytes, record, "a NUL byte", header) }
        if scanner.seen > 127, (try? UTF8Span(validating: bytes.span.extracting(record))) == nil {
            return reject(bytes, record, "bytes that are not UTF-8", header)
        }
        if scanner.hasEscapes { return .row(unescapedRow(bytes, record, header)) }
        var row = ImportRow(row: rowCount, bytes: bytes)
        for (index, field) in fields.enumerated() {
            guard let column = header.columns[index] else { continue }
            row.set(column, to: record.lowerBound + Int(field.start)..<record.lowerBound + Int(field.end))
        }
        return .row(row)
    }

    /// A row whose fields have doubled quotes: those are resolved in a copy.
    private func unescapedRow(_ bytes: [UInt8], _ record: Range<Int>, _ header: CSVHeader) -> ImportRow {
        var copy: [UInt8] = []
        var ranges: [(ImportColumn, Range<Int>)] = []
        for (field, column) in zip(scanner.fields, header.columns) {
            guard let column else { continue }
            let start = copy.count
            copy += CSVDecoder.text(of: field, in: bytes, at: record.lowerBound)
            ranges.append((column, start..<copy.count))
        }
        var row = ImportRow(row: rowCount, bytes: copy)
        for (column, range) in ranges { row.set(column, to: range) }
        return row
    }

    /// A refusal of a row as a whole, with the fields that were found in it.
    private func reject(
        _ bytes: [UInt8], _ record: Range<Int>, _ detail: String, _ header: CSVHeader
    ) -> DecodedRow {
        var rejection = malformedRow(bytes[record], detail)
        rejection.columns = [String?](repeating: nil, count: ImportColumn.allCases.count)
        for (field, column) in zip(scanner.fields, header.columns) {
            guard let column, Int(field.end) <= record.count else { continue }
            let text = CSVDecoder.text(of: field, in: bytes, at: record.lowerBound)
            rejection.columns[Int(column.rawValue)] = String(decoding: text, as: UTF8.self)
        }
        return .rejected(rejection)
    }

    private func malformedRow(_ record: ArraySlice<UInt8>, _ detail: String) -> ImportRejection {
        let line = record.prefix { $0 != lineFeed && $0 != carriageReturn }
        let value = ImportRejection.quote(line, limit: limits.quotedBytes)
        return ImportRejection(row: rowCount, field: nil, code: .malformedRow, value: value, detail: detail)
    }

    /// Rejects the record that breaks a rule after some bytes. Returns where reading goes on: behind the
    /// record's first line break if that has been read, else behind the next one.
    private mutating func rejectMalformed(
        _ bytes: [UInt8], _ record: Range<Int>, _ reason: StaticString,
        _ receive: (DecodedRow) throws -> Void
    ) throws -> Int {
        defer { scanner.startRecord() }
        guard let header else {
            throw ImportFileError(.invalidHeader, "The header row is malformed: \(reason).")
        }
        rowCount += 1
        let lineEnd = bytes[record].firstIndex(of: lineFeed)
        let reread = lineEnd.map { record.upperBound - $0 - 1 } ?? 0
        let resumes = lineEnd != nil && reread <= rereadBudget
        if resumes { rereadBudget -= reread }
        isSkipping = !resumes
        let line = record.lowerBound..<(lineEnd ?? record.upperBound)
        try receive(reject(bytes, line, "\(reason)", header))
        return resumes ? record.upperBound - reread : record.upperBound
    }

    /// The text of a field, doubled quotes resolved.
    private static func text(of field: CSVScanner.Field, in bytes: [UInt8], at start: Int) -> [UInt8] {
        let text = bytes[start + Int(field.start)..<start + Int(field.end)]
        guard field.form == .escaped else { return Array(text) }
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        var isSecondQuote = false
        for byte in text {
            isSecondQuote = byte == quote && !isSecondQuote
            if !isSecondQuote { result.append(byte) }
        }
        return result
    }
}

private let quote = UInt8(ascii: "\"")
private let lineFeed: UInt8 = 10
private let carriageReturn: UInt8 = 13
