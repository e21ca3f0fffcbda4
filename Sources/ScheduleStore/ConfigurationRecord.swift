/// A configuration that an organisation has run with, or was given: it is never changed, only followed by another one.
public struct ConfigurationRecord: Hashable, Sendable {
    /// Where a configuration comes from.
    public enum Source: String, CaseIterable, Sendable {
        /// The service's file and environment, which an organisation without a configuration of its own follows.
        case file
        /// The organisation's own.
        case organization
    }

    /// Counts the versions of an organisation, from 1.
    public var version: Int64
    /// Where it comes from.
    public var source: Source
    /// The whole configuration as JSON text; the store does not look inside.
    public var data: String
    /// When it was stored.
    public var createdAt: String
    /// Who stored it.
    public var createdBy: String

    /// A configuration.
    public init(version: Int64, source: Source, data: String, createdAt: String, createdBy: String) {
        self.version = version
        self.source = source
        self.data = data
        self.createdAt = createdAt
        self.createdBy = createdBy
    }
}

/// A configuration to store.
public struct ConfigurationDraft: Hashable, Sendable {
    /// Where it comes from.
    public var source: ConfigurationRecord.Source
    /// The whole configuration as JSON text.
    public var data: String
    /// Who stores it.
    public var createdBy: String
    /// The versions one of which must be the effective one; nil for any.
    public var replacing: [Int64]?

    /// A configuration.
    public init(
        source: ConfigurationRecord.Source, data: String, createdBy: String, replacing: [Int64]? = nil
    ) {
        self.source = source
        self.data = data
        self.createdBy = createdBy
        self.replacing = replacing
    }
}
