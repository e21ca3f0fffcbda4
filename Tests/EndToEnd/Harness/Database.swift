import Foundation

/// A database file, seen by the `sqlite3` shell.
struct Database {
    let path: String

    init(_ path: String) { self.path = path }

    /// What statements answer, a line a row.
    @discardableResult
    func sql(_ statements: String) throws -> String {
        let shell = try Command("/usr/bin/sqlite3", ["-bail", path, statements])
        guard shell.status == 0 else { throw Failure("\(statements): \(shell.errors)") }
        return shell.output.trimmingCharacters(in: .newlines)
    }

    /// The whole database, or a table of it, as SQL.
    func dump(_ table: String = "") throws -> String { try sql(".dump \(table)") }
}
