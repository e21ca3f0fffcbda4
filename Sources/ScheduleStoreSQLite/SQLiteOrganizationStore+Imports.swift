import Foundation
import GRDB
public import ScheduleStore

extension SQLiteOrganizationStore {
    /// Begins an import.
    public func createImport(columns: [String], now: String) async throws -> ImportRecord {
        try await write("begin an import") { database in
            try database.execute(
                sql: "INSERT INTO imports (state, columns, created_at) VALUES ('running', ?, ?)",
                arguments: [JSONText.array(columns), now])
            return ImportRecord(
                id: database.lastInsertedRowID, state: .running, columns: columns, createdAt: now)
        }
    }

    /// Stores rows of an import and counts them, in one transaction. A row is the contact with its `id`, else
    /// the one with its `external_id`, else the one with its e-mail in any case (the lowest id of several),
    /// else a new one.
    public func importBatch(_ batch: ImportBatch, importID: Int64) async throws -> ImportBatchOutcome {
        let (path, options) = (path, options)
        return try await write("import contacts") { database in
            guard let record = try ImportTable.record(id: importID, database) else {
                throw ImportTable.notFound(importID, path)
            }
            let outcome = try ImportTable.store(batch.rows, columns: record.columns, options, database)
            let rejects = batch.rejects + outcome.conflicts
            for reject in rejects { try ImportTable.insert(reject, importID: importID, database) }
            let warnings = record.warnings.merging(batch.warnings, uniquingKeysWith: +)
            try database.execute(
                sql: """
                    UPDATE imports SET received = received + ?, created = created + ?, updated = updated + ?,
                        unchanged = unchanged + ?, rejected = rejected + ?, warnings = ? WHERE id = ?
                    """,
                arguments: [
                    batch.received, outcome.created, outcome.updated, outcome.unchanged,
                    rejects.count, JSONText.object(warnings), importID,
                ])
            return outcome
        }
    }

    /// Ends an import.
    public func finishImport(id: Int64, error: String?, now: String) async throws -> ImportRecord {
        let (path, options) = (path, options)
        return try await write("end an import") { database in
            try WriterCache.reduce(database, options)
            try database.execute(
                sql: "UPDATE imports SET state = ?, error = ?, finished_at = ? WHERE id = ?",
                arguments: [error == nil ? "completed" : "failed", error, now, id])
            guard let record = try ImportTable.record(id: id, database) else {
                throw ImportTable.notFound(id, path)
            }
            return record
        }
    }

    /// Ends, as failed, the imports that a dead process has left running. To be called once, before the first import.
    public func failInterruptedImports(now: String) async throws -> Int {
        try await write("end interrupted imports") { database in
            try database.execute(
                sql: """
                    UPDATE imports SET state = 'failed', error = 'interrupted', finished_at = ?
                    WHERE state = 'running'
                    """, arguments: [now])
            return database.changesCount
        }
    }

    /// An import, nil where there is none.
    public func importRecord(id: Int64) async throws -> ImportRecord? {
        try await read("read an import") { try ImportTable.record(id: id, $0) }
    }

    /// The rows that an import refused, in order of their number; the cursor is that number.
    public func importRejects(id: Int64, after: Int?, limit: Int) async throws -> Page<ImportReject, Int> {
        try await read("list the rejects of an import") { database in
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT row, field, code, value, columns FROM import_rejects
                    WHERE import_id = ? AND row > ? ORDER BY row LIMIT ?
                    """, arguments: [id, after ?? -1, limit + 1])
            let rejects = rows.map { row in
                ImportReject(
                    row: row["row"], field: row["field"], code: row["code"], value: row["value"],
                    columns: ImportTable.texts(row["columns"]))
            }
            return Page(reading: rejects, limit: limit) { $0.row }
        }
    }
}

/// The statements on the tables `imports` and `import_rejects`.
enum ImportTable {
    /// Stores contacts; many of them with a large cache and without triggers.
    static func store(
        _ rows: [ImportBatch.Row], columns: [String], _ options: StoreOptions, _ database: Database
    ) throws -> ImportBatchOutcome {
        func store(_ counts: ContactCounts?) throws -> ImportBatchOutcome {
            var upsert = try ContactUpsert(database, columns: columns, counts: counts)
            try upsert.store(rows)
            try counts?.store()
            return upsert.outcome
        }
        guard rows.count >= TriggerSwitch.worthwhileRows else { return try store(nil) }
        try WriterCache.enlarge(database, options)
        guard try TriggerSwitch.areAllOurs(database) else { return try store(nil) }
        return try TriggerSwitch.withoutTriggers(database) { try store(try ContactCounts(database)) }
    }

    static func record(id: Int64, _ database: Database) throws -> ImportRecord? {
        guard
            let row = try Row.fetchOne(database, sql: "SELECT * FROM imports WHERE id = ?", arguments: [id]),
            let state = ImportRecord.State(rawValue: row["state"] ?? "")
        else { return nil }
        var record = ImportRecord(
            id: id, state: state, columns: texts(row["columns"]), createdAt: row["created_at"] ?? "")
        record.received = row["received"]
        record.created = row["created"]
        record.updated = row["updated"]
        record.unchanged = row["unchanged"]
        record.rejected = row["rejected"]
        record.warnings = counts(row["warnings"])
        record.finishedAt = row["finished_at"]
        record.error = row["error"]
        return record
    }

    static func insert(_ reject: ImportReject, importID: Int64, _ database: Database) throws {
        let insertion = try RawStatement(
            """
            INSERT OR REPLACE INTO import_rejects (import_id, row, field, code, value, columns)
            VALUES (?, ?, ?, ?, ?, ?)
            """, database)
        insertion.bind(1, importID)
        insertion.bind(2, Int64(reject.row))
        insertion.bind(3, reject.field)
        insertion.bind(4, reject.code)
        insertion.bind(5, reject.value)
        insertion.bind(6, JSONText.array(reject.columns))
        try insertion.run()
    }

    static func texts(_ json: String?) -> [String] {
        (try? JSONDecoder().decode([String].self, from: Data((json ?? "[]").utf8))) ?? []
    }

    private static func counts(_ json: String?) -> [String: Int] {
        (try? JSONDecoder().decode([String: Int].self, from: Data((json ?? "{}").utf8))) ?? [:]
    }

    static func notFound(_ id: Int64, _ path: String) -> StoreError {
        StoreError(.notFound, operation: "import contacts", path: path, cause: "there is no import \(id)")
    }
}
