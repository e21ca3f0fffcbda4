/// Reads contacts from a file of one of the formats that an import takes, in pieces of any size.
public struct ImportDecoder: Sendable {
    /// The formats that an import takes.
    public enum Format: String, CaseIterable, Sendable {
        /// `text/csv` with a header row.
        case csv
        /// `application/x-ndjson`.
        case ndjson
        /// A JSON array: `application/json`.
        case jsonArray = "json"
    }

    // One of the three is there: the one of the format.
    private var csv: CSVDecoder?
    private var ndjson: NDJSONDecoder?
    private var jsonArray: JSONArrayDecoder?

    /// A decoder at the beginning of a file.
    public init(format: Format, limits: ImportLimits = ImportLimits()) {
        switch format {
        case .csv: csv = CSVDecoder(limits: limits)
        case .ndjson: ndjson = NDJSONDecoder(limits: limits)
        case .jsonArray: jsonArray = JSONArrayDecoder(limits: limits)
        }
    }

    /// The columns that rows can have, in the order of the file: those of the CSV header, none before it was
    /// read, or every one of a JSON object.
    public var columns: [ImportColumn] { csv?.columns ?? ImportColumn.allCases }

    /// Data rows read so far, rejected ones included.
    public var rowCount: Int { csv?.rowCount ?? ndjson?.rowCount ?? jsonArray?.rowCount ?? 0 }

    /// Warnings about the file itself; those about its rows are counted by `ContactValidation`.
    public var warnings: [ImportWarning: Int] {
        guard let csv, csv.unknownColumnCount > 0 else { return [:] }
        return [.unknownColumn: csv.unknownColumnCount]
    }

    /// Names of the columns of a CSV header that are ignored, at most a hundred.
    public var unknownColumns: [String] { csv?.unknownColumns ?? [] }

    /// Decodes the next piece of the file and hands over each row that is complete. Throws `ImportFileError`
    /// where the file cannot be read at all, and whatever `receive` throws; the decoder is of no use then.
    public mutating func feed(_ piece: [UInt8], to receive: (DecodedRow) throws -> Void) throws {
        try csv?.feed(piece, to: receive)
        try ndjson?.feed(piece, to: receive)
        try jsonArray?.feed(piece, to: receive)
    }

    /// Decodes what is left when the file has ended; to be called once.
    public mutating func finish(to receive: (DecodedRow) throws -> Void) throws {
        try csv?.finish(to: receive)
        try ndjson?.finish(to: receive)
        try jsonArray?.finish(to: receive)
    }
}
