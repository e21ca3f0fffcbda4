import GRDB
import ScheduleStore
import ScheduleStoreSQLite
import StoreConformance

/// The SQLite stores in a directory of their own.
struct SQLiteBackend: StoreBackend {
    let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    func openOrganization(_ name: String) async throws -> any OrganizationStore {
        var options = StoreOptions()
        options.rowsPerTransaction = 3_000
        return try SQLiteOrganizationStore(path: directory.file("\(name).sqlite3"), options: options)
    }

    func openService() async throws -> any ServiceStore {
        try SQLiteServiceStore(path: directory.file("service.sqlite3"))
    }

    func insert(_ row: [String: SeedValue], into table: String, ofOrganization name: String) async throws {
        let columns = row.keys.sorted()
        let arguments = columns.map { column -> (any DatabaseValueConvertible)? in
            switch row[column] {
            case .number(let number): number
            case .text(let text): text
            case .null, nil: nil
            }
        }
        try await Other.execute(
            "INSERT INTO \(table) (\(columns.joined(separator: ", "))) "
                + "VALUES (\(columns.map { _ in "?" }.joined(separator: ", ")))",
            StatementArguments(arguments), file: directory.file("\(name).sqlite3"))
    }
}

/// Another program that has the file open.
enum Other {
    static func execute(_ sql: String, _ arguments: StatementArguments = [], file: String) async throws {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        configuration.busyMode = .timeout(5)
        let connection = try DatabaseQueue(path: file, configuration: configuration)
        defer { try? connection.close() }
        try await connection.write { try $0.execute(sql: sql, arguments: arguments) }
    }

    static func count(_ table: String, file: String) throws -> Int {
        try rows("SELECT count(*) AS count FROM \(table)", file: file).first?["count"] ?? 0
    }

    static func rows(_ sql: String, file: String) throws -> [Row] {
        let connection = try DatabaseQueue(path: file)
        defer { try? connection.close() }
        return try connection.read { try Row.fetchAll($0, sql: sql) }
    }
}
