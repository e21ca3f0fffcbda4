import ArgumentParser
import ScheduleStoreSQLite

/// `backup`: copies a database file.
struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Copies a database file, whoever writes to it meanwhile.",
        discussion: """
            The copy holds one state of the database. It gets its name when every page of it has been verified and \
            is on the disk. A running service goes on, and makes backups itself: POST /v1/orgs/{org}/backups.
            """)

    @Option(help: "The database file: of an organisation, or the service's own, service.sqlite3.")
    var db: String

    @Option(help: "The file to make.")
    var output: String

    func run() async throws {
        try await CommandFailure.wrapping {
            let size = try await StoreFiles.backUp(db, to: output)
            try Output.line("\(output): \(size) bytes, verified")
        }
    }
}
