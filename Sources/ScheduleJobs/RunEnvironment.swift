public import SchedulingCore

/// What a run needs to know of its organisation beside what is stored.
public struct RunEnvironment: Sendable {
    /// The rules' numbers.
    public var policy: SchedulingPolicy
    /// The organisation's clock.
    public var zone: ZoneOffsets
    /// Contacts that are committed together, as long as nobody else waits to write.
    public var batchSize: Int
    /// Contacts of a batch that are read, decided and stored together whoever waits: few enough that storing what
    /// comes of them takes some 20 ms.
    public var pieceSize = 1_000
    /// Pauses before a batch that could not be stored is tried again; after the last one it is given up.
    public var retryPauses_ms = [50, 250, 1000]
    /// Version of the configuration; nil where it is not kept.
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
