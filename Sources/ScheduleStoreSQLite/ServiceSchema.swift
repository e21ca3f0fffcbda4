import GRDB

/// The tables of the service's own file. A step that has shipped is frozen.
enum ServiceSchema {
    /// The first step: its name in a file is the mark that the file is a service's.
    static let first = "service-1"

    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration(first) { database in
            try database.execute(
                sql: """
                    CREATE TABLE organizations (
                        id TEXT PRIMARY KEY NOT NULL
                            CHECK (length(id) BETWEEN 1 AND 64 AND id NOT GLOB '*[^a-z0-9_-]*'
                                AND id <> 'service'),
                        name TEXT NOT NULL,
                        time_zone TEXT NOT NULL CHECK (time_zone <> ''),
                        created_at TEXT NOT NULL) WITHOUT ROWID;
                    CREATE TABLE tokens (
                        id INTEGER PRIMARY KEY AUTOINCREMENT,
                        organization_id TEXT REFERENCES organizations (id) ON DELETE CASCADE,
                        name TEXT NOT NULL,
                        scopes TEXT NOT NULL,
                        hash BLOB NOT NULL UNIQUE CHECK (length(hash) = 32),
                        created_at TEXT NOT NULL,
                        last_used_at TEXT);
                    CREATE INDEX tokens_organization ON tokens (organization_id);
                    """)
        }
        migrator.registerMigration("service-2") { try $0.execute(sql: AnswerTable.creation) }
        migrator.registerMigration("service-3") {
            try $0.execute(
                sql: """
                    ALTER TABLE organizations ADD COLUMN paused INTEGER NOT NULL DEFAULT 0 CHECK (paused IN (0, 1))
                    """)
        }
        migrator.registerMigration("service-4") {
            try $0.execute(
                sql: """
                    CREATE TABLE audit_log (\(HistorySchema.auditColumns), organization_id TEXT NOT NULL);
                    CREATE INDEX audit_log_organization ON audit_log (organization_id);
                    """)
        }
        return migrator
    }
}
