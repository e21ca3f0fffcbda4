import GRDB

/// The steps from any file to the present schema. A step that has shipped is frozen.
enum OrganizationMigrations {
    /// The first step: its name in a file is the mark that the file is ours.
    static let first = "organization-1"

    /// All steps, in order.
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration(first, foreignKeyChecks: .immediate) { database in
            try Adoption(database).adopt()
        }
        migrator.registerMigration("organization-2") { database in
            try database.execute(
                sql: """
                    \(AnswerTable.creation)
                    CREATE INDEX scheduler_runs_plans ON scheduler_runs (id)
                        WHERE kind = 'full' AND state = 'completed' AND dry_run = 0;
                    """)
        }
        migrator.registerMigration("organization-3", foreignKeyChecks: .immediate) { database in
            try database.execute(sql: DeliverySchema.creation)
        }
        migrator.registerMigration("organization-4") {
            try $0.execute(
                sql: """
                    CREATE TABLE daily_runs (
                        date TEXT PRIMARY KEY NOT NULL, run_id INTEGER NOT NULL, created_at TEXT NOT NULL
                    ) WITHOUT ROWID
                    """)
        }
        migrator.registerMigration("organization-5", migrate: CountSchema.create)
        migrator.registerMigration("organization-6") { try $0.execute(sql: HistorySchema.creation) }
        migrator.registerMigration("organization-6-audit", migrate: HistorySchema.addAudit)
        migrator.registerMigration("organization-7") { try $0.execute(sql: QueueSchema.creation) }
        migrator.registerMigration("organization-8", migrate: SmoothingTable.create)
        return migrator
    }

    /// Whether a file has tables and none of them is our mark.
    static func isForeign(_ database: Database) throws -> Bool {
        if try database.tableExists("grdb_migrations") {
            let sql = "SELECT 1 FROM grdb_migrations WHERE identifier = ?"
            if try Int.fetchOne(database, sql: sql, arguments: [first]) != nil { return false }
        }
        let sql = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        return try (Int.fetchOne(database, sql: sql) ?? 0) > 0
    }
}
