public import ScheduleJobs
public import ScheduleStore
public import SchedulingCore

/// What the interface works with. The composition root makes it: no handler reads a clock, the environment or
/// randomness in another way.
public struct APIServices: Sendable {
    /// Organisations and tokens.
    public var service: any ServiceStore
    /// What organisations have stored.
    public var organizations: any OrganizationStores
    /// Backups of organisations.
    public var backups: any BackupStore
    /// Carries runs out.
    public var workers: RunWorkers
    /// What organisations run with.
    public var configurations: Configurations
    /// Seconds since 1970-01-01 00:00:00 UTC.
    public var unixSeconds: @Sendable () -> Int64
    /// So many bytes that nobody can guess.
    public var randomBytes: @Sendable (_ count: Int) -> [UInt8]
    /// The clock of an IANA time zone, nil where there is no such zone.
    public var zone: @Sendable (_ name: String) -> ZoneOffsets?
    /// The time zone of an organisation that is added without one.
    public var standardTimeZone = "America/Chicago"
    /// Whether requests need an access token.
    public var requiresTokens = true
    /// Longest JSON body.
    public var jsonBodyBytes = 1024 * 1024
    /// How long a stream of events is silent at most.
    public var eventHeartbeat = Duration.seconds(15)
    /// What must hold for `/readyz` to say so.
    public var readinessChecks: [ReadinessCheck] = []
    /// What the process needs.
    public var processFigures: @Sendable () -> ProcessFigures = { ProcessFigures() }
    /// What the process has recorded, for `/metrics`.
    public var recordedMetrics: @Sendable () -> [MetricFamily] = { [] }

    /// Services.
    public init(
        service: any ServiceStore, organizations: any OrganizationStores, backups: any BackupStore,
        workers: RunWorkers, configurations: Configurations,
        unixSeconds: @escaping @Sendable () -> Int64,
        randomBytes: @escaping @Sendable (_ count: Int) -> [UInt8],
        zone: @escaping @Sendable (_ name: String) -> ZoneOffsets?
    ) {
        self.service = service
        self.organizations = organizations
        self.backups = backups
        self.workers = workers
        self.configurations = configurations
        self.unixSeconds = unixSeconds
        self.randomBytes = randomBytes
        self.zone = zone
    }
}
