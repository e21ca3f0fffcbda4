import GRDB
import ScheduleStore
import Synchronization

/// Remembers whether the last write to a file failed for the file's or the disk's sake.
final class WriteHealth: Sendable {
    private let code = Mutex<StoreError.Code?>(nil)

    /// Why the last write failed; nil where it did not.
    var trouble: StoreError.Code? { code.withLock { $0 } }

    /// Writes a page and changes nothing.
    static func touch(_ database: Database) throws {
        let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        try database.execute(sql: "PRAGMA user_version = \(version)")
    }

    /// Notes a write that was done.
    func succeeded() { code.withLock { $0 = nil } }

    /// Notes a write that was not. What is wrong with the records alone says nothing of the file.
    func failed(_ error: any Error) {
        guard let error = error as? StoreError else { return }
        switch error.code {
        case .busy, .full, .readOnly, .corrupt, .cannotOpen, .internalFailure:
            code.withLock { $0 = error.code }
        case .notFound, .conflict, .dangling, .constraint, .wrongState: succeeded()
        case .closed, .exhausted: break
        }
    }
}
