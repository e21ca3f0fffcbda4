import GRDB

/// The tables and indexes of an organisation's history.
enum HistorySchema {
    /// What `organization-6` brings, frozen. Configurations of ours are those of these types; rows of other types are
    /// another program's.
    static let creation = """
        CREATE UNIQUE INDEX config_versions_ours ON config_versions (version)
            WHERE config_type IN ('email-scheduler:file', 'email-scheduler:organization');
        """

    /// The audit log, and the contacts that runs skip: what `organization-6-audit` brings, frozen.
    private static let auditCreation = """
        CREATE TABLE audit_log (\(auditColumns));
        CREATE INDEX audit_log_entity ON audit_log (entity, entity_id);
        CREATE TABLE invalid_contacts (
            contact_id INTEGER PRIMARY KEY, reason TEXT NOT NULL, run_id INTEGER NOT NULL);
        """

    /// The columns of the audit log, in an organisation's file and in the service's own.
    static let auditColumns = """
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        at TEXT NOT NULL,
        actor TEXT NOT NULL,
        request_id TEXT,
        entity TEXT NOT NULL,
        entity_id TEXT,
        action TEXT NOT NULL,
        details TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(details))
        """

    /// Brings a file to the version with an audit log. A table of another program that has the name of one of ours is kept under
    /// another name.
    static func addAudit(_ database: Database) throws {
        for table in ["audit_log", "invalid_contacts"] where try database.tableExists(table) {
            let name = "\(table)_before_adoption"
            try database.execute(sql: "ALTER TABLE \(table) RENAME TO \(name)")
            try database.execute(
                sql: "INSERT INTO adoption_log (table_name, what, content) VALUES (?, 'renamed', ?)",
                arguments: [table, name])
        }
        try database.execute(sql: auditCreation)
    }
}
