import Foundation
import GRDB
import Glibc
import ScheduleStore

/// A store's file: opened with its settings, adopted where somebody else made it, brought to the present
/// schema.
enum StoreFile {
    /// Opens a file, makes it where it is missing, and migrates it.
    ///
    /// - Parameter adopts: Whether a file that somebody else made is taken over; a copy is put beside it first.
    static func open(
        _ path: String, options: StoreOptions, migrator: DatabaseMigrator, adopts: Bool
    ) throws -> DatabasePool {
        let turn = OpeningTurn(of: path)
        defer { withExtendedLifetime(turn) {} }
        return try naming(path) {
            if adopts { try copyIfForeign(path, options) }
            let pool = try DatabasePool(path: path, configuration: ConnectionSettings.pool(options))
            do {
                try pool.writeWithoutTransaction { database in
                    try database.execute(sql: ConnectionSettings.synchronous(options.durability))
                    if try migrator.hasBeenSuperseded(database) {
                        throw StoreInspection.newer(path)
                    }
                }
                try migrate(pool, migrator)
                return pool
            } catch {
                let error = StoreError.mapping(error, operation: "open", path: path, writer: pool)
                try? pool.close()
                throw error
            }
        }
    }

    /// Closes a file. The writer is the last to go: SQLite then moves what is left in the log into the file and
    /// removes the log, which a connection that only reads cannot, so that whoever copies the file has everything.
    static func close(_ pool: DatabasePool) throws {
        pool.invalidateReadOnlyConnections()
        try pool.close()
    }

    /// Gives errors the file's name, and its being read-only the right word: SQLite cannot open the files that it needs
    /// beside it then.
    private static func naming<Result>(_ path: String, _ body: () throws -> Result) throws -> Result {
        do {
            return try storing("open", path: path, body)
        } catch let error as StoreError where error.code == .cannotOpen {
            for place in [path, StoreCopy.directory(of: path)] { try requireWritable(place) }
            throw error
        }
    }

    /// Throws where a file or directory exists and may not be written.
    static func requireWritable(_ path: String) throws {
        guard access(path, W_OK) != 0, case let reason = errno, [EROFS, EACCES, EPERM].contains(reason) else {
            return
        }
        throw StoreError(
            .readOnly, operation: "open", path: path, cause: String(cString: strerror(reason)),
            hint: "give the service the right to write to the file and its directory")
    }

    /// Migrates with settings of its own: what is sorted for the indexes of a large file goes to temporary files
    /// instead of memory, on two threads.
    private static func migrate(_ pool: DatabasePool, _ migrator: DatabaseMigrator) throws {
        try pool.writeWithoutTransaction {
            try $0.execute(sql: "PRAGMA temp_store = FILE; PRAGMA threads = 2")
        }
        try migrator.migrate(pool)
        try pool.writeWithoutTransaction {
            try $0.execute(sql: "PRAGMA temp_store = MEMORY; PRAGMA threads = 0")
        }
    }

    /// Puts a copy of a file that is not ours beside it, whole or not at all.
    private static func copyIfForeign(_ path: String, _ options: StoreOptions) throws {
        let files = FileManager.default
        guard let size = try? files.attributesOfItem(atPath: path)[.size] as? Int, size > 0 else { return }
        let source = try DatabaseQueue(path: path, configuration: ConnectionSettings.foreign(options))
        defer { try? source.close() }
        guard try source.read(OrganizationMigrations.isForeign) else { return }

        let unfinished = path + ".before-adoption-unfinished"
        try? files.removeItem(atPath: unfinished)
        let target = try DatabaseQueue(path: unfinished)
        try source.backup(to: target)
        try target.close()
        var copy = path + ".before-adoption"
        var number = 1
        while files.fileExists(atPath: copy) {
            number += 1
            copy = path + ".before-adoption-\(number)"
        }
        try files.moveItem(atPath: unfinished, toPath: copy)
    }
}

/// Keeps other processes from opening files of the same directory: two that make, adopt or migrate one file at once would
/// get into each other's way. It ends with the process, however that ends.
private struct OpeningTurn: ~Copyable {
    private let descriptor: Int32

    /// Waits for the turn. Where the directory does not open, nor will the file.
    init(of path: String) {
        descriptor = Glibc.open(StoreCopy.directory(of: path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        while flock(descriptor, LOCK_EX) != 0, errno == EINTR {}
    }

    deinit { if descriptor >= 0 { Glibc.close(descriptor) } }
}
