import Foundation
import GRDB
import Glibc
import ScheduleStore

/// Puts a backup into the place of a store.
///
/// 1. The backup is verified, copied beside the store, and the copy verified: nothing is taken away for a backup
///    that is no good.
/// 2. What is in the old file's write-ahead log is moved into the file, and the log removed: SQLite would replay it
///    into the new file otherwise. This fails where somebody else has the old file open. An old file that is
///    damaged cannot be opened; its log goes with it.
/// 3. The copy gets the store's name: there is no moment without a store.
struct Restoration {
    let path: String
    let backup: String
    let options: StoreOptions

    /// Ends of the names of copies on their way.
    private static let suffix = ".restoring"

    func carryOut() throws {
        let kind = try StoreInspection.kind(ofFile: backup, options)
        let wanted: StoreKind =
            URL(fileURLWithPath: path).lastPathComponent == "service.sqlite3"
            ? .service : .organization
        guard kind == wanted else {
            throw StoreError(
                .cannotOpen, operation: "restore", path: backup,
                cause: "the backup is of the \(kind.rawValue)'s store, not of the \(wanted.rawValue)'s",
                hint: "the service's own store is named service.sqlite3")
        }
        try storing("restore", path: path) {
            let unfinished = path + Restoration.suffix
            defer { StoreCopy.removeFile(unfinished) }
            try StoreCopy.makeUnfinished(of: backup, at: unfinished, options: options)
            try StoreCopy.sync(unfinished)
            try endOldLog()
            try StoreCopy.finish(unfinished, as: path)
        }
    }

    private func endOldLog() throws {
        if access(path, F_OK) == 0 {
            do {
                try StoreCopy.endLog(of: path, options)
            } catch {
                let error = StoreError.mapping(error, operation: "restore", path: path)
                guard (error as? StoreError)?.code == .corrupt else { throw error }
            }
        }
        for suffix in ["-journal", "-wal", "-shm"] { unlink(path + suffix) }
        try StoreCopy.sync(StoreCopy.directory(of: path))
    }
}
