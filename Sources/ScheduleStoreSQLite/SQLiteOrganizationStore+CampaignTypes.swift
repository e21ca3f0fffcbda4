import GRDB
public import ScheduleStore
public import SchedulingCore

extension SQLiteOrganizationStore {
    /// The stored types, in order of name.
    public func campaignTypes() async throws -> [CampaignType] {
        try await read("list campaign types") { database in
            try CampaignRows.types(database).sorted { $0.name < $1.name }
        }
    }

    /// Stores a type in place of the one with its name, or adds it.
    public func putCampaignType(_ type: CampaignType) async throws -> StoreChange<CampaignType> {
        try await write("store a campaign type") { database in
            let stored = try CampaignRows.types(database).last { $0.name == type.name }
            if stored == type { return StoreChange(type, touched: .nothing) }
            if stored != nil {
                try database.execute(sql: "DELETE FROM campaign_types WHERE name = ?", arguments: [type.name])
            }
            try database.execute(
                sql: """
                    INSERT INTO campaign_types (name, respect_exclusion_windows, enable_followups,
                        days_before_event, target_all_contacts, priority, active, respect_frequency_limits)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    type.name, type.respectsExclusionWindows, type.enablesFollowups, type.daysBeforeEvent,
                    type.targetsAllContacts, type.priority, type.isActive, type.respectsFrequencyLimits,
                ])
            let instances = try CampaignRows.instanceIDs(ofType: type.name, database)
            return StoreChange(
                type, isNew: stored == nil, touched: Touched(campaignInstanceIDs: instances))
        }
    }

    /// Removes a stored type that has no instances.
    public func deleteCampaignType(name: String) async throws -> Touched {
        let path = path
        return try await write("remove a campaign type") { database in
            guard try CampaignRows.types(database).contains(where: { $0.name == name }) else {
                throw StoreError.noRecord("remove a campaign type", "campaign type \(name)", path)
            }
            guard try CampaignRows.instanceIDs(ofType: name, database).isEmpty else {
                throw StoreError(
                    .wrongState, operation: "remove a campaign type", path: path,
                    cause: "campaign type \(name) has instances")
            }
            try database.execute(sql: "DELETE FROM campaign_types WHERE name = ?", arguments: [name])
            return .nothing
        }
    }
}

extension CampaignRows {
    /// The instances of a type, in order of id.
    static func instanceIDs(ofType name: String, _ database: Database) throws -> [Int64] {
        try Int64.fetchAll(
            database, sql: "SELECT id FROM campaign_instances WHERE campaign_type = ? ORDER BY id",
            arguments: [name])
    }
}
