import GRDB

/// Brings a file to the first version of the schema, whatever it holds: nothing, or the tables of another
/// system under the same names. Runs inside one transaction.
///
/// 1. A missing table is made with all its guards.
/// 2. A table that is there keeps its rows and columns, and gets those that it lacks.
/// 3. A table that would refuse our rows (its `id` is no row id, or it has constraints of its own) is made
///    again without those constraints, row for row.
/// 4. Rows that share an identity are told apart (`SharedIdentities`).
/// 5. The indexes are made.
struct Adoption {
    let database: Database

    init(_ database: Database) { self.database = database }

    func adopt() throws {
        try database.execute(sql: "PRAGMA legacy_alter_table = ON")
        defer { try? database.execute(sql: "PRAGMA legacy_alter_table = OFF") }
        for shape in OrganizationSchema.tables.reversed() {
            if try database.tableExists(shape.name) {
                try adopt(shape)
            } else {
                try database.execute(sql: shape.creation)
            }
        }
        try SharedIdentities(database: database, log: log).separate()
        for index in OrganizationSchema.indexes { try make(index) }
    }

    private func adopt(_ shape: TableShape) throws {
        let table = try StandingTable(shape.name, database)
        if table.mustBeRebuilt(for: shape) {
            try log(shape.name, "rebuilt", table.definition)
            try rebuild(table, as: shape)
        }
        let present = Set(try StandingTable(shape.name, database).columns.map { $0.name.lowercased() })
        for column in shape.columns where !present.contains(column.name) {
            try database.execute(
                sql:
                    "ALTER TABLE \(shape.name) ADD COLUMN \(column.name) \(column.type) \(column.constraintWhenAdded)"
            )
        }
    }

    /// Copies a table into one with the same columns and a row id, then puts that in its place with the
    /// indexes and triggers it had. Ids that are no number, or there twice, are given anew.
    private func rebuild(_ table: StandingTable, as shape: TableShape) throws {
        let copy = "\(shape.name)_being_adopted"
        let others = table.columns.filter { !(shape.hasRowID && $0.name.lowercased() == "id") }
        var declarations = others.map(\.relaxedDeclaration)
        if shape.hasRowID { declarations.insert("id INTEGER PRIMARY KEY AUTOINCREMENT", at: 0) }
        try database.execute(sql: "CREATE TABLE \(copy) (\(declarations.joined(separator: ", ")))")

        let names = others.map(\.quotedName).joined(separator: ", ")
        if shape.hasRowID, table.column(named: "id") != nil {
            let old = StandingTable.quoted(shape.name)
            let list = names.isEmpty ? "" : ", \(names)"
            let key = "typeof(id) = 'integer'"
            try database.execute(
                sql: """
                    INSERT OR IGNORE INTO \(copy) (id\(list)) SELECT id\(list) FROM \(old) WHERE \(key)
                    """)
            if try count(copy) < count(shape.name) {
                try keepRowsWithoutKey(of: table, in: copy, names: names)
            }
        } else {
            try database.execute(
                sql: "INSERT INTO \(copy) (\(names)) SELECT \(names) FROM \(StandingTable.quoted(shape.name))"
            )
        }
        try database.execute(sql: "DROP TABLE \(StandingTable.quoted(shape.name))")
        try database.execute(sql: "ALTER TABLE \(copy) RENAME TO \(shape.name)")
        for statement in table.dependants { try database.execute(sql: statement) }
    }

    private func keepRowsWithoutKey(of table: StandingTable, in copy: String, names: String) throws {
        let rowID = table.isWithoutRowID ? "id" : "rowid"
        try database.execute(
            sql: """
                INSERT INTO \(copy) (\(names)) SELECT \(names) FROM (
                    SELECT *, typeof(id) = 'integer' AS is_number,
                        row_number() OVER (PARTITION BY id ORDER BY \(rowID)) AS place
                    FROM \(StandingTable.quoted(table.name)))
                WHERE NOT is_number OR place > 1
                """)
    }

    private func count(_ table: String) throws -> Int {
        try Int.fetchOne(database, sql: "SELECT count(*) FROM \(StandingTable.quoted(table))") ?? 0
    }

    private func make(_ index: (name: String, definition: String)) throws {
        try database.execute(sql: "DROP INDEX IF EXISTS \(index.name)")
        do {
            try database.execute(sql: OrganizationSchema.creation(ofIndex: index))
        } catch let error as DatabaseError
            where error.resultCode == .SQLITE_CONSTRAINT && index.name == "contacts_external_id"
        {
            // Two contacts share a key: both stay, and the lowest id is the one that imports find.
            let plain = index.definition.dropFirst("UNIQUE ".count)
            try database.execute(sql: "CREATE INDEX \(index.name) \(plain)")
            try log("contacts", "external_id is not unique", error.message ?? "")
        }
    }

    private func log(_ table: String, _ what: String, _ content: String) throws {
        if try !database.tableExists("adoption_log") { return }
        try database.execute(
            sql: "INSERT INTO adoption_log (table_name, what, content) VALUES (?, ?, ?)",
            arguments: [table, what, content])
    }
}
