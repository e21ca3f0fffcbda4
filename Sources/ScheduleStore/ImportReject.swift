/// A row that an import refused.
public struct ImportReject: Hashable, Sendable {
    /// Number of the data row, from 1.
    public var row: Int
    /// The column at fault, nil where it is the row as a whole.
    public var field: String?
    /// Why, such as `invalid_email`.
    public var code: String
    /// The value at fault.
    public var value: String?
    /// The row as it was sent, in the order of the import's columns.
    public var columns: [String]

    /// A refused row.
    public init(row: Int, field: String?, code: String, value: String?, columns: [String]) {
        self.row = row
        self.field = field
        self.code = code
        self.value = value
        self.columns = columns
    }
}
