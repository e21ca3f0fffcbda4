import ArgumentParser
import Dispatch
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
            A run that was interrupted before is finished first. Ends with exit code 0 where the run is completed, \
            else 1.
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
        defer { withExtendedLifetime(lock) {} }
        guard access(db, F_OK) == 0 else { throw CommandFailure("\(db): \(FileBytes.systemError())") }
        let store = try SQLiteOrganizationStore(path: db)
        _ = try await store.requeueInterruptedRuns()
        let settings = try await composition.settings(for: store, configPath: config)
        let version = try await record(settings, store)
        let environment = composition.runEnvironment(settings, version: version)
        var request = RunRequest(kind: .full, today: today?.date ?? Composition.today(environment))
        request.isDryRun = dryRun
        let wanted = try await store.createRun(request, now: Composition.now()).run
        var last = wanted
        repeat {
            guard
                let run = try await store.claimNextRun(
                    configVersion: version, engineVersion: RunExecutor.engineVersion, now: Composition.now())
            else { throw CommandFailure("\(db): another process has taken the run") }
            // One that was interrupted goes on with the configuration that it began with.
            var of = environment
            if let begun = run.configVersion, begun != version,
                let stored = try await store.configuration(version: begun)
            {
                of = composition.runEnvironment(try composition.settings(of: stored), version: begun)
            }
            last = try await carryOut(run, of, store)
        } while last.id != wanted.id
        try await store.maintain()
        try await store.close()
        return last
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

    private func carryOut(
        _ run: RunRecord, _ environment: RunEnvironment, _ store: SQLiteOrganizationStore
    ) async throws -> RunRecord {
        let executor = RunExecutor(
            store: store, environment: environment, now: Composition.now,
            logger: Composition.logger(level: debug ? .debug : .warning))
        let meter = ProgressMeter(isShown: !json && isatty(STDERR_FILENO) == 1)
        let outcome: RunOutcome
        do {
            outcome = try await BlockingWork.run(onThread: "run") {
                try executor.execute(run, progress: { meter.show($0, of: $1) })
            }
        } catch {
            outcome = .failed(message: "\(error)", report: nil)
        }
        meter.end()
        return try await store.finishRun(id: run.id, outcome, now: Composition.now())
    }
}
