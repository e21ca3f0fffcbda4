package import HTTPHandling

/// The HTTP server's limits by the names they have on the command line and, in capitals with underscores behind
/// `EMAIL_SCHEDULER_LIMIT_`, as variables.
package enum LimitSettings {
    private struct Limit: Sendable {
        let name: String
        let set: @Sendable (inout HTTPLimits, Int) -> Void

        /// A limit that may be 1 or more.
        init(_ name: String, _ set: @escaping @Sendable (inout HTTPLimits, Int) -> Void) {
            self.name = name
            self.set = set
        }
    }

    private static let limits: [Limit] = [
        Limit("request-line-bytes") { $0.requestLineBytes = $1 },
        Limit("field-bytes") { $0.fieldBytes = $1 },
        Limit("head-bytes") { $0.headBytes = $1 },
        Limit("field-count") { $0.fieldCount = $1 },
        Limit("empty-lines-before-request") { $0.emptyLinesBeforeRequest = $1 },
        Limit("chunk-size-digits") { $0.chunkSizeDigits = $1 },
        Limit("chunk-line-bytes") { $0.chunkLineBytes = $1 },
        Limit("chunk-extension-bytes") { $0.chunkExtensionBytes = $1 },
        Limit("trailer-bytes") { $0.trailerBytes = $1 },
        Limit("json-body-bytes") { $0.jsonBodyBytes = $1 },
        Limit("inflated-ratio") { $0.inflatedRatio = $1 },
        Limit("inflated-free-bytes") { $0.inflatedFreeBytes = $1 },
        Limit("gzip-minimum-bytes") { $0.gzipMinimumBytes = $1 },
        Limit("body-window-bytes") { $0.bodyWindowBytes = $1 },
        Limit("write-window-bytes") { $0.writeWindowBytes = $1 },
        Limit("first-byte-timeout-ms") { $0.firstByteTimeoutMilliseconds = UInt64($1) },
        Limit("head-timeout-ms") { $0.headTimeoutMilliseconds = UInt64($1) },
        Limit("body-timeout-ms") { $0.bodyTimeoutMilliseconds = UInt64($1) },
        Limit("body-minimum-bytes-per-second") { $0.bodyMinimumBytesPerSecond = UInt64($1) },
        Limit("write-stall-timeout-ms") { $0.writeStallTimeoutMilliseconds = UInt64($1) },
        Limit("idle-timeout-ms") { $0.idleTimeoutMilliseconds = UInt64($1) },
        Limit("linger-ms") { $0.lingerMilliseconds = UInt64($1) },
        Limit("linger-bytes") { $0.lingerBytes = $1 },
        Limit("tick-ms") { $0.tickMilliseconds = UInt64($1) },
        Limit("drain-grace-ms") { $0.drainGraceMilliseconds = UInt64($1) },
        Limit("accept-backoff-ms") { $0.acceptBackoffMilliseconds = UInt64($1) },
        Limit("connections") { $0.connections = $1 },
        Limit("requests-per-connection") { $0.requestsPerConnection = $1 },
        Limit("requests-in-flight") { $0.requestsInFlight = $1 },
        Limit("retry-after-seconds") { $0.retryAfterSeconds = $1 },
        Limit("request-id-bytes") { $0.requestIDBytes = $1 },
        Limit("busy-wait-ms") { $0.busyWaitMilliseconds = Int32(clamping: $1) },
        Limit("listen-backlog") { $0.listenBacklog = Int32(clamping: $1) },
    ]

    /// The names, in order.
    package static var names: [String] { limits.map(\.name) }

    /// Sets what variables and options say; options win.
    ///
    /// - Parameter options: Each `name=value`, the value a whole number from 1 up.
    /// - Throws: `CommandFailure` that names the option or variable.
    package static func apply(
        _ options: [String], environment: [String: String], to result: inout HTTPLimits
    ) throws(CommandFailure) {
        for limit in limits {
            let variable = "EMAIL_SCHEDULER_LIMIT_" + limit.name.uppercased().replacing("-", with: "_")
            guard let text = environment[variable], !text.isEmpty else { continue }
            limit.set(&result, try number(text, variable))
        }
        for option in options {
            let parts = option.split(separator: "=", maxSplits: 1).map(String.init)
            guard let limit = limits.first(where: { $0.name == parts.first }), parts.count == 2 else {
                throw CommandFailure(
                    "--limit: expected name=value with a name of serve --help, found “\(option)”")
            }
            limit.set(&result, try number(parts[1], "--limit \(limit.name)"))
        }
    }

    private static func number(_ text: String, _ name: String) throws(CommandFailure) -> Int {
        guard let number = Int(text), (1...Int(Int32.max)).contains(number) else {
            throw CommandFailure("\(name): expected a whole number from 1 to \(Int32.max), found “\(text)”")
        }
        return number
    }
}
