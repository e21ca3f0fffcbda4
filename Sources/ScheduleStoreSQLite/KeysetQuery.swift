import GRDB
import ScheduleStore

/// Reads one page of a table in order of its row id, of the rows that meet every condition that is set.
struct KeysetQuery {
    private enum Value {
        case number(Int64)
        case text(String)
    }

    private let columns: String
    private let table: String
    private var conditions: [String] = []
    private var values: [Value] = []

    /// Every row of a table.
    init(select columns: String, from table: String) {
        self.columns = columns
        self.table = table
    }

    /// Adds a condition with one `?`, unless the value is nil.
    mutating func add(_ condition: String, _ value: String?) {
        guard let value else { return }
        conditions.append(condition)
        values.append(.text(value))
    }

    /// Adds a condition with one `?`, unless the value is nil.
    mutating func add(_ condition: String, _ value: Int64?) {
        guard let value else { return }
        conditions.append(condition)
        values.append(.number(value))
    }

    /// The page behind a key.
    func page<Record>(
        after: Int64?, limit: Int, _ database: Database, _ record: (RawStatement) -> Record,
        key: (Record) -> Int64
    ) throws -> Page<Record, Int64> {
        if after == .max { return Page(items: [], nextCursor: nil) }
        let all = conditions + ["id >= ?"]
        let rows = try RawStatement(
            "SELECT \(columns) FROM \(table) WHERE \(all.joined(separator: " AND ")) ORDER BY id LIMIT ?",
            database)
        for (index, value) in values.enumerated() {
            switch value {
            case .number(let number): rows.bind(Int32(index + 1), number)
            case .text(let text): rows.bind(Int32(index + 1), text)
            }
        }
        rows.bind(Int32(values.count + 1), after.map { $0 + 1 } ?? .min)
        rows.bind(Int32(values.count + 2), Int64(limit) + 1)
        var items: [Record] = []
        while try rows.step() { items.append(record(rows)) }
        return Page(reading: items, limit: limit, cursor: key)
    }
}
