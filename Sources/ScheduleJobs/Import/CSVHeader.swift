import SchedulingCore

/// Which field of a CSV record is which column, read from the header row.
struct CSVHeader: Sendable {
    /// For each field its column; nil for one that contacts do not have.
    let columns: [ImportColumn?]
    /// Names of the fields that contacts do not have, as they stand; only the first hundred.
    let unknownColumns: [String]
    /// How many such fields there are.
    let unknownColumnCount: Int

    /// Reads the names of a header row.
    init(names: [[UInt8]], limits: ImportLimits) throws(ImportFileError) {
        guard names.count <= limits.columns else {
            throw ImportFileError(.invalidHeader, "The header has more than \(limits.columns) columns.")
        }
        var columns: [ImportColumn?] = []
        var unknown: [[UInt8]] = []
        for name in names {
            let column = ImportColumn(named: name.span, ignoringCase: true)
            if let column, columns.contains(column) {
                throw ImportFileError(.duplicateColumn, "The header names the column \(column.name) twice.")
            }
            if column == nil { unknown.append(Array(name[name.span.trimmedRange])) }
            columns.append(column)
        }
        guard columns.contains(where: { $0?.isIdentifying == true }) else {
            throw ImportFileError(.invalidHeader, CSVHeader.hint(names: names, limits: limits))
        }
        self.columns = columns
        unknownColumnCount = unknown.count
        unknownColumns = unknown.prefix(100).map { ImportRejection.quote($0, limit: limits.quotedBytes) }
    }

    private static func hint(names: [[UInt8]], limits: ImportLimits) -> String {
        let needed = "The first row must be a header with at least one of id, external_id and email"
        guard let first = names.first, names.count == 1 else { return needed + "." }
        if first.contains(UInt8(ascii: ";")) || first.contains(9) {
            return needed + "; columns are separated by commas."
        }
        return needed + ", not “\(ImportRejection.quote(first, limit: limits.quotedBytes))”."
    }
}
