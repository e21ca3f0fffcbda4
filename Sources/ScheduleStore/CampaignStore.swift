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

    // MARK: Instances

    /// Adds an instance.
    ///
    /// - Throws: `constraint` where it would end before it begins.
    func insertCampaignInstance(
        _ values: [CampaignInstanceField: String], now: String
    ) async throws
        -> StoreChange<CampaignInstanceRecord>
    /// An instance, nil where there is none.
    func campaignInstance(id: Int64) async throws -> CampaignInstanceRecord?
    /// Instances, of one type or of all, in order of id, behind a cursor.
    func campaignInstances(
        ofType type: String?, after: Int64?, limit: Int
    ) async throws
        -> Page<CampaignInstanceRecord, Int64>
    /// Changes columns of an instance; nil is null. Every column that changes is logged.
    ///
    /// - Parameter by: Who does it, for the log.
    /// - Throws: `notFound`; `constraint` where it would end before it begins.
    func updateCampaignInstance(
        id: Int64, _ changes: [CampaignInstanceField: String?], by: String, now: String
    ) async throws
        -> StoreChange<CampaignInstanceRecord>
    /// Removes an instance and its targets that nothing was sent for, and logs it. Rows of `email_schedules`
    /// stay as they are: the run that the touched instance calls for removes those that are not committed.
    ///
    /// - Throws: `notFound`.
    func deleteCampaignInstance(id: Int64, by: String, now: String) async throws -> Touched
    /// What was changed of an instance, in order, behind a cursor.
    func campaignChanges(
        ofInstance id: Int64, after: Int64?, limit: Int
    ) async throws
        -> Page<CampaignChangeRecord, Int64>
}
