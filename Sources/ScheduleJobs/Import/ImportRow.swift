import SchedulingCore

/// One data row of an import, split into its columns and nothing more: text as the file has it, unquoted,
/// valid UTF-8 without NUL, neither trimmed nor judged.
public struct ImportRow: Sendable {
    /// Data rows are counted from 1; a rejected row counts too, a header and blank lines do not.
    public let row: Int
    private let bytes: [UInt8]
    private var starts = InlineArray<10, UInt32>(repeating: .max)
    private var ends = InlineArray<10, UInt32>(repeating: .max)

    /// A row whose columns lie in some bytes; none is set yet.
    init(row: Int, bytes: [UInt8]) {
        self.row = row
        self.bytes = bytes
    }

    /// Places a column.
    mutating func set(_ column: ImportColumn, to range: Range<Int>) {
        starts[Int(column.rawValue)] = UInt32(truncatingIfNeeded: range.lowerBound)
        ends[Int(column.rawValue)] = UInt32(truncatingIfNeeded: range.upperBound)
    }

    /// Names a column without giving it a value: null in JSON.
    mutating func setEmpty(_ column: ImportColumn) { set(column, to: 0..<0) }

    /// Whether the row names the column, be its value empty or null.
    public func has(_ column: ImportColumn) -> Bool { starts[Int(column.rawValue)] != .max }

    /// The text of a column, nil where the row does not have it.
    public func text(of column: ImportColumn) -> String? {
        has(column) ? String(decoding: bytes[range(of: column)], as: UTF8.self) : nil
    }

    /// Hands the bytes of a column to `body`; none where the row does not have it.
    public func withBytes<Result>(of column: ImportColumn, _ body: (Span<UInt8>) -> Result) -> Result {
        body(bytes.span.extracting(range(of: column)))
    }

    /// The text of a column without white space at both ends; nil where nothing is left or the row does not
    /// have it.
    func trimmedText(of column: ImportColumn) -> String? {
        let range = range(of: column)
        let trimmed = bytes.span.extracting(range).trimmedRange
        if trimmed.isEmpty { return nil }
        let start = range.lowerBound
        return String(decoding: bytes[start + trimmed.lowerBound..<start + trimmed.upperBound], as: UTF8.self)
    }

    private func range(of column: ImportColumn) -> Range<Int> {
        let start = starts[Int(column.rawValue)]
        return start == .max ? 0..<0 : Int(start)..<Int(ends[Int(column.rawValue)])
    }
}
