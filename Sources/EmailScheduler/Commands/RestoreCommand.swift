import ArgumentParser
import ScheduleStoreSQLite

/// `restore`: puts a backup into the place of a database file.
struct RestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Puts a backup into the place of a database file, in one step.",
        discussion: """
            The backup is verified first and stays as it is. No service may be running on the file's directory.
            """)

    @Option(
        help: "The database file to bring back: of an organisation, or the service's own, service.sqlite3.")
    var db: String

    @Option(help: "The backup.")
    var from: String

    @Flag(help: "Replace the file if there is one.")
    var force = false

    func run() async throws {
        try await CommandFailure.wrapping {
            let lock = try DirectoryLock.acquire(besideFile: db)
            defer { withExtendedLifetime(lock) {} }
            try await StoreFiles.restore(db, from: from, replaces: force)
            try Output.line("\(db): restored from \(from)")
        }
    }
}
