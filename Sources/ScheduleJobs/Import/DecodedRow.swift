/// What a decoder finds next in a file.
public enum DecodedRow: Sendable {
    /// A row that could be split into its columns.
    case row(ImportRow)
    /// A row that could not.
    case rejected(ImportRejection)
}
