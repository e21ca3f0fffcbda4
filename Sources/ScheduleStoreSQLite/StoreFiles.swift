import Foundation
import GRDB
import Glibc
import ScheduleStore

/// What a store's file holds.
public enum StoreKind: String, Sendable {
    /// Contacts, schedules and runs of an organisation.
    case organization
    /// Organisations and access tokens.
    case service
}

/// Work on the files of stores that no service needs to run for.
public enum StoreFiles {
    /// Checks every page of a file and that it has the tables of one of our stores.
    ///
    /// - Throws: `StoreError`; `corrupt` where it is damaged or another kind of file.
    public static func verify(_ path: String) async throws -> StoreKind {
        try await FileQueue.run { try StoreInspection.kind(ofFile: path, StoreOptions()) }
    }

    /// Looks whether the numbers that an organisation's file keeps for dashboards are those of its rows; where they are
    /// not, counts them anew if that is asked for. Writers wait meanwhile.
    ///
    /// - Returns: The tables whose numbers were others.
    /// - Throws: `StoreError`.
    public static func checkCounts(_ path: String, mending: Bool) async throws -> [String] {
        try await FileQueue.run {
            try storing("check the numbers of a store", path: path) {
                let connection = try DatabaseQueue(
                    path: path, configuration: ConnectionSettings.foreign(StoreOptions()))
                defer { try? connection.close() }
                let tables = try connection.read(CountInspection.differingTables)
                if mending, !tables.isEmpty { try connection.write(CountInspection.recount) }
                return tables
            }
        }
    }

    /// Copies a database file, whoever writes to it meanwhile, and verifies the copy before it gets its name.
    ///
    /// - Returns: The copy's length in bytes.
    /// - Throws: `StoreError`; `cannotOpen` where something is at the target already.
    @discardableResult
    public static func backUp(_ path: String, to target: String) async throws -> Int64 {
        try await FileQueue.run {
            if size(target) ?? 0 > 0 {
                throw StoreError(
                    .cannotOpen, operation: "back up", path: target, cause: "the file exists",
                    hint: "name another file, or remove this one first")
            }
            try StoreCopy.make(of: path, at: target, options: StoreOptions())
            return size(target) ?? 0
        }
    }

    /// Puts a copy of a backup into the place of a store, in one step: whoever opens it finds the old one or the
    /// whole new one. Nobody may have the store open.
    ///
    /// - Parameter replaces: Whether a file that is there may go.
    /// - Throws: `StoreError`; then the old file is as it was.
    public static func restore(_ path: String, from backup: String, replaces: Bool) async throws {
        try await FileQueue.run {
            if !replaces, access(path, F_OK) == 0 {
                throw StoreError(
                    .cannotOpen, operation: "restore", path: path, cause: "the file exists",
                    hint: "use --force to replace it")
            }
            try Restoration(path: path, backup: backup, options: StoreOptions()).carryOut()
        }
    }

    /// The length of a file; nil where there is none.
    static func size(_ path: String) -> Int64? {
        var status = stat()
        return stat(path, &status) == 0 ? Int64(status.st_size) : nil
    }
}
