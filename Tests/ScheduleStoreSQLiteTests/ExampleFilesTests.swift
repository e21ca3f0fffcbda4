import Foundation
import GRDB
import ScheduleStore
import ScheduleStoreSQLite
import SchedulingCore
import Testing

/// The example files of the specification, where they lie beside the source tree.
enum ExampleFiles {
    static let directory: String? = {
        var url = URL(fileURLWithPath: #filePath)
        for _ in 0..<7 {
            url.deleteLastPathComponent()
            let candidate = url.appendingPathComponent("shared/data/examples").path
            if FileManager.default.fileExists(atPath: candidate + "/plain.sqlite3") { return candidate }
        }
        return nil
    }()
}

@Suite("The example files are adopted", .enabled(if: ExampleFiles.directory != nil))
struct ExampleFilesTests {
    @Test(arguments: ["plain", "plain-next", "campaigns"])
    func everyRowIsKept(_ name: String) async throws {
        let directory = try TemporaryDirectory()
        let source = try #require(ExampleFiles.directory) + "/\(name).sqlite3"
        let file = directory.file("\(name).sqlite3")
        try Data(contentsOf: URL(fileURLWithPath: source)).write(to: URL(fileURLWithPath: file))
        let tables = try Other.rows(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'", file: file
        ).map { $0["name"] as String }
        var before: [String: [Row]] = [:]
        for table in tables { before[table] = try Other.rows("SELECT * FROM \(table)", file: file) }

        let store = try SQLiteOrganizationStore(path: file)
        let facts = try store.runFacts()
        let reader = try store.makeRunReader()
        var batch = ContactBatch()
        let catalog = RunCatalog(
            today: CivilDate(dayNumber: 20_458), policy: SchedulingPolicy(), facts: facts)
        _ = try reader.readBatch(after: nil, limit: 1000, catalog: catalog, into: &batch)
        reader.close()
        try await store.close()

        #expect(batch.contacts.count == before["contacts"]?.count)
        #expect(batch.rows.count == before["email_schedules"]?.count)
        for (table, rows) in before {
            let columns = rows.first.map { Array($0.columnNames).joined(separator: ", ") } ?? "*"
            let after = try Other.rows("SELECT \(columns) FROM \(table)", file: file)
            #expect(after == rows, "\(table)")
            let copied = try Other.rows("SELECT \(columns) FROM \(table)", file: file + ".before-adoption")
            #expect(copied == rows, "\(table) in the copy")
        }
    }
}
