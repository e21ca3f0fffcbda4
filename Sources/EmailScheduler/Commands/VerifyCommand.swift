import ArgumentParser
import ScheduleStoreSQLite

/// `verify`: looks whether a database file is whole.
struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Checks every page of a database file and that its tables are there.",
        discussion: "Ends with exit code 0 where the file is whole, else 1 with the reason.")

    @Option(help: "The database file, or a backup of one.")
    var db: String

    func run() async throws {
        try await CommandFailure.wrapping {
            let kind = try await StoreFiles.verify(db)
            let what =
                switch kind {
                case .organization: "an organisation's store"
                case .service: "the service's own store"
                }
            try Output.line("\(db): whole, \(what)")
        }
    }
}
