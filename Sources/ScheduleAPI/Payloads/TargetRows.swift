import HTTPHandling
import ScheduleJobs
import SchedulingCore

/// Splits a body of many targets into rows: NDJSON or CSV, in pieces of any size. Blank lines are no rows.
struct TargetRows {
    /// One data row.
    enum Row {
        /// Its fields, as members of a JSON object.
        case members([JSONValue.Member])
        /// Why it cannot be read as one, and its beginning.
        case malformed(String)
    }

    private static let columns = ["contact_id", "campaign_instance_id", "trigger_date", "status", "metadata"]

    private let isCSV: Bool
    private let limits = ImportLimits()
    private var scanner = CSVScanner(limits: ImportLimits())
    private var header: [String]?
    private var pending: [UInt8] = []
    /// Whether everything up to the next line break belongs to a row that is too long or broken.
    private var isSkipping = false

    init(isCSV: Bool) { self.isCSV = isCSV }

    /// Reads the next piece and adds the rows that are complete.
    ///
    /// - Throws: 400 where the CSV header is wrong.
    mutating func feed(_ piece: [UInt8], to rows: inout [Row]) throws(HTTPProblem) {
        var position = 0
        while position < piece.count {
            if isSkipping {
                guard let end = piece[position...].firstIndex(of: 10) else { return }
                position = end + 1
                isSkipping = false
            } else if isCSV {
                try scan(piece, &position, &rows)
            } else {
                readLine(piece, &position, &rows)
            }
        }
    }

    /// Reads what is left when the body has ended.
    ///
    /// - Throws: 400 where there is no CSV header, or a wrong one.
    mutating func finish(to rows: inout [Row]) throws(HTTPProblem) {
        if !pending.isEmpty {
            if !isCSV {
                endLine(&rows)
            } else if case .malformed = scanner.finish() {
                rows.append(malformed())
            } else {
                try endRecord(&rows)
            }
        }
        if isCSV, header == nil {
            throw Self.wrongFile("empty_file", "The file is empty; a header row was expected.")
        }
    }

    // MARK: NDJSON

    private mutating func readLine(_ piece: [UInt8], _ position: inout Int, _ rows: inout [Row]) {
        let end = piece[position...].firstIndex(of: 10)
        pending += piece[position..<(end ?? piece.count)]
        position = end.map { $0 + 1 } ?? piece.count
        if pending.count > limits.recordBytes {
            rows.append(malformed())
            isSkipping = end == nil
        } else if end != nil {
            endLine(&rows)
        }
    }

    private mutating func endLine(_ rows: inout [Row]) {
        if !pending.span.trimmedRange.isEmpty {
            rows.append(Self.row(of: try? JSONParser.parse(pending)) ?? malformed())
        }
        pending = []
    }

    /// The row that an object is; nil for anything else, and where it names a field twice.
    private static func row(of document: JSONParser.Document?) -> Row? {
        guard let document, document.duplicates.isEmpty, case .object(let members) = document.root else {
            return nil
        }
        return .members(members)
    }

    // MARK: CSV

    private mutating func scan(
        _ piece: [UInt8], _ position: inout Int, _ rows: inout [Row]
    ) throws(HTTPProblem) {
        let start = position
        let outcome = scanner.scan(piece.span, from: &position)
        pending += piece[start..<position]
        switch outcome {
        case .incomplete: break
        case .record: try endRecord(&rows)
        case .malformed:
            if header == nil { throw Self.wrongFile("invalid_header", "The header row is malformed.") }
            isSkipping = pending.last != 10
            rows.append(malformed())
            scanner.startRecord()
        }
    }

    private mutating func endRecord(_ rows: inout [Row]) throws(HTTPProblem) {
        let cells = scanner.fields.map { field in
            let bytes = Array(pending[Int(field.start)..<Int(field.end)])
            guard field.form == .escaped else { return bytes }
            return Array(String(decoding: bytes, as: UTF8.self).replacing("\"\"", with: "\"").utf8)
        }
        scanner.startRecord()
        defer { pending = [] }
        if cells.count == 1, cells[0].isEmpty { return }
        guard let header else { return try readHeader(cells) }
        guard cells.count == header.count, (try? UTF8Span(validating: pending.span)) != nil else {
            return rows.append(malformed())
        }
        rows.append(.members(zip(header, cells).compactMap(Self.member)))
    }

    private mutating func readHeader(_ cells: [[UInt8]]) throws(HTTPProblem) {
        var names: [String] = []
        for (index, cell) in cells.enumerated() {
            let isMarked = index == 0 && cell.starts(with: [0xEF, 0xBB, 0xBF])
            let bytes = Array(cell.dropFirst(isMarked ? 3 : 0))
            let name = String(decoding: bytes[bytes.span.trimmedRange], as: UTF8.self).lowercased()
            guard Self.columns.contains(name) else {
                throw Self.wrongFile(
                    "invalid_header", "The columns are \(Self.columns.joined(separator: ", ")).")
            }
            if names.contains(name) {
                throw Self.wrongFile("duplicate_column", "The header names the column \(name) twice.")
            }
            names.append(name)
        }
        for name in Self.columns.prefix(2) where !names.contains(name) {
            throw Self.wrongFile("invalid_header", "The header lacks the column \(name).")
        }
        header = names
    }

    /// A cell as a member; an empty one is not given.
    private static func member(_ name: String, _ cell: [UInt8]) -> JSONValue.Member? {
        let trimmed = Array(cell[cell.span.trimmedRange])
        guard !trimmed.isEmpty else { return nil }
        let text = String(decoding: trimmed, as: UTF8.self)
        let isID = name.hasSuffix("_id")
        if isID, trimmed.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) {
            return JSONValue.Member(name: name, value: .number(text))
        }
        if name == "metadata", let document = try? JSONParser.parse(trimmed) {
            return JSONValue.Member(name: name, value: document.root)
        }
        return JSONValue.Member(name: name, value: .string(text))
    }

    /// A row that cannot be read, with its beginning; what was read of it is forgotten.
    private mutating func malformed() -> Row {
        defer { pending = [] }
        return .malformed(String(decoding: pending.prefix(limits.quotedBytes), as: UTF8.self))
    }

    private static func wrongFile(_ code: String, _ detail: String) -> HTTPProblem {
        .api(
            .malformedBody, detail: "The file cannot be read. \(detail)",
            errors: [HTTPProblem.Entry(pointer: "", code: code, detail: detail)])
    }
}
