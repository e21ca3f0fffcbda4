import GRDB
public import ScheduleStore

/// Our rows of the table `config_versions`.
enum ConfigurationTable {
    private static let typePrefix = "email-scheduler:"
    private static let isOurs = "config_type IN ('email-scheduler:file', 'email-scheduler:organization')"

    /// The newest configuration of a source; nil where there is none.
    static func newest(
        _ source: ConfigurationRecord.Source, _ database: Database
    ) throws -> ConfigurationRecord? {
        let sql = """
            SELECT * FROM config_versions WHERE config_type = ? AND \(isOurs) ORDER BY version DESC LIMIT 1
            """
        return try Row.fetchOne(database, sql: sql, arguments: [typePrefix + source.rawValue])
            .flatMap(record)
    }

    /// The effective configuration; nil where there is none.
    static func effective(_ database: Database) throws -> ConfigurationRecord? {
        try newest(.organization, database) ?? newest(.file, database)
    }

    static func configuration(version: Int64, _ database: Database) throws -> ConfigurationRecord? {
        let sql = "SELECT * FROM config_versions WHERE version = ? AND \(isOurs)"
        return try Row.fetchOne(database, sql: sql, arguments: [version]).flatMap(record)
    }

    /// Newest first.
    static func configurations(
        before: Int64?, limit: Int, _ database: Database
    ) throws -> [ConfigurationRecord] {
        let sql =
            "SELECT * FROM config_versions WHERE version < ? AND \(isOurs) ORDER BY version DESC LIMIT ?"
        return try Row.fetchAll(database, sql: sql, arguments: [before ?? .max, limit]).compactMap(record)
    }

    static func insert(
        _ draft: ConfigurationDraft, now: String, _ database: Database
    ) throws -> ConfigurationRecord {
        let last = try Int64.fetchOne(
            database, sql: "SELECT max(version) FROM config_versions WHERE \(isOurs)")
        let record = ConfigurationRecord(
            version: (last ?? 0) + 1, source: draft.source, data: draft.data, createdAt: now,
            createdBy: draft.createdBy)
        try database.execute(
            sql: """
                INSERT INTO config_versions (config_type, config_data, version, created_at, created_by)
                VALUES (?, ?, ?, ?, ?)
                """,
            arguments: [
                typePrefix + record.source.rawValue, record.data, record.version, record.createdAt,
                record.createdBy,
            ])
        return record
    }

    private static func record(_ row: Row) -> ConfigurationRecord? {
        let type: String = row["config_type"] ?? ""
        guard type.hasPrefix(typePrefix),
            let source = ConfigurationRecord.Source(rawValue: String(type.dropFirst(typePrefix.count)))
        else { return nil }
        return ConfigurationRecord(
            version: row["version"], source: source, data: row["config_data"] ?? "",
            createdAt: row["created_at"] ?? "", createdBy: row["created_by"] ?? "")
    }
}

extension SQLiteOrganizationStore {
    /// Stores a configuration as the next version, unless the newest one of its source holds the same text.
    public func storeConfiguration(
        _ draft: ConfigurationDraft, now: String
    ) async throws -> StoreChange<ConfigurationRecord> {
        let path = path
        return try await write("store a configuration") { database in
            if let versions = draft.replacing {
                let version = try ConfigurationTable.effective(database)?.version
                guard version.map(versions.contains) == true else {
                    throw StoreError(
                        .wrongState, operation: "store a configuration", path: path,
                        cause: "version \(version ?? 0) is effective")
                }
            }
            if let newest = try ConfigurationTable.newest(draft.source, database), newest.data == draft.data {
                return StoreChange(newest, touched: .nothing)
            }
            let record = try ConfigurationTable.insert(draft, now: now, database)
            return StoreChange(
                record, isNew: true, touched: draft.source == .organization ? .everybody : .nothing)
        }
    }

    /// The effective configuration; nil where none was stored yet.
    public func effectiveConfiguration() async throws -> ConfigurationRecord? {
        try await read("read the configuration") { try ConfigurationTable.effective($0) }
    }

    /// A configuration, nil where there is none.
    public func configuration(version: Int64) async throws -> ConfigurationRecord? {
        try await read("read a configuration") {
            try ConfigurationTable.configuration(version: version, $0)
        }
    }

    /// Configurations, newest first, behind a cursor.
    public func configurations(
        before: Int64?, limit: Int
    ) async throws -> Page<ConfigurationRecord, Int64> {
        try await read("list configurations") { database in
            let records = try ConfigurationTable.configurations(before: before, limit: limit + 1, database)
            return Page(reading: records, limit: limit) { $0.version }
        }
    }
}
