public import SchedulingCore

/// The campaigns of an organisation: types, instances, targets. The rules of `OrganizationStore` hold.
public protocol CampaignStore: Sendable {
    // MARK: Types

    /// The stored types, in order of name. They replace those of the configuration that have the same name.
    func campaignTypes() async throws -> [CampaignType]
    /// Stores a type in place of the one with its name, or adds it. Its instances are touched.
    func putCampaignType(_ type: CampaignType) async throws -> StoreChange<CampaignType>
    /// Removes a stored type.
    ///
    /// - Throws: `notFound`; `wrongState` where it has instances.
    func deleteCampaignType(name: String) async throws -> Touched
}
