import Foundation
import GRDB
import Glibc
import ScheduleStore

/// Copies a store's file while others use it.
///
/// 1. SQLite's backup API copies the pages of one state of the file, in one step under one read transaction on a
///    connection of its own. With a write-ahead log a reader makes no writer wait, and writers do not make it begin
///    again, as they would between several steps. What it costs is that the log cannot begin anew until it is done.
///    (`VACUUM INTO` reads just so, but builds every table and index again.)
/// 2. The copy is one file: it keeps no log, and what opens it sets its own.
/// 3. The copy has another name until its content is verified and on the disk.
enum StoreCopy {
    /// Ends of the names of copies that are not finished.
    static let unfinishedSuffix = ".unfinished"

    /// Copies a file to a place where nothing is, or what is there may go.
    ///
    /// - Throws: `StoreError`; then nothing has changed at the target.
    static func make(of source: String, at target: String, options: StoreOptions) throws {
        try storing("copy a store", path: source) {
            let unfinished = target + unfinishedSuffix
            defer { removeFile(unfinished) }
            try makeUnfinished(of: source, at: unfinished, options: options)
            try sync(unfinished)
            try finish(unfinished, as: target)
        }
    }

    /// Copies a file and verifies the copy, without putting it anywhere for good.
    static func makeUnfinished(of source: String, at unfinished: String, options: StoreOptions) throws {
        guard access(source, F_OK) == 0 else { throw systemError("copy a store", source) }
        removeFile(unfinished)
        let original = try DatabaseQueue(path: source, configuration: ConnectionSettings.foreign(options))
        defer { try? original.close() }
        // Made here, so that nobody else may read it at any time.
        let file = open(unfinished, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw systemError("make a copy of a store", unfinished) }
        Glibc.close(file)
        let copy = try DatabaseQueue(path: unfinished, configuration: ConnectionSettings.copy(options))
        do {
            try original.backup(to: copy)
            try copy.close()
        } catch {
            let error = StoreError.mapping(
                error, operation: "write the copy of a store", path: unfinished, writer: copy)
            try? copy.close()
            throw error
        }
        try endLog(of: unfinished, options)
        try StoreInspection.checkIntegrity(ofFile: unfinished, named: source, options)
    }

    /// Gives a file that is done its name, replacing what has it.
    static func finish(_ unfinished: String, as target: String) throws {
        guard rename(unfinished, target) == 0 else { throw systemError("name a copy of a store", target) }
        try sync(directory(of: target))
    }

    /// Takes a file out of the mode with a log, in which it needs others beside it.
    static func endLog(of path: String, _ options: StoreOptions) throws {
        let connection = try DatabaseQueue(path: path, configuration: ConnectionSettings.foreign(options))
        defer { try? connection.close() }
        let mode = try connection.writeWithoutTransaction {
            try String.fetchOne($0, sql: "PRAGMA journal_mode = DELETE")
        }
        guard mode == "delete" else {
            throw StoreError(
                .busy, operation: "end the log of a store", path: path, cause: "another process uses it",
                hint: "end that process")
        }
    }

    /// Waits until a file's content, or a directory's names, are on the disk.
    static func sync(_ path: String) throws {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw systemError("write to the disk", path) }
        defer { Glibc.close(file) }
        guard fsync(file) == 0 else { throw systemError("write to the disk", path) }
    }

    /// Removes a database file and what SQLite keeps beside it, as far as they are there.
    static func removeFile(_ path: String) {
        for suffix in ["", "-journal", "-wal", "-shm"] { unlink(path + suffix) }
    }

    /// The directory that a file lies in.
    static func directory(of path: String) -> String {
        let directory = URL(fileURLWithPath: path).deletingLastPathComponent().path
        return directory.isEmpty ? "/" : directory
    }

    /// The error of the last failed system call.
    static func systemError(_ operation: String, _ path: String) -> StoreError {
        let number = errno
        let cause = String(cString: strerror(number))
        return switch number {
        case ENOSPC, EDQUOT, EFBIG:
            StoreError(
                .full, operation: operation, path: path, cause: cause, hint: "free some space on the disk")
        case EMFILE, ENFILE:
            StoreError(.exhausted, operation: operation, path: path, cause: cause, hint: Descriptors.hint)
        case EROFS:
            StoreError(
                .readOnly, operation: operation, path: path, cause: cause,
                hint: "make the file system writable")
        default:
            StoreError(
                .cannotOpen, operation: operation, path: path, cause: cause,
                hint: "check that the path exists and that the service may read and write there")
        }
    }
}
