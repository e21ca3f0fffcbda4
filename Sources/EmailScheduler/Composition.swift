import Foundation
import Glibc
import Logging
import ScheduleAPI
import ScheduleConfig
import ScheduleJobs
import ScheduleStore
import SchedulingCore

/// Where the parts of the program are put together, and the only place that reads the clock, the environment
/// and randomness.
struct Composition: Sendable {
    /// What the configuration says.
    let settings: Settings
    /// The clocks of time zones.
    let timeZones = TimeZones()

    /// Reads a configuration file, or the defaults, and the variables that override it.
    ///
    /// - Throws: `CommandFailure` with every mistake.
    init(configPath: String?) throws(CommandFailure) {
        settings = try Self.settings(configPath: configPath)
    }

    /// The settings of a file, or the defaults, and of the variables.
    static func settings(configPath: String?) throws(CommandFailure) -> Settings {
        let yaml = if let configPath { try FileBytes.read(configPath) } else { [UInt8]() }
        do throws(SettingsError) {
            return try Settings(yaml: yaml, file: configPath ?? "", environment: environment)
        } catch {
            throw CommandFailure(error.description)
        }
    }

    // MARK: Clock, environment, randomness

    /// Seconds since 1970-01-01 00:00:00 UTC.
    static let unixSeconds: @Sendable () -> Int64 = { Int64(time(nil)) }

    /// The time, as columns hold it.
    static let now: @Sendable () -> String = { Timestamp.column(unixSeconds: unixSeconds()) }

    /// The environment variables.
    static var environment: [String: String] { ProcessInfo.processInfo.environment }

    /// So many bytes that nobody can guess: Linux's generator is the system's cryptographic one.
    static let randomBytes: @Sendable (Int) -> [UInt8] = { count in
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }

    /// An id for a request that brings none: 32 hexadecimal digits.
    static let makeRequestID: @Sendable () -> String = {
        var generator = SystemRandomNumberGenerator()
        let digits = (0..<2).map { _ in
            let text = String(UInt64.random(in: .min ... .max, using: &generator), radix: 16)
            return String(repeating: "0", count: 16 - text.count) + text
        }
        return digits.joined()
    }

    // MARK: Parts

    /// The current date on the clock of the configured time zone.
    var today: CivilDate { Self.today(runEnvironment(settings)) }

    /// The current date on the clock of a run's environment.
    static func today(_ environment: RunEnvironment) -> CivilDate {
        environment.zone.local(utcSeconds: unixSeconds()).date
    }

    /// What the runs of an organisation's file are given: its own configuration, unless a file is given.
    ///
    /// - Throws: `CommandFailure` where its own configuration is not valid any more.
    func settings(for store: any OrganizationStore, configPath: String?) async throws -> Settings {
        guard configPath == nil, let own = try await store.effectiveConfiguration(),
            own.source == .organization
        else { return settings }
        return try settings(of: own)
    }

    /// What a stored version of a configuration says.
    ///
    /// - Throws: `CommandFailure` where it is not valid any more.
    func settings(of record: ConfigurationRecord) throws(CommandFailure) -> Settings {
        do throws(SettingsError) {
            return try Settings(
                yaml: Array(record.data.utf8), file: "version \(record.version)", base: settings)
        } catch {
            throw CommandFailure(error.description)
        }
    }

    /// What runs with some settings are given.
    func runEnvironment(_ settings: Settings, version: Int64? = nil) -> RunEnvironment {
        RunEnvironment(
            policy: settings.policy, zone: timeZones.offsets(settings.timeZone) ?? ZoneOffsets(),
            batchSize: settings.batchSize, configVersion: version)
    }

    /// A logger to standard error.
    static func logger(level: Logger.Level) -> Logger {
        var logger = Logger(label: "email-scheduler", factory: { StreamLogHandler.standardError(label: $0) })
        logger.logLevel = level
        return logger
    }
}
