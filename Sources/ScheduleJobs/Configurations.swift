public import ScheduleConfig
public import ScheduleStore
public import SchedulingCore
import Synchronization

/// The configurations that organisations run with, every one of which is kept as a version in the organisation's store.
///
/// 1. An organisation without a configuration of its own follows the service's file and environment. Where that has
///    changed, it is a new version, stored when it is first needed.
/// 2. An organisation's own configuration is a whole one; keys that it leaves out took the service's values when it
///    was given.
/// 3. Some keys are not the configuration's to change: `time_zone` is the organisation's record's, `durability`,
///    `backup_retention_days` and `retention` are the service's. The effective configuration shows those.
/// 4. A run goes on with the version that it began with.
public final class Configurations: Sendable {
    /// A configuration in force.
    public struct Effective: Sendable {
        /// What it says.
        public var settings: Settings
        /// Its version.
        public var version: Int64
        /// Where it comes from.
        public var source: ConfigurationRecord.Source
    }

    /// An organisation's settings, and what they were read from.
    private struct Known {
        var data: String?
        var timeZone: String
        var settings: Settings
    }

    /// What the service's file and environment say.
    public let service: Settings
    private let stores: any OrganizationStores
    private let organization: @Sendable (String) async throws -> OrganizationRecord?
    private let zone: @Sendable (String) -> ZoneOffsets?
    private let now: @Sendable () -> String
    private let known = Mutex<[String: Known]>([:])

    /// The configurations of a service's organisations.
    ///
    /// - Parameters:
    ///   - organization: Finds an organisation; nil where there is none.
    ///   - zone: The clock of an IANA time zone.
    ///   - now: The time, as text for columns.
    public init(
        service: Settings, stores: any OrganizationStores,
        organization: @escaping @Sendable (_ id: String) async throws -> OrganizationRecord?,
        zone: @escaping @Sendable (_ name: String) -> ZoneOffsets?, now: @escaping @Sendable () -> String
    ) {
        self.service = service
        self.stores = stores
        self.organization = organization
        self.zone = zone
        self.now = now
    }

    /// What an organisation runs with; nothing is stored.
    public func settings(of organization: OrganizationRecord) async throws -> Settings {
        let store = try await stores.store(ofOrganization: organization.id)
        return try await settings(of: organization, in: store).settings
    }

    /// What an organisation runs with; nothing is stored.
    public func settings(ofOrganization id: String) async throws -> Settings {
        guard let record = try await organization(id) else {
            throw ConfigurationError(text: "there is no organisation \(id)")
        }
        return try await settings(of: record)
    }

    /// What an organisation runs with, with its version, which is stored where it is new.
    public func effective(_ organization: OrganizationRecord) async throws -> Effective {
        let store = try await stores.store(ofOrganization: organization.id)
        let (settings, stored) = try await settings(of: organization, in: store)
        let data = settings.tree.json
        if let stored, stored.data == data {
            return Effective(settings: settings, version: stored.version, source: stored.source)
        }
        let source = stored?.source ?? .file
        let draft = ConfigurationDraft(
            source: source, data: data, createdBy: source == .file ? "file" : "service settings")
        let record = try await store.storeConfiguration(draft, now: now()).record
        return Effective(settings: settings, version: record.version, source: source)
    }

    /// What a stored version says, as far as it is the configuration's to say.
    ///
    /// - Throws: `SettingsError` where it is not valid any more.
    public func settings(of record: ConfigurationRecord) throws -> Settings {
        try Settings(
            yaml: Array(record.data.utf8), file: "version \(record.version)", base: service)
    }

    /// What runs of an organisation are given: the effective configuration, or a version that a run began with.
    public func environment(
        ofOrganization id: String, version: Int64?
    ) async throws -> RunEnvironment {
        guard let record = try await organization(id) else {
            throw ConfigurationError(text: "there is no organisation \(id)")
        }
        let settings: Settings
        let effective = try await self.effective(record)
        if let version, version != effective.version {
            let store = try await stores.store(ofOrganization: id)
            guard let stored = try await store.configuration(version: version) else {
                throw ConfigurationError(text: "version \(version) of the configuration is gone")
            }
            settings = try self.settings(of: stored)
        } else {
            settings = effective.settings
        }
        return try environment(of: settings, version: version ?? effective.version)
    }

    /// What runs with some settings are given.
    public func environment(of settings: Settings, version: Int64?) throws -> RunEnvironment {
        guard let zone = zone(settings.timeZone) else {
            throw ConfigurationError(text: "the time zone \(settings.timeZone) is not known")
        }
        return RunEnvironment(
            policy: settings.policy, zone: zone, batchSize: settings.batchSize, configVersion: version)
    }

    private func settings(
        of organization: OrganizationRecord, in store: any OrganizationStore
    ) async throws -> (settings: Settings, stored: ConfigurationRecord?) {
        let stored = try await store.effectiveConfiguration()
        let data = stored?.source == .organization ? stored?.data : nil
        if let known = known.withLock({ $0[organization.id] }), known.data == data,
            known.timeZone == organization.timeZone
        {
            return (known.settings, stored)
        }
        var settings = service
        if let stored, data != nil {
            settings = try self.settings(of: stored)
            settings.durability = service.durability
            settings.backupRetentionDays = service.backupRetentionDays
            settings.retention = service.retention
        }
        settings.timeZone = organization.timeZone
        let known = Known(data: data, timeZone: organization.timeZone, settings: settings)
        self.known.withLock { $0[organization.id] = known }
        return (settings, stored)
    }
}

/// Why no run can be made with a configuration.
public struct ConfigurationError: Error, Sendable, CustomStringConvertible {
    private let text: String

    init(text: String) { self.text = text }

    /// What is wrong.
    public var description: String { text }
}
