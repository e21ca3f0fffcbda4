/// A table as the schema wants it.
struct TableShape {
    /// A column.
    struct Column {
        let name: String
        let type: String
        /// What follows the type where the table is made anew.
        let constraint: String
        /// What follows the type where the column is added to a table that holds rows.
        let constraintWhenAdded: String
    }

    let name: String
    let columns: [Column]
    /// What follows the columns: `, PRIMARY KEY (…)`.
    let tableConstraint: String
    /// What follows the closing parenthesis.
    let suffix: String

    init(_ name: String, tableConstraint: String = "", suffix: String = "", _ columns: [Column]) {
        self.name = name
        self.columns = columns
        self.tableConstraint = tableConstraint
        self.suffix = suffix
    }

    /// Whether the table's key is a column `id` that is its row id.
    var hasRowID: Bool {
        columns.first?.constraint.hasPrefix("PRIMARY KEY") ?? false && columns[0].name == "id"
    }

    /// The statement that makes it.
    var creation: String {
        let list = columns.map { column in
            "\(column.name) \(column.type)" + (column.constraint.isEmpty ? "" : " \(column.constraint)")
        }.joined(separator: ", ")
        return "CREATE TABLE \(name) (\(list)\(tableConstraint))\(suffix)"
    }
}

extension TableShape.Column {
    /// A key that is never given twice, not even after its row is gone.
    static let id = TableShape.Column(
        name: "id", type: "INTEGER", constraint: "PRIMARY KEY AUTOINCREMENT", constraintWhenAdded: "")

    static func text(_ name: String, _ constraint: String = "") -> TableShape.Column {
        TableShape.Column(name: name, type: "TEXT", constraint: constraint, constraintWhenAdded: "")
    }

    static func integer(
        _ name: String, _ constraint: String = "", whenAdded: String = ""
    ) -> TableShape.Column {
        TableShape.Column(name: name, type: "INTEGER", constraint: constraint, constraintWhenAdded: whenAdded)
    }

    static func count(_ name: String) -> TableShape.Column {
        integer(name, "NOT NULL DEFAULT 0", whenAdded: "NOT NULL DEFAULT 0")
    }

    static func blob(_ name: String, _ constraint: String = "") -> TableShape.Column {
        TableShape.Column(name: name, type: "BLOB", constraint: constraint, constraintWhenAdded: "")
    }
}
