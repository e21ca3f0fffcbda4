import GRDB
public import ScheduleStore

/// The table `audit_log`, in an organisation's file and in the service's own.
enum AuditTable {
    /// Stores an entry.
    ///
    /// - Parameter organizationID: In the service's file, the organisation that it is about.
    static func insert(
        _ draft: AuditDraft, at now: String, organizationID: String? = nil, _ database: Database
    ) throws {
        let more = organizationID == nil ? ("", "") : (", organization_id", ", ?8")
        let insertion = try RawStatement(
            """
            INSERT INTO audit_log (at, actor, request_id, entity, entity_id, action, details\(more.0))
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7\(more.1))
            """, database)
        insertion.bind(1, now)
        insertion.bind(2, draft.actor)
        insertion.bind(3, draft.requestID)
        insertion.bind(4, draft.entity)
        insertion.bind(5, draft.entityID)
        insertion.bind(6, draft.action)
        insertion.bind(7, draft.details)
        if let organizationID { insertion.bind(8, organizationID) }
        try insertion.run()
    }

    /// A page of entries, newest first.
    static func page(
        _ filter: AuditFilter, organizationID: String? = nil, before: Int64?, limit: Int,
        _ database: Database
    ) throws -> Page<AuditRecord, Int64> {
        var conditions = ["id < ?"]
        var arguments: StatementArguments = [before ?? .max]
        func add(_ condition: String, _ value: String?) {
            guard let value else { return }
            conditions.append(condition)
            arguments += [value]
        }
        add("at >= ?", filter.from)
        add("at < ?", filter.before)
        add("actor = ?", filter.actor)
        add("entity = ?", filter.entity)
        add("entity_id = ?", filter.entityID)
        add("action = ?", filter.action)
        add("organization_id = ?", organizationID)
        arguments += [limit + 1]
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT * FROM audit_log WHERE \(conditions.joined(separator: " AND "))
                ORDER BY id DESC LIMIT ?
                """, arguments: arguments)
        return Page(reading: rows.map(record), limit: limit) { $0.id }
    }

    private static func record(_ row: Row) -> AuditRecord {
        AuditRecord(
            id: row["id"], at: row["at"],
            draft: AuditDraft(
                actor: row["actor"], requestID: row["request_id"], entity: row["entity"],
                entityID: row["entity_id"], action: row["action"], details: row["details"]))
    }
}

extension SQLiteOrganizationStore {
    /// Stores an entry of something that is no change of this store.
    public func recordAudit(_ draft: AuditDraft, now: String) async throws {
        try await write("store an audit entry") { try AuditTable.insert(draft, at: now, $0) }
    }

    /// Entries that meet a filter, newest first, behind a cursor.
    public func auditRecords(
        _ filter: AuditFilter, before: Int64?, limit: Int
    ) async throws -> Page<AuditRecord, Int64> {
        try await read("list audit entries") {
            try AuditTable.page(filter, before: before, limit: limit, $0)
        }
    }
}

extension SQLiteServiceStore {
    /// Entries about an organisation and its tokens, newest first, behind a cursor.
    public func auditRecords(
        ofOrganization id: String, _ filter: AuditFilter, before: Int64?, limit: Int
    ) async throws -> Page<AuditRecord, Int64> {
        try await read("list audit entries") {
            try AuditTable.page(filter, organizationID: id, before: before, limit: limit, $0)
        }
    }
}
