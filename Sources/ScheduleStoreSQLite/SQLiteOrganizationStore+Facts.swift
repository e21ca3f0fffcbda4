import GRDB
public import SchedulingCore

extension SQLiteOrganizationStore {
    /// What a run must know before it starts.
    public func runFacts() throws -> RunCatalog.Facts {
        try storing("read the facts of a run", path: path) {
            try pool.read { database in
                RunCatalog.Facts(
                    totalContacts: try CountTables.contacts(database).total,
                    campaignTypes: try CampaignRows.types(database),
                    instances: try CampaignRows.instances(database))
            }
        }
    }
}

/// Reads campaign types and instances for a run.
enum CampaignRows {
    static func types(_ database: Database) throws -> [CampaignType] {
        let rows = try RawStatement(
            """
            SELECT name, respect_exclusion_windows, enable_followups, days_before_event, target_all_contacts,
                priority, active, respect_frequency_limits
            FROM campaign_types WHERE name IS NOT NULL ORDER BY rowid
            """, database)
        var types: [CampaignType] = []
        while try rows.step() {
            var type = CampaignType(name: rows.text(0) ?? "")
            type.respectsExclusionWindows = rows.flag(1) ?? type.respectsExclusionWindows
            type.enablesFollowups = rows.flag(2) ?? type.enablesFollowups
            type.daysBeforeEvent = rows.optionalInteger(3).map(Int.init) ?? type.daysBeforeEvent
            type.targetsAllContacts = rows.flag(4) ?? type.targetsAllContacts
            type.priority = rows.optionalInteger(5).map(Int.init) ?? type.priority
            type.isActive = rows.flag(6) ?? type.isActive
            type.respectsFrequencyLimits = rows.flag(7) ?? type.respectsFrequencyLimits
            types.append(type)
        }
        return types
    }

    static func instances(_ database: Database) throws -> [CampaignInstance] {
        let rows = try RawStatement(
            """
            SELECT id, campaign_type, email_template, sms_template, active_start_date, active_end_date, audience
            FROM campaign_instances WHERE campaign_type IS NOT NULL ORDER BY id
            """, database)
        var instances: [CampaignInstance] = []
        while try rows.step() {
            var instance = CampaignInstance(id: rows.integer(0), typeName: rows.text(1) ?? "")
            instance.templates = TemplatePair(email: rows.text(2), sms: rows.text(3))
            instance.startDate = CivilDate(rows.bytes(4).span)
            instance.endDate = CivilDate(rows.bytes(5).span)
            if let audience = rows.text(6) { instance.audience = try states(audience, database) }
            instances.append(instance)
        }
        return instances
    }

    /// The states of an audience, a JSON array. One that is not empty and names no state is nobody's: a slip
    /// of the pen must not reach everyone.
    private static func states(_ audience: String, _ database: Database) throws -> Set<StateCode> {
        let isBlank = audience.utf8.allSatisfy { $0 == 32 || (9...13).contains($0) }
        if isBlank { return [] }
        let list = try RawStatement(
            """
            SELECT CASE value_type WHEN 'text' THEN trim(value) ELSE '' END FROM (
                SELECT value, type AS value_type
                FROM json_each(CASE WHEN json_valid(?1) THEN ?1 ELSE '[0]' END))
            WHERE value_type <> 'null'
            """, database)
        list.bind(1, audience)
        var states: Set<StateCode> = []
        var isNarrowed = false
        while try list.step() {
            isNarrowed = true
            if let state = StateCode(list.bytes(0).span) { states.insert(state) }
        }
        if isNarrowed, states.isEmpty, let nowhere = StateCode("ZZ") { return [nowhere] }
        return states
    }
}
