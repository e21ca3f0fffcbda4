import ArgumentParser
import Glibc
import Logging
import ScheduleAPI
import ScheduleConfig
import ScheduleJobs
import ScheduleStore
import ScheduleStoreSQLite

/// `run`: one full run on one database file.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Plans the emails of all contacts of a database file.",
        discussion: """
            Runs that were interrupted before, or wait, are finished first; while another process carries one out on this \
            file, this one waits. Ends with exit code 0 where the run is completed, else 1.
            """)

    @Option(help: "The database file of an organisation.")
    var db: String

    @Option(help: "The configuration file.")
    var config: String?

    @Option(help: "The date to plan for; today in the configured time zone, unless given.")
    var today: DateArgument?

    @Flag(help: "Report what the run would do, and write no schedule row.")
    var dryRun = false

    @Flag(help: "Print the run as JSON, and nothing else.")
    var json = false

    @Flag(help: "Log more.")
    var debug = false

    @Flag(help: ArgumentHelp("A full run, which is what happens anyway.", visibility: .hidden))
    var runFull = false

    func run() async throws {
        let ended = try await CommandFailure.wrapping { try await planned() }
        if json {
            try Output.write(ended.json + [10])
        } else {
            try Output.line(RunText.text(of: ended))
        }
        if ended.state != .completed {
            if let error = ended.error { Output.note("Error: \(error)") }
            throw ExitCode.failure
        }
    }

    private func planned() async throws -> RunRecord {
        let composition = try Composition(configPath: config)
        let lock = try DirectoryLock.acquire(besideFile: db)
        let isAlone = lock != nil
        defer { withExtendedLifetime(lock) {} }
        guard access(db, F_OK) == 0 else { throw CommandFailure("\(db): \(FileBytes.systemError())") }
        let store = try SQLiteOrganizationStore(path: db)
        let settings = try await composition.settings(for: store, configPath: config)
        let version = try await record(settings, store)
        let environment = composition.runEnvironment(settings, version: version)
        let worker = FileWorker(
            db: db, store: store, composition: composition, environment: environment,
            leases: .ofThisProcess(isAlone: isAlone),
            logger: Composition.logger(level: debug ? .debug : .warning),
            showsProgress: !json && isatty(STDERR_FILENO) == 1)
        // Before anything is written: while another process carries a run out, it holds the file most of the time.
        try await worker.workOff()
        var request = RunRequest(kind: .full, today: today?.date ?? Composition.today(environment))
        request.isDryRun = dryRun
        // A process with another configuration may come to it first.
        let wanted = try await store.createRun(request, configVersion: version, now: Composition.now()).run
        let ended = try await worker.workOff(until: wanted.id)
        try await store.maintain()
        try await store.close()
        return ended
    }

    /// Stores the configuration as a version, unless it is one already.
    private func record(_ settings: Settings, _ store: SQLiteOrganizationStore) async throws -> Int64 {
        let data = settings.tree.json
        let effective = try await store.effectiveConfiguration()
        if let effective, effective.data == data { return effective.version }
        return try await store.storeConfiguration(
            ConfigurationDraft(source: .file, data: data, createdBy: "file"), now: Composition.now()
        ).record.version
    }
}
