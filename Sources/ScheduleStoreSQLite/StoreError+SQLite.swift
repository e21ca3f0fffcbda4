import CSQLiteSettings
import GRDB
import Glibc
import ScheduleStore

extension StoreError {
    /// The error of a verb, whatever was thrown inside it. Cancellation stays what it is.
    static func mapping(_ error: any Error, operation: String, path: String?) -> any Error {
        switch error {
        case is CancellationError: return error
        case let error as StoreError: return error
        case let error as DatabaseError: return StoreError(error, operation: operation, path: path)
        default:
            return StoreError(
                .internalFailure, operation: operation, path: path, cause: String(describing: error))
        }
    }

    /// The error of a verb that was to write. What SQLite calls an error of input or output may be a quota that is used
    /// up, or a limit of the process for the length of files: the connection knows what the system said.
    static func mapping(
        _ error: any Error, operation: String, path: String?, writer: some DatabaseWriter
    ) -> any Error {
        guard isUnexplained(error) else { return mapping(error, operation: operation, path: path) }
        return mapping(error, writer.writeWithoutTransaction(systemError), operation: operation, path: path)
    }

    /// The same, without blocking the thread.
    static func mapping(
        _ error: any Error, operation: String, path: String?, writer: some DatabaseWriter
    ) async -> any Error {
        guard isUnexplained(error), let code = try? await writer.writeWithoutTransaction(systemError) else {
            return mapping(error, operation: operation, path: path)
        }
        return mapping(error, code, operation: operation, path: path)
    }

    private static func mapping(
        _ error: any Error, _ systemError: CInt, operation: String, path: String?
    ) -> any Error {
        let cause = String(cString: strerror(systemError))
        return switch systemError {
        case ENOSPC, EDQUOT, EFBIG:
            StoreError(
                .full, operation: operation, path: path, cause: cause,
                hint: "free some space on the disk, or raise the quota or the limit of the length of files")
        case EROFS:
            StoreError(
                .readOnly, operation: operation, path: path, cause: cause,
                hint: "make the file system writable")
        default: mapping(error, operation: operation, path: path)
        }
    }

    private static func isUnexplained(_ error: any Error) -> Bool {
        (error as? DatabaseError)?.resultCode == .SQLITE_IOERR
    }

    @Sendable private static func systemError(_ database: Database) -> CInt {
        sqlite_settings_last_write_error(database.sqliteConnection)
    }

    /// The meaning of a result code.
    init(_ error: DatabaseError, operation: String, path: String?) {
        let cause = error.message ?? "result code \(error.extendedResultCode.rawValue)"
        let (code, hint) = StoreError.meaning(of: error)
        self.init(code, operation: operation, path: path, cause: cause, hint: hint)
    }

    private static func meaning(of error: DatabaseError) -> (Code, hint: String?) {
        switch error.resultCode {
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            (.busy, "another process is writing to the file: try again, or end that process")
        case .SQLITE_FULL,
            .SQLITE_IOERR where isOutOfSpace(error):
            (.full, "free some space on the disk")
        case .SQLITE_READONLY:
            (.readOnly, "give the service the right to write to the file and its directory")
        case .SQLITE_CORRUPT, .SQLITE_NOTADB:
            (.corrupt, "restore the file from a backup")
        case .SQLITE_CANTOPEN where Descriptors.areExhausted:
            (.exhausted, Descriptors.hint)
        case .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_AUTH:
            (.cannotOpen, "check that the path exists and that the service may read and write there")
        case .SQLITE_CONSTRAINT:
            (.constraint, nil)
        case .SQLITE_MISUSE where error.message == "Connection is closed":
            (.closed, nil)
        default:
            (.internalFailure, nil)
        }
    }
}

extension StoreError {
    /// Whether a failure is for want of space: of the file itself, or of the one that connections share.
    private static func isOutOfSpace(_ error: DatabaseError) -> Bool {
        [.SQLITE_FULL, .SQLITE_IOERR_SHMSIZE].contains(error.extendedResultCode)
    }

    /// The failure of a verb on a record that does not exist.
    static func noRecord(_ operation: String, _ record: String, _ path: String) -> StoreError {
        StoreError(.notFound, operation: operation, path: path, cause: "there is no \(record)")
    }

    /// The failure of a verb on a record whose column names one that does not exist.
    static func dangling(_ operation: String, _ field: String, _ record: String, _ path: String) -> StoreError
    {
        StoreError(
            .dangling(field: field), operation: operation, path: path, cause: "there is no \(record)")
    }
}

/// Runs a verb's body and gives its errors the verb's name and file.
func storing<Result>(_ operation: String, path: String?, _ body: () throws -> Result) throws -> Result {
    do {
        return try body()
    } catch {
        throw StoreError.mapping(error, operation: operation, path: path)
    }
}
