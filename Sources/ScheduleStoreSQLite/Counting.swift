import GRDB

/// How the numbers of a table of `CountSchema` are counted from the rows.
struct Counting: Sendable {
    let table: String
    /// The columns that tell what is counted.
    let keys: [String]
    /// The columns of the numbers.
    let numbers: [String]
    /// Gives both, in that order.
    let selection: String

    /// Counts everything into an empty table.
    var insertion: String { "INSERT INTO \(table) (\(columns)) \(selection)" }

    private var columns: String { (keys + numbers).joined(separator: ", ") }

    /// Whether the table has other numbers than counting gives. A row of zeros is as good as none.
    func differs(_ database: Database) throws -> Bool {
        func rows(_ table: String) -> String {
            "SELECT \(columns) FROM \(table) WHERE \(numbers.map { "\($0) <> 0" }.joined(separator: " OR "))"
        }
        return try Bool.fetchOne(
            database,
            sql: """
                WITH counted (\(columns)) AS MATERIALIZED (\(selection))
                SELECT EXISTS (\(rows(table)) EXCEPT \(rows("counted")))
                    OR EXISTS (\(rows("counted")) EXCEPT \(rows(table)))
                """) ?? false
    }
}

/// Looks whether the kept numbers are those of the rows, and counts them anew.
///
/// They can differ after all: another program's `UPDATE OR REPLACE`, and its `INSERT OR REPLACE` into another table than
/// those of contacts and emails, take rows away that no trigger sees.
enum CountInspection {
    /// The tables whose numbers are not what counting gives.
    static func differingTables(_ database: Database) throws -> [String] {
        guard try database.tableExists("contact_counts") else { return [] }
        var tables = try CountSchema.countings.filter { try $0.differs(database) }.map(\.table)
        let contacts = try Bool.fetchOne(
            database,
            sql: """
                SELECT count(*) <> 1 FROM contact_counts WHERE (total, suppressed) = (SELECT \(CountSchema.contacts))
                """)
        if contacts ?? false { tables.append("contact_counts") }
        return tables
    }

    /// Counts everything anew.
    static func recount(_ database: Database) throws {
        for counting in CountSchema.countings {
            try database.execute(sql: "DELETE FROM \(counting.table); \(counting.insertion)")
        }
        try database.execute(
            sql: """
                UPDATE contact_counts SET (total, suppressed) = (SELECT \(CountSchema.contacts)), moves = moves + 1
                """)
    }
}
