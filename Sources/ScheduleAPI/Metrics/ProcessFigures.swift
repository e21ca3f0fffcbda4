/// What the process needs of the machine; nil for what cannot be found out.
public struct ProcessFigures: Hashable, Sendable {
    /// When it started, in seconds since 1970-01-01 00:00:00 UTC.
    public var startedAt: Int64 = 0
    /// How long it has been running, in seconds.
    public var uptime_s: Int64 = 0
    /// Processor time, user and system, in seconds.
    public var cpu_s: Double?
    /// Memory in use.
    public var residentBytes: Int?
    /// Open files and sockets.
    public var openFiles: Int?
    /// Length of all databases.
    public var databaseBytes: Int?
    /// Length of their write-ahead logs.
    public var logBytes: Int?
    /// Free space where they lie.
    public var freeBytes: Int?

    /// Nothing is known.
    public init() {}

    func write(to writer: inout JSONWriter) {
        writer.member("started_at", Timestamp.rfc3339(column: Timestamp.column(unixSeconds: startedAt)))
        writer.member("uptime_seconds", uptime_s)
        writer.member("cpu_seconds", decimal: cpu_s)
        writer.member("resident_bytes", residentBytes)
        writer.member("open_files", openFiles)
        writer.member("database_bytes", databaseBytes)
        writer.member("wal_bytes", logBytes)
        writer.member("free_bytes", freeBytes)
    }

    /// Under the names that collectors expect of any process, where there are such.
    var families: [MetricFamily] {
        func family(_ name: String, _ help: String, _ value: Int?) -> MetricFamily {
            MetricFamily(name, .gauge, help: help, value.map { [.init(Double($0))] } ?? [])
        }
        return [
            MetricFamily(
                "process_cpu_seconds_total", .counter, help: "Processor time, user and system, in seconds.",
                cpu_s.map { [.init($0)] } ?? []),
            family(
                "process_start_time_seconds", "When the process started, in seconds since 1970.",
                Int(startedAt)),
            family("process_resident_memory_bytes", "Memory in use.", residentBytes),
            family("process_open_fds", "Open files and sockets.", openFiles),
            family("email_scheduler_database_bytes", "Length of all databases.", databaseBytes),
            family("email_scheduler_wal_bytes", "Length of the databases' write-ahead logs.", logBytes),
            family("email_scheduler_disk_free_bytes", "Free space where the databases lie.", freeBytes),
        ]
    }
}
