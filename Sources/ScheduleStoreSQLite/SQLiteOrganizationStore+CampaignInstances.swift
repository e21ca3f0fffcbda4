import GRDB
public import ScheduleStore

extension SQLiteOrganizationStore {
    /// Adds an instance.
    public func insertCampaignInstance(
        _ values: [CampaignInstanceField: String], now: String
    ) async throws -> StoreChange<CampaignInstanceRecord> {
        let path = path
        return try await write("add a campaign instance") { database in
            var record = CampaignInstanceRecord(id: 0, values: values, createdAt: now, updatedAt: now)
            try InstanceTable.check(record, path: path)
            let fields = CampaignInstanceField.allCases
            let marks = Array(repeating: "?", count: fields.count + 2).joined(separator: ", ")
            let names = fields.map(\.rawValue).joined(separator: ", ")
            try database.execute(
                sql: "INSERT INTO campaign_instances (\(names), created_at, updated_at) VALUES (\(marks))",
                arguments: StatementArguments(fields.map { values[$0] } + [now, now]))
            record.id = database.lastInsertedRowID
            return StoreChange(record, isNew: true, touched: Touched(campaignInstanceIDs: [record.id]))
        }
    }

    /// An instance, nil where there is none.
    public func campaignInstance(id: Int64) async throws -> CampaignInstanceRecord? {
        try await read("read a campaign instance") { try InstanceTable.record(id: id, $0) }
    }

    /// Instances, of one type or of all, in order of id, behind a cursor.
    public func campaignInstances(
        ofType type: String?, after: Int64?, limit: Int
    ) async throws -> Page<CampaignInstanceRecord, Int64> {
        try await read("list campaign instances") { database in
            var query = KeysetQuery(select: InstanceTable.columns, from: "campaign_instances")
            query.add("campaign_type = ?", type)
            return try query.page(after: after, limit: limit, database, InstanceTable.record) { $0.id }
        }
    }

    /// Changes columns of an instance, each change logged.
    public func updateCampaignInstance(
        id: Int64, _ changes: [CampaignInstanceField: String?], by: String, now: String
    ) async throws -> StoreChange<CampaignInstanceRecord> {
        let path = path
        return try await write("change a campaign instance") { database in
            guard var record = try InstanceTable.record(id: id, database) else {
                throw StoreError.noRecord("change a campaign instance", "campaign instance \(id)", path)
            }
            var changed: [CampaignInstanceField] = []
            for field in CampaignInstanceField.allCases {
                guard let value = changes[field], value != record.values[field] else { continue }
                try InstanceTable.log(
                    id, field.rawValue, from: record.values[field], to: value, by: by, now: now, database)
                record.values[field] = value
                changed.append(field)
            }
            guard !changed.isEmpty else { return StoreChange(record, touched: .nothing) }
            try InstanceTable.check(record, path: path)
            record.updatedAt = now
            let list = changed.map { "\($0.rawValue) = ?, " }.joined()
            try database.execute(
                sql: "UPDATE campaign_instances SET \(list)updated_at = ? WHERE id = ?",
                arguments: StatementArguments(changed.map { record.values[$0] } + [now]) + [id])
            let isPlanned = changed.contains(where: \.isPlanned)
            return StoreChange(record, touched: isPlanned ? Touched(campaignInstanceIDs: [id]) : .nothing)
        }
    }

    /// Removes an instance and its targets that nothing was sent for.
    public func deleteCampaignInstance(id: Int64, by: String, now: String) async throws -> Touched {
        let path = path
        return try await write("remove a campaign instance") { database in
            guard let record = try InstanceTable.record(id: id, database) else {
                throw StoreError.noRecord("remove a campaign instance", "campaign instance \(id)", path)
            }
            try database.execute(sql: "DELETE FROM campaign_instances WHERE id = ?", arguments: [id])
            try database.execute(
                sql: """
                    DELETE FROM contact_campaigns WHERE campaign_instance_id = ?
                        AND ifnull(status, '') IN ('', 'pending', 'scheduled', 'skipped')
                    """, arguments: [id])
            try InstanceTable.log(
                id, "deleted", from: record.values[.instanceName], to: nil, by: by, now: now, database)
            return Touched(campaignInstanceIDs: [id])
        }
    }

    /// What was changed of an instance, in order, behind a cursor.
    public func campaignChanges(
        ofInstance id: Int64, after: Int64?, limit: Int
    ) async throws -> Page<CampaignChangeRecord, Int64> {
        try await read("list changes of a campaign instance") { database in
            var query = KeysetQuery(
                select: """
                    id, campaign_instance_id, field_changed, old_value, new_value, changed_at, changed_by
                    """, from: "campaign_change_log")
            query.add("campaign_instance_id = ?", id)
            return try query.page(after: after, limit: limit, database, InstanceTable.change) { $0.id }
        }
    }
}

/// The tables `campaign_instances` and `campaign_change_log` as records.
private enum InstanceTable {
    static let columns =
        (["id", "created_at", "updated_at"] + CampaignInstanceField.allCases.map(\.rawValue))
        .joined(separator: ", ")

    static func record(_ rows: RawStatement) -> CampaignInstanceRecord {
        var record = CampaignInstanceRecord(
            id: rows.integer(0), values: [:], createdAt: rows.text(1), updatedAt: rows.text(2))
        for (index, field) in CampaignInstanceField.allCases.enumerated() {
            record.values[field] = rows.text(Int32(index + 3))
        }
        return record
    }

    static func record(id: Int64, _ database: Database) throws -> CampaignInstanceRecord? {
        let rows = try RawStatement(
            "SELECT \(columns) FROM campaign_instances WHERE id = ?", database)
        rows.bind(1, id)
        defer { rows.reset() }
        return try rows.step() ? record(rows) : nil
    }

    static func change(_ rows: RawStatement) -> CampaignChangeRecord {
        var record = CampaignChangeRecord(id: rows.integer(0), campaignInstanceID: rows.integer(1))
        record.fieldChanged = rows.text(2)
        record.oldValue = rows.text(3)
        record.newValue = rows.text(4)
        record.changedAt = rows.text(5)
        record.changedBy = rows.text(6)
        return record
    }

    static func log(
        _ id: Int64, _ field: String, from old: String?, to new: String?, by: String, now: String,
        _ database: Database
    ) throws {
        try database.execute(
            sql: """
                INSERT INTO campaign_change_log (campaign_instance_id, field_changed, old_value, new_value,
                    changed_at, changed_by)
                VALUES (?, ?, ?, ?, ?, ?)
                """, arguments: [id, field, old, new, now, by])
    }

    /// Refuses an instance that would end before it begins.
    static func check(_ record: CampaignInstanceRecord, path: String) throws {
        guard let start = record.values[.activeStartDate], let end = record.values[.activeEndDate],
            start > end
        else { return }
        throw StoreError(
            .constraint, operation: "store a campaign instance", path: path,
            cause: "it would end on \(end), before it begins on \(start)")
    }
}
