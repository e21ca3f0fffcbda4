import Foundation
import GRDB
public import ScheduleStore

/// The table `idempotency_keys`: in an organisation's file and in the service's own.
enum AnswerTable {
    static let creation = """
        CREATE TABLE idempotency_keys (
            id BLOB PRIMARY KEY NOT NULL, fingerprint BLOB NOT NULL, answer BLOB NOT NULL,
            created_at TEXT NOT NULL, expires_at TEXT NOT NULL) WITHOUT ROWID;
        CREATE INDEX idempotency_keys_expiry ON idempotency_keys (expires_at);
        """

    static func answer(id: [UInt8], now: String, _ database: Database) throws -> KeptAnswer? {
        let row = try Row.fetchOne(
            database,
            sql: "SELECT * FROM idempotency_keys WHERE id = ? AND expires_at >= ?",
            arguments: [Data(id), now])
        return row.map { row in
            KeptAnswer(
                id: id, fingerprint: [UInt8](row["fingerprint"] as Data),
                content: [UInt8](row["answer"] as Data), createdAt: row["created_at"],
                expiresAt: row["expires_at"])
        }
    }

    static func keep(_ answer: KeptAnswer, _ database: Database) throws {
        try database.execute(
            sql: "DELETE FROM idempotency_keys WHERE expires_at < ?", arguments: [answer.createdAt])
        try database.execute(
            sql: """
                INSERT OR REPLACE INTO idempotency_keys (id, fingerprint, answer, created_at, expires_at)
                VALUES (?, ?, ?, ?, ?)
                """,
            arguments: [
                Data(answer.id), Data(answer.fingerprint), Data(answer.content), answer.createdAt,
                answer.expiresAt,
            ])
    }
}

extension SQLiteOrganizationStore {
    /// The answer of a request, nil where there is none or it has expired.
    public func keptAnswer(id: [UInt8], now: String) async throws -> KeptAnswer? {
        try await read("find an answer") { try AnswerTable.answer(id: id, now: now, $0) }
    }

    /// Keeps an answer, in place of an older one of the same request, and forgets those that have expired.
    public func keepAnswer(_ answer: KeptAnswer) async throws {
        try await write("keep an answer") { try AnswerTable.keep(answer, $0) }
    }
}

extension SQLiteServiceStore {
    /// The answer of a request, nil where there is none or it has expired.
    public func keptAnswer(id: [UInt8], now: String) async throws -> KeptAnswer? {
        try await read("find an answer") { try AnswerTable.answer(id: id, now: now, $0) }
    }

    /// Keeps an answer, in place of an older one of the same request, and forgets those that have expired.
    public func keepAnswer(_ answer: KeptAnswer) async throws {
        try await write("keep an answer") { try AnswerTable.keep(answer, $0) }
    }
}
