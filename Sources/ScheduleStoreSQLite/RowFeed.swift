import GRDBSQLite

/// Rows on their way into a table, one at a time, as SQL can select them from a `FeedTable`.
class RowFeed {
    /// The type that SQLite knows a feed's address by.
    nonisolated(unsafe) static let typeName = UnsafeRawPointer(("row-feed" as StaticString).utf8Start)
        .assumingMemoryBound(to: CChar.self)

    /// Rows handed out so far.
    var count = 0
    /// Whether there is no current row.
    var isAtEnd: Bool { true }

    /// Goes to the next row, the first one at the beginning.
    func advance() {}

    /// Gives SQLite the value of a column of the current row.
    func give(_ column: Int32, _ result: OpaquePointer?) {}
}

extension RowFeed {
    /// Gives text that stays where it is while the row is inserted; nil for null.
    @inline(__always)
    func give(_ text: StayingText?, _ result: OpaquePointer?) {
        if let text { sqlite3_result_text(result, text.start, text.count, nil) }
    }

    /// Gives a number; nil for null.
    @inline(__always)
    func give(_ number: Int64?, _ result: OpaquePointer?) {
        if let number { sqlite3_result_int64(result, number) }
    }

    /// Gives text by copying it; nil for null.
    func give(copying text: String?, _ result: OpaquePointer?) {
        guard var text else { return }
        text.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) { characters in
                let start = characters.baseAddress ?? RawStatement.emptyText
                sqlite3_result_text(result, start, Int32(characters.count), RawStatement.copying)
            }
        }
    }
}
