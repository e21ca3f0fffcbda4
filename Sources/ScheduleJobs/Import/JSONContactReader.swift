import SchedulingCore

/// Reads one flat JSON object (RFC 8259, strictly) as a row: every value a string, a number for the ids, or
/// null; anything nested is refused.
struct JSONContactReader {
    private struct Value {
        var column: ImportColumn
        var range: Range<Int>
        var hasEscapes: Bool
        var isNull = false
    }

    private let row: Int
    private let limits: ImportLimits
    private var reader = JSONReader()
    private var values: [Value] = []

    private init(row: Int, limits: ImportLimits) {
        self.row = row
        self.limits = limits
        values.reserveCapacity(ImportColumn.allCases.count)
    }

    /// The row that an object stands for, or why it is none. `bytes` at `range` hold nothing but the object
    /// and white space.
    static func read(_ bytes: [UInt8], _ range: Range<Int>, row: Int, limits: ImportLimits) -> DecodedRow {
        var contact = JSONContactReader(row: row, limits: limits)
        let text = bytes.span.extracting(range)
        do throws(JSONReader.Problem) {
            try contact.readObject(text)
            if contact.reader.seen > 127, (try? UTF8Span(validating: text)) == nil {
                throw JSONReader.Problem("bytes that are not UTF-8")
            }
            return .row(contact.row(bytes, at: range.lowerBound))
        } catch {
            return .rejected(contact.rejection(bytes[range], error))
        }
    }

    private mutating func readObject(_ text: Span<UInt8>) throws(JSONReader.Problem) {
        reader.skipSpace(text)
        try reader.expect("{", text)
        reader.skipSpace(text)
        if !reader.skip("}", text) {
            repeat {
                reader.skipSpace(text)
                try readField(text)
                reader.skipSpace(text)
            } while reader.skip(",", text)
            try reader.expect("}", text)
        }
        reader.skipSpace(text)
        if reader.position < text.count { throw JSONReader.Problem("something behind the object") }
    }

    private mutating func readField(_ text: Span<UInt8>) throws(JSONReader.Problem) {
        let name = try reader.string(text)
        reader.skipSpace(text)
        try reader.expect(":", text)
        reader.skipSpace(text)
        guard let column = column(named: name, text) else {
            let field = text.extracting(name.range).bytes(unescaping: name.hasEscapes)
            throw .unknownField(name: field, value: reader.position)
        }
        if values.contains(where: { $0.column == column }) {
            throw .field(column, "the field is given twice", value: reader.position)
        }
        values.append(try readValue(column, text))
    }

    private func column(named name: JSONReader.Text, _ text: Span<UInt8>) -> ImportColumn? {
        if !name.hasEscapes { return ImportColumn(named: text.extracting(name.range), ignoringCase: false) }
        let bytes = text.extracting(name.range).bytes(unescaping: true)
        return ImportColumn(named: bytes.span, ignoringCase: false)
    }

    private mutating func readValue(
        _ column: ImportColumn, _ text: Span<UInt8>
    ) throws(JSONReader.Problem) -> Value {
        let start = reader.position
        switch reader.peek(text) ?? 0 {
        case UInt8(ascii: "\""):
            let string = try reader.string(text)
            if string.range.count > limits.fieldBytes {
                throw .field(column, "a field over the size limit", value: start)
            }
            return Value(column: column, range: string.range, hasEscapes: string.hasEscapes)
        case UInt8(ascii: "n"):
            try reader.expect("null", text)
            return Value(column: column, range: start..<start, hasEscapes: false, isNull: true)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            try reader.number(text)
            guard column == .id || column == .externalID else {
                throw .field(column, "a number where a string is expected", value: start)
            }
            return Value(column: column, range: start..<reader.position, hasEscapes: false)
        case UInt8(ascii: "t"), UInt8(ascii: "f"):
            throw .field(column, "a boolean where a string is expected", value: start)
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            throw .field(column, "an object or array where a string is expected", value: start)
        default:
            throw JSONReader.Problem("no value")
        }
    }

    /// The row of the values read; escapes are resolved in a copy.
    private func row(_ bytes: [UInt8], at start: Int) -> ImportRow {
        if !values.contains(where: \.hasEscapes) {
            var row = ImportRow(row: row, bytes: bytes)
            for value in values { place(value, start + value.range.lowerBound, in: &row) }
            return row
        }
        var copy: [UInt8] = []
        var places: [(Value, Int)] = []
        for value in values {
            let text = bytes.span.extracting(start + value.range.lowerBound..<start + value.range.upperBound)
            var copied = value
            let begin = copy.count
            copy += text.bytes(unescaping: value.hasEscapes)
            copied.range = begin..<copy.count
            places.append((copied, begin))
        }
        var row = ImportRow(row: row, bytes: copy)
        for (value, begin) in places { place(value, begin, in: &row) }
        return row
    }

    private func place(_ value: Value, _ begin: Int, in row: inout ImportRow) {
        if value.isNull {
            row.setEmpty(value.column)
        } else {
            row.set(value.column, to: begin..<begin + value.range.count)
        }
    }

    private func rejection(_ text: ArraySlice<UInt8>, _ problem: JSONReader.Problem) -> ImportRejection {
        var field: String?
        var value = text
        if let name = problem.fieldName { field = ImportRejection.quote(name, limit: limits.quotedBytes) }
        if let position = problem.position {
            value = text.dropFirst(position)
            var end = reader
            end.position = position
            if (try? end.scalar(Array(text).span)) != nil {
                value = value.prefix(end.position - position)
                if value.first == UInt8(ascii: "\"") { value = value.dropFirst().dropLast() }
            }
        }
        var rejection = ImportRejection(
            row: row, field: field, code: problem.code,
            value: ImportRejection.quote(value, limit: limits.quotedBytes), detail: problem.detail)
        let soFar = row(Array(text), at: 0)
        rejection.columns = ImportColumn.allCases.map { soFar.text(of: $0) }
        return rejection
    }
}
