public import SchedulingCore

/// What a run needs to know of its organisation beside what is stored.
public struct RunEnvironment: Sendable {
    /// The rules' numbers.
    public var policy: SchedulingPolicy
    /// The organisation's clock.
    public var zone: ZoneOffsets
    /// Contacts that are read, decided and committed together.
    public var batchSize: Int
    /// Version of the configuration, nil where it comes from a file.
    public var configVersion: Int64?

    /// The environment of an organisation's runs.
    public init(
        policy: SchedulingPolicy, zone: ZoneOffsets, batchSize: Int = 10_000, configVersion: Int64? = nil
    ) {
        self.policy = policy
        self.zone = zone
        self.batchSize = batchSize
        self.configVersion = configVersion
    }
}
