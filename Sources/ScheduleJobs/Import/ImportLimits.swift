/// How large the parts of an import may be. A part beyond its limit costs its row, never the file.
public struct ImportLimits: Hashable, Sendable {
    /// Bytes of one field as it stands in the file.
    public var fieldBytes = 64 * 1024
    /// Bytes of one record: a CSV record, an NDJSON line, an element of a JSON array.
    public var recordBytes = 256 * 1024
    /// Columns of a CSV header.
    public var columns = 1_000
    /// Bytes of a value that a rejection quotes.
    public var quotedBytes = 100

    /// The limits of the service.
    public init() {}
}
