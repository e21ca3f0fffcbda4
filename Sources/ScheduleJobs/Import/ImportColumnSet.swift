/// Some of the columns that an import knows.
public struct ImportColumnSet: OptionSet, Hashable, Sendable {
    /// One bit a column, that of `ImportColumn.id` lowest.
    public let rawValue: UInt16

    /// The set with these bits.
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// The set of one column.
    public init(_ column: ImportColumn) { rawValue = 1 << UInt16(column.rawValue) }

    /// Whether a column is in the set.
    public func contains(_ column: ImportColumn) -> Bool { contains(ImportColumnSet(column)) }
}
