/// A row that an import refuses, and why: one entry of `errors` and one line of the rejects file.
public struct ImportRejection: Error, Hashable, Sendable {
    /// Why a row is refused: field `code` and column `reason`.
    public enum Code: String, CaseIterable, Sendable {
        /// No e-mail address (SPEC 2).
        case missingEmail = "missing_email"
        /// Not exactly one `@`, nothing on one side of it, or white space inside (SPEC 2).
        case invalidEmail = "invalid_email"
        /// Neither five digits nor ZIP+4, or in no range of the ZIP table (SPEC 2).
        case invalidZIP = "invalid_zip"
        /// A date that the calendar does not have, or a birth date after today (SPEC 2).
        case invalidDate = "invalid_date"
        /// An `id` that is no whole number from 1 up.
        case invalidID = "invalid_id"
        /// The row breaks the rules of its format.
        case malformedRow = "malformed_row"
        /// A JSON field that contacts do not have.
        case unknownField = "unknown_field"
    }

    /// Data rows are counted from 1.
    public var row: Int
    /// The column that is wrong; nil where it is the row as a whole.
    public var field: String?
    /// Why the row is refused.
    public var code: Code
    /// The wrong value, or the beginning of a malformed row; cut short where it is long.
    public var value: String?
    /// What is wrong, in words, where the code leaves that open.
    public var detail: String?
    /// The row's columns in the order of `ImportColumn`, as far as it could be split.
    public var columns: [String?] = []

    /// A refusal of a row.
    init(row: Int, field: String?, code: Code, value: String?, detail: String? = nil) {
        self.row = row
        self.field = field
        self.code = code
        self.value = value
        self.detail = detail
    }

    /// The beginning of a text, at most so many bytes and `…`; what is no UTF-8 is replaced.
    static func quote(_ bytes: some Collection<UInt8>, limit: Int) -> String {
        let prefix = Array(bytes.prefix(limit))
        if prefix.count == bytes.count { return String(decoding: prefix, as: UTF8.self) }
        return String(decoding: prefix[..<(prefix.count - unfinishedBytes(of: prefix))], as: UTF8.self) + "…"
    }

    /// How many bytes at the end begin a character without ending it.
    private static func unfinishedBytes(of bytes: [UInt8]) -> Int {
        for (index, byte) in bytes.suffix(3).reversed().enumerated() where byte & 0xC0 != 0x80 {
            let length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1
            return index + 1 < length ? index + 1 : 0
        }
        return 0
    }
}

extension ImportRow {
    /// A refusal of this row because of one column.
    func rejection(
        _ code: ImportRejection.Code, _ column: ImportColumn, limits: ImportLimits
    ) -> ImportRejection {
        let value = text(of: column).map { ImportRejection.quote(Array($0.utf8), limit: limits.quotedBytes) }
        var rejection = ImportRejection(row: row, field: "\(column.name)", code: code, value: value)
        rejection.columns = ImportColumn.allCases.map { text(of: $0) }
        return rejection
    }
}
