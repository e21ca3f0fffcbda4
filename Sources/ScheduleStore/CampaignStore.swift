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

    // MARK: Targets

    /// Enrols a contact.
    ///
    /// - Throws: `dangling` with field `contact_id` or `campaign_instance_id`; `conflict` with field
    ///   `trigger_date` where the contact has a target with this date, or without one, in the instance.
    func insertTarget(_ draft: TargetDraft) async throws -> StoreChange<TargetRecord>
    /// Enrols many contacts, in one transaction. One that is enrolled already gets the status and the metadata
    /// that its draft gives; one whose draft names a record that does not exist is refused alone.
    func storeTargets(_ drafts: [TargetDraft]) async throws -> TargetBatchOutcome
    /// A target, nil where there is none.
    func target(id: Int64) async throws -> TargetRecord?
    /// Targets that meet a filter, in order of id, behind a cursor.
    func targets(
        _ filter: TargetFilter, after: Int64?, limit: Int
    ) async throws
        -> Page<TargetRecord, Int64>
    /// Changes columns of a target; nil is null.
    ///
    /// - Throws: `notFound`; `conflict` with field `trigger_date` as for a new one.
    func updateTarget(id: Int64, _ changes: [TargetField: String?]) async throws -> StoreChange<TargetRecord>
    /// Removes a target.
    ///
    /// - Throws: `notFound`.
    func deleteTarget(id: Int64) async throws -> Touched
}
