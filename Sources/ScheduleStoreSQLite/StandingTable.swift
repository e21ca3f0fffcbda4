import GRDB

/// A table as it stands in a file, whoever made it.
struct StandingTable {
    struct Column {
        let name: String
        let type: String
        let isRequired: Bool
        let defaultValue: String?
        /// Position in the primary key from 1, 0 for none.
        let keyPosition: Int

        var quotedName: String { StandingTable.quoted(name) }

        /// The column without anything that could refuse a row.
        var relaxedDeclaration: String {
            var text = "\(quotedName) \(type)"
            if let defaultValue { text += " DEFAULT (\(defaultValue))" }
            return text
        }
    }

    let name: String
    /// The statement that made it.
    let definition: String
    let columns: [Column]
    /// Statements that make its triggers and those of its indexes that refuse no row.
    let dependants: [String]
    let isWithoutRowID: Bool
    private let hasUniqueIndex: Bool

    init(_ name: String, _ database: Database) throws {
        self.name = name
        definition =
            try String.fetchOne(
                database,
                sql: "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ? COLLATE NOCASE",
                arguments: [name]) ?? ""
        columns = try Row.fetchAll(
            database, sql: "SELECT * FROM pragma_table_xinfo(?) WHERE hidden = 0", arguments: [name]
        ).map { row in
            Column(
                name: row["name"], type: row["type"], isRequired: row["notnull"] != 0,
                defaultValue: row["dflt_value"], keyPosition: row["pk"])
        }
        let statements = try String.fetchAll(
            database,
            sql: """
                SELECT sql FROM sqlite_master
                WHERE tbl_name = ? COLLATE NOCASE AND type IN ('index', 'trigger') AND sql IS NOT NULL
                """, arguments: [name])
        dependants = statements.filter { !$0.uppercased().hasPrefix("CREATE UNIQUE") }
        let list = try Row.fetchAll(
            database, sql: "SELECT \"unique\", origin FROM pragma_index_list(?)", arguments: [name])
        hasUniqueIndex = list.contains { row in row["unique"] != 0 && row["origin"] != "pk" }
        isWithoutRowID =
            try Row.fetchOne(
                database,
                sql: "SELECT wr FROM pragma_table_list WHERE schema = 'main' AND name = ? COLLATE NOCASE",
                arguments: [name])?["wr"] == 1
    }

    func column(named name: String) -> Column? { columns.first { $0.name.lowercased() == name } }

    /// Whether rows that we write would be refused, or would get no id.
    func mustBeRebuilt(for shape: TableShape) -> Bool {
        if shape.hasRowID {
            let key = columns.filter { $0.keyPosition > 0 }
            let isRowID =
                key.count == 1 && key[0].name.lowercased() == "id" && key[0].type.uppercased() == "INTEGER"
            if !isRowID || isWithoutRowID { return true }
        }
        if hasUniqueIndex || definition.uppercased().contains("CHECK") { return true }
        let wanted = Dictionary(uniqueKeysWithValues: shape.columns.map { ($0.name, $0) })
        return columns.contains { column in
            guard column.isRequired, column.defaultValue == nil, column.keyPosition == 0 else { return false }
            return wanted[column.name.lowercased()]?.constraint.contains("NOT NULL") != true
        }
    }

    /// A name as SQL takes it.
    static func quoted(_ name: String) -> String {
        "\"" + name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
}
