import ArgumentParser
import Glibc
import ScheduleAPI
import ScheduleJobs
import ScheduleStore
import ScheduleStoreSQLite
import SchedulingCore

/// `explain`: why the emails of one contact are what they are.
struct ExplainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Tells every rule that decides the emails of one contact, and what comes of it.",
        discussion: """
            Nothing is planned or changed. Ends with exit code 1 where there is no such contact. While a service uses \
            the file, ask the service.
            """)

    @Option(help: "The database file of an organisation.")
    var db: String

    @Option(help: "The id of the contact.")
    var contact: Int64

    @Option(help: "The configuration file.")
    var config: String?

    @Option(help: "The date to explain for; today in the configured time zone, unless given.")
    var today: DateArgument?

    @Flag(help: "Print the explanation as JSON, and nothing else.")
    var json = false

    func run() async throws {
        let explained = try await CommandFailure.wrapping { try await explanation() }
        if json {
            try Output.write(explained.json + [10])
        } else {
            try Output.line(ExplanationText.text(of: explained))
        }
    }

    private func explanation() async throws -> ExplainedContact {
        let composition = try Composition(configPath: config)
        let lock = try DirectoryLock.acquire(besideFile: db)
        defer { withExtendedLifetime(lock) {} }
        guard access(db, F_OK) == 0 else { throw CommandFailure("\(db): \(FileBytes.systemError())") }
        let store = try SQLiteOrganizationStore(path: db)
        let environment = composition.runEnvironment(
            try await composition.settings(for: store, configPath: config))
        let explained = try await ContactExplainer(store: store, environment: environment).explain(
            contactID: contact, today: today?.date ?? Composition.today(environment))
        try await store.close()
        guard let explained else { throw CommandFailure("\(db): there is no contact \(contact)") }
        return explained
    }
}
