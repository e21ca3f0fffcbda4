import ArgumentParser
import Logging
import ScheduleStore

/// `serve`: the service.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Serves the HTTP interface and carries runs out.",
        discussion: """
            Every option can be given as a variable instead, such as EMAIL_SCHEDULER_DATA_DIR, or \
            EMAIL_SCHEDULER_LIMIT_CONNECTIONS=100 for --limit connections=100; an option wins. SIGTERM and SIGINT \
            end it: requests in flight are answered, runs stop after their batch and go on at the next start.

            Limits and timeouts, in bytes, milliseconds or counts:
            \(LimitSettings.names.joined(separator: ", ")).
            """)

    @Option(help: "The directory of the databases; made where it is missing.")
    var dataDir: String?

    @Option(help: "The address to listen on. (default: 127.0.0.1)")
    var host: String?

    @Option(help: "The port to listen on; 0 for any free one. (default: 8080)")
    var port: Int?

    @Option(help: "The configuration file.")
    var config: String?

    @Option(
        help:
            "What an acknowledged write survives: normal, the death of the process; full, a loss of power too."
    )
    var durability: Durability?

    @Option(help: "Runs that may go on at once. (default: 2)")
    var workers: Int?

    @Option(help: "The least important messages that are logged: debug has every request. (default: info)")
    var logLevel: Logger.Level?

    @Option(help: ArgumentHelp("A limit or timeout of the HTTP server.", valueName: "name=value"))
    var limit: [String] = []

    @Flag(help: "Ask for no access tokens; on a loopback address only.")
    var noAuth = false

    func run() async throws {
        try await CommandFailure.wrapping {
            let options = try ServeOptions(self, environment: Composition.environment)
            let composition = try Composition(configPath: options.configPath)
            try await ServiceProcess(options: options, composition: composition).run()
        }
    }
}
