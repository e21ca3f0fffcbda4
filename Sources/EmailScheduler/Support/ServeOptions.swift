import HTTPHandling
import Logging
import ScheduleStore

/// How `serve` is to work: its options, each of which can come from a variable instead, checked.
package struct ServeOptions: Sendable {
    /// The directory of the databases.
    var dataDirectory: String
    /// The address to listen on.
    var host: String
    /// The port to listen on; 0 for any free one.
    var port: Int
    /// The configuration file.
    var configPath: String?
    /// What an acknowledged write survives; nil leaves it to the configuration.
    var durability: Durability?
    /// Runs that may go on at once.
    var workers: Int
    /// The least important messages that are logged.
    var logLevel: Logger.Level
    /// The HTTP server's limits.
    var limits = HTTPLimits()
    /// Whether requests need an access token.
    var requiresTokens: Bool

    /// Reads the options and the variables.
    ///
    /// - Throws: `CommandFailure` that names the option or variable.
    init(_ command: ServeCommand, environment: [String: String]) throws(CommandFailure) {
        let variables = Variables(environment)
        guard let dataDirectory = command.dataDir ?? variables["DATA_DIR"], !dataDirectory.isEmpty else {
            throw CommandFailure("--data-dir: say where the databases are to be")
        }
        self.dataDirectory = dataDirectory
        host = command.host ?? variables["HOST"] ?? "127.0.0.1"
        port = try variables.integer("PORT", option: command.port, 0...65_535) ?? 8080
        configPath = command.config ?? variables["CONFIG"]
        durability = command.durability
        workers = try variables.integer("WORKERS", option: command.workers, 1...64) ?? 2
        logLevel = try variables.logLevel(option: command.logLevel) ?? .info
        requiresTokens = !command.noAuth && variables["NO_AUTH"] != "1"
        if !requiresTokens, !Self.isLoopback(host) {
            throw CommandFailure("--no-auth: works on a loopback address only, and --host is \(host)")
        }
        try LimitSettings.apply(command.limit, environment: environment, to: &limits)
    }

    /// An address as URLs have it: one of IPv6 in brackets (RFC 3986, section 3.2.2).
    package static func urlHost(_ host: String) -> String { host.contains(":") ? "[\(host)]" : host }

    /// Whether nobody on another machine can reach an address.
    package static func isLoopback(_ host: String) -> Bool {
        if ["localhost", "::1"].contains(host) { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}

/// The variables that stand for options.
private struct Variables {
    private let environment: [String: String]

    init(_ environment: [String: String]) { self.environment = environment }

    /// The value of an option's variable; an empty one counts as none.
    subscript(name: String) -> String? {
        environment["EMAIL_SCHEDULER_\(name)"].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// The number of an option, else that of its variable.
    func integer(_ name: String, option: Int?, _ range: ClosedRange<Int>) throws(CommandFailure) -> Int? {
        let text = option.map(String.init) ?? self[name]
        guard let text else { return nil }
        guard let number = Int(text), range.contains(number) else {
            let place = option == nil ? "EMAIL_SCHEDULER_\(name)" : "--\(name.lowercased())"
            throw CommandFailure(
                "\(place): expected \(range.lowerBound) to \(range.upperBound), found “\(text)”")
        }
        return number
    }

    /// The level of the option, else that of its variable.
    func logLevel(option: Logger.Level?) throws(CommandFailure) -> Logger.Level? {
        if let option { return option }
        guard let text = self["LOG_LEVEL"] else { return nil }
        guard let level = Logger.Level(rawValue: text) else {
            let levels = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
            throw CommandFailure("EMAIL_SCHEDULER_LOG_LEVEL: expected one of \(levels), found “\(text)”")
        }
        return level
    }
}
