import Foundation
import GRDB
public import ScheduleStore

extension SQLiteServiceStore {
    /// Adds a token and returns it with its id.
    public func insertToken(_ draft: TokenDraft, audit: AuditDraft?) async throws -> TokenRecord {
        let path = path
        return try await write("insert a token") { database in
            if try TokenTable.token(hash: draft.hash, database) != nil {
                throw StoreError(
                    .conflict(field: "hash"), operation: "insert a token", path: path,
                    cause: "another token has this hash")
            }
            try database.execute(
                sql: """
                    INSERT INTO tokens (organization_id, name, scopes, hash, created_at) VALUES (?, ?, ?, ?, ?)
                    """,
                arguments: [
                    draft.organizationID, draft.name,
                    draft.scopes.map(\.rawValue).sorted().joined(separator: " "),
                    Data(draft.hash), draft.createdAt,
                ])
            let id = database.lastInsertedRowID
            if var audit {
                audit.entityID = "\(id)"
                try AuditTable.insert(
                    audit, at: draft.createdAt, organizationID: draft.organizationID ?? "", database)
            }
            return TokenRecord(id: id, draft: draft)
        }
    }

    /// Tokens in order of id, behind a cursor; with an organisation only its own.
    public func tokens(
        organizationID: String?, after: Int64?, limit: Int
    ) async throws -> Page<TokenRecord, Int64> {
        try await read("list tokens") { database in
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT * FROM tokens WHERE id > ?1 AND (?2 IS NULL OR organization_id = ?2)
                    ORDER BY id LIMIT ?3
                    """, arguments: [after ?? .min, organizationID, limit + 1])
            return Page(reading: rows.map(TokenTable.record), limit: limit) { $0.id }
        }
    }

    /// The token with a SHA-256 hash, nil where there is none.
    public func token(hash: [UInt8]) async throws -> TokenRecord? {
        try await read("find a token") { try TokenTable.token(hash: hash, $0) }
    }

    /// Removes a token.
    public func deleteToken(id: Int64, audit: AuditDraft?, now: String) async throws {
        let path = path
        try await write("delete a token") { database in
            let organization = try String.fetchOne(
                database, sql: "SELECT organization_id FROM tokens WHERE id = ?", arguments: [id])
            try database.execute(sql: "DELETE FROM tokens WHERE id = ?", arguments: [id])
            if database.changesCount == 0 {
                throw StoreError(
                    .notFound, operation: "delete a token", path: path, cause: "there is no token \(id)")
            }
            if let audit {
                try AuditTable.insert(audit, at: now, organizationID: organization ?? "", database)
            }
        }
    }

    /// Notes when tokens were last used, many at once.
    public func noteTokenUse(_ lastUse: [Int64: String]) async throws {
        if lastUse.isEmpty { return }
        try await write("note the use of tokens") { database in
            for (id, moment) in lastUse {
                try database.execute(
                    sql: "UPDATE tokens SET last_used_at = max(ifnull(last_used_at, ''), ?) WHERE id = ?",
                    arguments: [moment, id])
            }
        }
    }
}

/// The table `tokens` as records.
private enum TokenTable {
    static func token(hash: [UInt8], _ database: Database) throws -> TokenRecord? {
        try Row.fetchOne(database, sql: "SELECT * FROM tokens WHERE hash = ?", arguments: [Data(hash)])
            .map(record)
    }

    static func record(_ row: Row) -> TokenRecord {
        let names: String = row["scopes"]
        let hash: Data = row["hash"]
        let draft = TokenDraft(
            organizationID: row["organization_id"], name: row["name"],
            scopes: Set(names.split(separator: " ").compactMap { TokenRecord.Scope(rawValue: String($0)) }),
            hash: [UInt8](hash), createdAt: row["created_at"])
        return TokenRecord(id: row["id"], draft: draft, lastUsedAt: row["last_used_at"])
    }
}
