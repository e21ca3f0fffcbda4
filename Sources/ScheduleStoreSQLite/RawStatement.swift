import GRDB
import GRDBSQLite

/// A prepared statement through the C interface, for paths where a value per column would cost too much.
/// It belongs to its connection's statement cache, and must be used only inside an access to it.
struct RawStatement {
    private let handle: OpaquePointer
    private let database: Database

    /// The statement of some SQL, prepared once per connection, with nothing bound.
    init(_ sql: String, _ database: Database) throws {
        handle = try database.cachedStatement(sql: sql).sqliteStatement
        self.database = database
        sqlite3_reset(handle)
        sqlite3_clear_bindings(handle)
    }

    /// Goes to the next row; false at the end. At the end or after an error the statement is reset.
    @inline(__always)
    func step() throws -> Bool {
        let code = sqlite3_step(handle)
        if code == SQLITE_ROW { return true }
        let message = code == SQLITE_DONE ? nil : String(cString: sqlite3_errmsg(database.sqliteConnection))
        let extended = code == SQLITE_DONE ? code : sqlite3_extended_errcode(database.sqliteConnection)
        sqlite3_reset(handle)
        guard code == SQLITE_DONE else {
            throw DatabaseError(resultCode: ResultCode(rawValue: extended), message: message)
        }
        return false
    }

    /// Runs a statement that gives no rows, and leaves its bindings for the next time.
    @inline(__always)
    func run() throws { while try step() {} }

    /// Ends reading before the last row.
    func reset() { sqlite3_reset(handle) }

    /// Ends reading in every statement of a connection: what a verb that failed was still reading, nobody reads on.
    static func resetAll(_ database: Database) {
        var statement = sqlite3_next_stmt(database.sqliteConnection, nil)
        while let handle = statement {
            if sqlite3_stmt_busy(handle) != 0 { sqlite3_reset(handle) }
            statement = sqlite3_next_stmt(database.sqliteConnection, handle)
        }
    }

    /// Binds null to everything.
    func unbind() { sqlite3_clear_bindings(handle) }

    // MARK: Binding

    /// Binds a number; nil for null.
    @inline(__always)
    func bind(_ position: Int32, _ value: Int64?) {
        if let value {
            sqlite3_bind_int64(handle, position, value)
        } else {
            sqlite3_bind_null(handle, position)
        }
    }

    /// Binds text that stays where it is until the statement has run; nil for null.
    @inline(__always)
    func bind(_ position: Int32, staying text: StayingText?) {
        if let text {
            sqlite3_bind_text(handle, position, text.start, text.count, nil)
        } else {
            sqlite3_bind_null(handle, position)
        }
    }

    /// Binds text by copying it; nil for null.
    func bind(_ position: Int32, _ text: String?) {
        guard var text else {
            sqlite3_bind_null(handle, position)
            return
        }
        text.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) { characters in
                let start = characters.baseAddress ?? RawStatement.emptyText
                _ = sqlite3_bind_text(handle, position, start, Int32(characters.count), RawStatement.copying)
            }
        }
    }

    /// Binds bytes by copying them.
    func bind(_ position: Int32, bytes: [UInt8]) {
        guard !bytes.isEmpty else {
            sqlite3_bind_zeroblob(handle, position, 0)
            return
        }
        sqlite3_bind_blob(handle, position, bytes, Int32(bytes.count), RawStatement.copying)
    }

    /// Binds the address of an object, which only a function or table that knows the type can read.
    func bind(_ position: Int32, address: UnsafeMutableRawPointer, type: UnsafePointer<CChar>) {
        sqlite3_bind_pointer(handle, position, address, type, nil)
    }

    // MARK: Columns of the current row

    // A value is taken as an object first and then read: the functions that read a column by its number check the
    // statement and lock its connection each time, which over sixteen columns costs more than the step. SQLite calls
    // such objects unprotected, for want of that lock; a connection here is used by one thread at a time.

    /// The bytes of a text column, valid until the next step; none for null.
    @inline(__always)
    func bytes(_ column: Int32) -> UnsafeBufferPointer<UInt8> {
        let value = sqlite3_column_value(handle, column)
        guard let start = sqlite3_value_text(value) else {
            return UnsafeBufferPointer(start: nil, count: 0)
        }
        return UnsafeBufferPointer(start: start, count: Int(sqlite3_value_bytes(value)))
    }

    /// Whether a column is null.
    @inline(__always)
    func isNull(_ column: Int32) -> Bool {
        sqlite3_value_type(sqlite3_column_value(handle, column)) == SQLITE_NULL
    }

    /// A number that is never null.
    @inline(__always)
    func integer(_ column: Int32) -> Int64 { sqlite3_value_int64(sqlite3_column_value(handle, column)) }

    /// A number; nil for null and for whatever is no whole number.
    @inline(__always)
    func optionalInteger(_ column: Int32) -> Int64? {
        let value = sqlite3_column_value(handle, column)
        switch sqlite3_value_type(value) {
        case SQLITE_INTEGER: return sqlite3_value_int64(value)
        case SQLITE_NULL: return nil
        case SQLITE_FLOAT: return Int64(exactly: sqlite3_value_double(value))
        default: return Int64(String(decoding: bytes(column), as: UTF8.self))
        }
    }

    /// A text; nil for null.
    func text(_ column: Int32) -> String? {
        isNull(column) ? nil : String(decoding: bytes(column), as: UTF8.self)
    }

    /// A yes or no as people write it: a number, or `true`, `yes`, `t`, `y` and their opposites; nil for null
    /// and anything else.
    func flag(_ column: Int32) -> Bool? {
        if let number = optionalInteger(column) { return number != 0 }
        switch text(column)?.lowercased() {
        case "true", "yes", "t", "y", "on": return true
        case "false", "no", "f", "n", "off": return false
        default: return nil
        }
    }

    /// The bytes of a column, copied; none for null.
    func blob(_ column: Int32) -> [UInt8] {
        guard let start = sqlite3_column_blob(handle, column) else { return [] }
        return [UInt8](UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, column))))
    }

    /// Tells the library to copy what is bound.
    static let copying = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
    /// Where text without bytes begins.
    nonisolated(unsafe) static let emptyText: UnsafePointer<CChar> = {
        let start = UnsafeMutablePointer<CChar>.allocate(capacity: 1)
        start.initialize(to: 0)
        return UnsafePointer(start)
    }()
}

/// Text at an address that its owner keeps until it is no longer bound.
struct StayingText {
    let start: UnsafePointer<CChar>
    let count: Int32
}
