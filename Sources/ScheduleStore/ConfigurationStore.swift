/// The configurations of an organisation. The rules of `OrganizationStore` hold.
///
/// Effective is the newest one of the organisation's own, else the newest one of the service's file.
public protocol ConfigurationStore: Sendable {
    /// Stores a configuration as the next version. Where the newest one of its source holds the same text, that one
    /// stays the newest.
    ///
    /// - Throws: `wrongState` where none of the versions to replace is the effective one.
    func storeConfiguration(
        _ draft: ConfigurationDraft, now: String
    ) async throws -> StoreChange<ConfigurationRecord>
    /// The effective configuration; nil where none was stored yet.
    func effectiveConfiguration() async throws -> ConfigurationRecord?
    /// A configuration, nil where there is none.
    func configuration(version: Int64) async throws -> ConfigurationRecord?
    /// Configurations, newest first, behind a cursor.
    func configurations(before: Int64?, limit: Int) async throws -> Page<ConfigurationRecord, Int64>
}
