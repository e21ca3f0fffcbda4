package import ArgumentParser
package import ScheduleJobs
import ScheduleStore
import ScheduleStoreSQLite

/// `import`: contacts into a database file.
package struct ImportCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Stores the contacts of a file.",
        discussion: """
            CSV with a header row, NDJSON or a JSON array, told by the file's name or its content. A row is the \
            contact with its id, else the one with its external_id, else the one with its e-mail address, else a \
            new one. Bad rows are refused one by one and reported; the others are stored.
            """)

    @Option(help: "The database file of an organisation; made where it is missing.")
    var db: String

    @Option(help: "The configuration file.")
    var config: String?

    @Argument(help: "The file of contacts; - for standard input.")
    var contacts: String

    package init() {}

    package func run() async throws {
        try await CommandFailure.wrapping {
            let composition = try Composition(configPath: config)
            let pieces = try await FilePieces(path: contacts)
            let store = try SQLiteOrganizationStore(path: db)
            let importer = ContactImporter(store: store, today: composition.today, now: Composition.now)
            let outcome: ContactImporter.Outcome
            do {
                outcome = try await importer.importContacts(
                    pieces, format: Self.format(name: contacts, beginning: pieces.beginning))
            } catch let error as ImportFileError {
                throw CommandFailure("\(pieces.name): \(error.detail)")
            }
            try report(outcome, pieces.name)
            try await store.maintain()
            try await store.close()
        }
    }

    /// The format by the file's name, else by its first character that is no space.
    package static func format(name: String, beginning: [UInt8]) -> ImportDecoder.Format {
        switch name.split(separator: ".").last?.lowercased() {
        case "csv": return .csv
        case "ndjson", "jsonl": return .ndjson
        case "json": return .jsonArray
        default: break
        }
        let text = beginning.starts(with: [0xEF, 0xBB, 0xBF]) ? beginning.dropFirst(3) : beginning[...]
        switch text.first(where: { ![9, 10, 13, 32].contains($0) }) {
        case UInt8(ascii: "["): return .jsonArray
        case UInt8(ascii: "{"): return .ndjson
        default: return .csv
        }
    }

    private func report(_ outcome: ContactImporter.Outcome, _ name: String) throws {
        let record = outcome.record
        try Output.line(
            "\(name): \(record.received) rows: \(record.created) created, \(record.updated) updated, "
                + "\(record.unchanged) unchanged, \(record.rejected) rejected")
        for (warning, count) in record.warnings.sorted(by: { $0.key < $1.key }) {
            try Output.line("warning: \(warning): \(count)")
        }
        for error in outcome.errors {
            let field = error.field.map { " \($0)" } ?? ""
            let value = error.value.map { " “\($0)”" } ?? ""
            try Output.line("row \(error.row):\(field) \(error.code)\(value)")
        }
        if record.rejected > outcome.errors.count {
            try Output.line("and \(record.rejected - outcome.errors.count) more")
        }
    }
}
