import ArgumentParser
import ScheduleStoreSQLite

/// `verify`: looks whether a database file is whole.
struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Checks every page of a database file and that its tables are there.",
        discussion: """
            Ends with exit code 0 where the file is whole, else 1 with the reason. Warns where the numbers that are kept \
            for dashboards are not those of the rows: a program that replaces rows by SQL's OR REPLACE can bring that \
            about.
            """)

    @Option(help: "The database file, or a backup of one.")
    var db: String

    @Flag(help: "Count the numbers for dashboards anew where they are not those of the rows.")
    var recount = false

    func run() async throws {
        try await CommandFailure.wrapping {
            let kind = try await StoreFiles.verify(db)
            let what =
                switch kind {
                case .organization: "an organisation's store"
                case .service: "the service's own store"
                }
            try Output.line("\(db): whole, \(what)")
            guard kind == .organization else { return }
            let tables = try await StoreFiles.checkCounts(db, mending: recount)
            guard !tables.isEmpty else { return }
            let list = tables.joined(separator: ", ")
            if recount {
                try Output.line("\(db): counted anew: \(list)")
            } else {
                Output.note(
                    "warning: the numbers in \(list) are not those of the rows; --recount counts them anew")
            }
        }
    }
}
