import Foundation
import GRDB
import Glibc
import ScheduleStore

/// Looks whether a file is a whole store.
enum StoreInspection {
    /// Mistakes that are told at most; more help nobody.
    private static let mistakes = 3

    /// Checks every page of a file, and that it has the tables of one of our stores.
    ///
    /// - Throws: `StoreError`; `corrupt` where it is damaged or another kind of file.
    static func kind(ofFile path: String, _ options: StoreOptions) throws -> StoreKind {
        try storing("verify a store", path: path) {
            guard access(path, F_OK) == 0 else { throw StoreCopy.systemError("verify a store", path) }
            try checkIntegrity(ofFile: path, named: path, options)
            let connection = try DatabaseQueue(path: path, configuration: ConnectionSettings.foreign(options))
            defer { try? connection.close() }
            return try connection.read { try kind($0, path) }
        }
    }

    /// Checks every page and index entry of a file.
    ///
    /// - Parameter name: The file to name in errors: a copy has the damage of what it was copied from.
    static func checkIntegrity(ofFile path: String, named name: String, _ options: StoreOptions) throws {
        try storing("verify a store", path: name) {
            let connection = try DatabaseQueue(path: path, configuration: ConnectionSettings.foreign(options))
            defer { try? connection.close() }
            let findings = try connection.read {
                try String.fetchAll($0, sql: "PRAGMA integrity_check(\(mistakes))")
            }
            guard findings != ["ok"] else { return }
            let text = findings.joined(separator: "; ").split(whereSeparator: \.isNewline).joined(
                separator: " ")
            throw damaged(name, text)
        }
    }

    private static func kind(_ database: Database, _ path: String) throws -> StoreKind {
        let steps =
            try database.tableExists("grdb_migrations")
            ? String.fetchSet(database, sql: "SELECT identifier FROM grdb_migrations") : []
        let kinds: [(StoreKind, String, DatabaseMigrator)] = [
            (.organization, OrganizationMigrations.first, OrganizationMigrations.migrator),
            (.service, ServiceSchema.first, ServiceSchema.migrator),
        ]
        for (kind, first, migrator) in kinds where steps.contains(first) {
            if try migrator.hasBeenSuperseded(database) { throw newer(path) }
            try checkTables(kind, database, path)
            return kind
        }
        throw StoreError(
            .corrupt, operation: "verify a store", path: path,
            cause: "the file is whole, but no store of this service",
            hint: "a database of another system becomes one when `run` or the service opens it")
    }

    private static func checkTables(_ kind: StoreKind, _ database: Database, _ path: String) throws {
        let tables: [(name: String, columns: [String])] =
            switch kind {
            case .organization: OrganizationSchema.tables.map { ($0.name, $0.columns.map(\.name)) }
            case .service: [("organizations", ["id", "time_zone"]), ("tokens", ["id", "hash"])]
            }
        for table in tables {
            guard try database.tableExists(table.name) else {
                throw damaged(path, "the table \(table.name) is missing")
            }
            let present = Set(try database.columns(in: table.name).map { $0.name.lowercased() })
            if let missing = table.columns.first(where: { !present.contains($0) }) {
                throw damaged(path, "the column \(table.name).\(missing) is missing")
            }
        }
    }

    private static func damaged(_ path: String, _ cause: String) -> StoreError {
        StoreError(
            .corrupt, operation: "verify a store", path: path, cause: cause,
            hint: "restore the file from a backup")
    }

    /// The failure of a file that a later version has written.
    static func newer(_ path: String) -> StoreError {
        StoreError(
            .cannotOpen, operation: "open", path: path,
            cause: "the file was written by a newer version of this service",
            hint: "use that version, or restore an older backup")
    }
}
