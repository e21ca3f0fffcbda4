import ArgumentParser
import Foundation

/// `import`: contacts over HTTP in each format, against the sqlite3 shell's `.import` of the same CSV.
struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Imports over HTTP against the sqlite3 shell; needs curl.")

    @Option(help: "Contacts.")
    var contacts = 300_000

    @Option(help: "Turns of each side.")
    var turns = 3

    @Option(help: "The program to measure; the release build of this working copy if not given.")
    var binary: String?

    private struct Format {
        let name: String
        let file: String
        let type: String
        let isSecond: Bool
    }

    private static let formats = [
        Format(name: "CSV", file: "contacts.csv", type: "text/csv", isSecond: false),
        Format(name: "CSV, the same again", file: "contacts.csv", type: "text/csv", isSecond: true),
        Format(name: "NDJSON", file: "contacts.ndjson", type: "application/x-ndjson", isSecond: false),
        Format(name: "JSON array", file: "contacts.json", type: "application/json", isSecond: false),
    ]

    func run() throws {
        let space = try Workspace(contacts: contacts, binary: binary)
        defer { space.remove() }
        try ImportCommand.writeJSON(in: space)
        let service = try Service(space)
        defer { service.stop() }
        print(
            "\(contacts) contacts over HTTP; ratios of seconds to the sqlite3 shell's .import, \(turns) turns"
        )
        var ratios: [String: [Double]] = [:]
        for turn in 0..<turns {
            let shell = try Work.fileImport.theirs(in: space).seconds
            for (position, format) in ImportCommand.formats.enumerated() {
                let organization = "org-\(turn)-\(format.isSecond ? position - 1 : position)"
                if !format.isSecond { try service.create(organization) }
                let seconds = try service.post(space.path(format.file), type: format.type, to: organization)
                ratios[format.name, default: []].append(seconds / shell)
            }
        }
        for format in ImportCommand.formats {
            let sorted = (ratios[format.name] ?? []).sorted()
            print(
                format.name.padding(toLength: 24, withPad: " ", startingAt: 0),
                [sorted[0], sorted[sorted.count / 2], sorted[sorted.count - 1]].map {
                    String(format: "%5.2f", $0)
                }.joined(separator: " "))
        }
    }

    /// The same contacts as NDJSON and as a JSON array.
    private static func writeJSON(in space: Workspace) throws {
        let members = """
            json_object('id', cast(id AS INTEGER), 'first_name', first_name, 'last_name', last_name, 'email', email,
                'zip_code', zip_code, 'state', state, 'birth_date', birth_date, 'effective_date', effective_date,
                'phone_number', phone_number)
            """
        try space.sqlite(
            "rows.db", ".import --csv \(space.path("contacts.csv")) rows",
            ".once \(space.path("contacts.ndjson"))",
            "SELECT \(members.replacing("\n", with: " ")) FROM rows")
        let lines = try String(contentsOfFile: space.path("contacts.ndjson"), encoding: .utf8)
        let array = "[" + lines.dropLast().replacing("\n", with: ",\n") + "]"
        try array.write(toFile: space.path("contacts.json"), atomically: true, encoding: .utf8)
    }
}
