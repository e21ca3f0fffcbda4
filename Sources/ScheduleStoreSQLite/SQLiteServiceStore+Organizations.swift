import GRDB
public import ScheduleStore

extension SQLiteServiceStore {
    /// Adds an organisation.
    public func createOrganization(_ organization: OrganizationRecord, audit: AuditDraft?) async throws {
        let path = path
        try await write("create an organisation") { database in
            if try OrganizationTable.organization(id: organization.id, database) != nil {
                throw StoreError(
                    .conflict(field: "id"), operation: "create an organisation", path: path,
                    cause: "organisation \(organization.id) exists")
            }
            try database.execute(
                sql: "INSERT INTO organizations (id, name, time_zone, created_at) VALUES (?, ?, ?, ?)",
                arguments: [
                    organization.id, organization.name, organization.timeZone, organization.createdAt,
                ])
            if let audit {
                try AuditTable.insert(
                    audit, at: organization.createdAt, organizationID: organization.id, database)
            }
        }
    }

    /// An organisation, nil where there is none.
    public func organization(id: String) async throws -> OrganizationRecord? {
        try await read("read an organisation") { try OrganizationTable.organization(id: id, $0) }
    }

    /// Organisations in order of id, behind a cursor.
    public func organizations(after: String?, limit: Int) async throws -> Page<OrganizationRecord, String> {
        try await read("list organisations") { database in
            let rows = try Row.fetchAll(
                database, sql: "SELECT * FROM organizations WHERE id > ? ORDER BY id LIMIT ?",
                arguments: [after ?? "", limit + 1])
            return Page(reading: rows.map(OrganizationTable.record), limit: limit) { $0.id }
        }
    }

    /// Changes name, time zone or whether its daily runs are paused; nil leaves as it is.
    public func updateOrganization(
        id: String, name: String?, timeZone: String?, isPaused: Bool?, audit: AuditDraft?, now: String
    ) async throws -> OrganizationRecord {
        let path = path
        return try await write("change an organisation") { database in
            try database.execute(
                sql: """
                    UPDATE organizations SET name = ifnull(?, name), time_zone = ifnull(?, time_zone),
                        paused = ifnull(?, paused) WHERE id = ?
                    """, arguments: [name, timeZone, isPaused, id])
            guard let organization = try OrganizationTable.organization(id: id, database) else {
                throw OrganizationTable.notFound(id, path)
            }
            if let audit { try AuditTable.insert(audit, at: now, organizationID: id, database) }
            return organization
        }
    }

    /// Removes an organisation and its tokens; its own store is `OrganizationStores`' to remove.
    public func deleteOrganization(id: String, audit: AuditDraft?, now: String) async throws {
        let path = path
        try await write("delete an organisation") { database in
            try database.execute(sql: "DELETE FROM organizations WHERE id = ?", arguments: [id])
            if database.changesCount == 0 { throw OrganizationTable.notFound(id, path) }
            if let audit { try AuditTable.insert(audit, at: now, organizationID: id, database) }
        }
    }
}

/// The table `organizations` as records.
private enum OrganizationTable {
    static func organization(id: String, _ database: Database) throws -> OrganizationRecord? {
        try Row.fetchOne(database, sql: "SELECT * FROM organizations WHERE id = ?", arguments: [id]).map(
            record)
    }

    static func record(_ row: Row) -> OrganizationRecord {
        var organization = OrganizationRecord(
            id: row["id"], name: row["name"], timeZone: row["time_zone"], createdAt: row["created_at"])
        organization.isPaused = row["paused"]
        return organization
    }

    static func notFound(_ id: String, _ path: String) -> StoreError {
        StoreError(
            .notFound, operation: "find an organisation", path: path, cause: "there is no organisation \(id)")
    }
}
