import GRDB
public import ScheduleStore

extension SQLiteOrganizationStore {
    /// Enrols a contact.
    public func insertTarget(_ draft: TargetDraft) async throws -> StoreChange<TargetRecord> {
        let path = path
        return try await write("add a campaign target") { database in
            let table = try TargetTable(database)
            if let field = try table.danglingField(of: draft) {
                let record = "\(field) \(field == "contact_id" ? draft.contactID : draft.campaignInstanceID)"
                throw StoreError.dangling("add a campaign target", field, record, path)
            }
            let same = try table.target(
                contactID: draft.contactID, instanceID: draft.campaignInstanceID,
                triggerDate: draft.triggerDate)
            if let same { throw TargetTable.conflict(same, path) }
            return StoreChange(
                try table.insert(draft), isNew: true, touched: Touched(contactIDs: [draft.contactID]))
        }
    }

    /// Enrols many contacts in one transaction.
    public func storeTargets(_ drafts: [TargetDraft]) async throws -> TargetBatchOutcome {
        try await write("add campaign targets") { database in
            let table = try TargetTable(database)
            var outcome = TargetBatchOutcome()
            var contactIDs: Set<Int64> = []
            for (index, draft) in drafts.enumerated() {
                if let field = try table.danglingField(of: draft) {
                    outcome.rejects.append(TargetBatchOutcome.Reject(index: index, field: field))
                    continue
                }
                let same = try table.target(
                    contactID: draft.contactID, instanceID: draft.campaignInstanceID,
                    triggerDate: draft.triggerDate)
                guard let same else {
                    _ = try table.insert(draft)
                    outcome.created += 1
                    contactIDs.insert(draft.contactID)
                    continue
                }
                var changed = same
                if let status = draft.status { changed.status = status.rawValue }
                if let metadata = draft.metadata { changed.metadata = metadata }
                guard changed != same else {
                    outcome.unchanged += 1
                    continue
                }
                try table.replace(changed)
                outcome.updated += 1
                if changed.status != same.status { contactIDs.insert(draft.contactID) }
            }
            outcome.touched = Touched(contactIDs: contactIDs.sorted())
            return outcome
        }
    }

    /// A target, nil where there is none.
    public func target(id: Int64) async throws -> TargetRecord? {
        try await read("read a campaign target") { try TargetTable.target(id: id, $0) }
    }

    /// Targets that meet a filter, in order of id, behind a cursor.
    public func targets(
        _ filter: TargetFilter, after: Int64?, limit: Int
    ) async throws -> Page<TargetRecord, Int64> {
        try await read("list campaign targets") { database in
            var query = KeysetQuery(select: TargetTable.columns, from: "contact_campaigns")
            query.add("contact_id = ?", filter.contactID)
            query.add("campaign_instance_id = ?", filter.campaignInstanceID)
            query.add("ifnull(nullif(status, ''), 'pending') = ?", filter.status)
            return try query.page(after: after, limit: limit, database, TargetTable.record) { $0.id }
        }
    }

    /// Changes columns of a target.
    public func updateTarget(
        id: Int64, _ changes: [TargetField: String?]
    ) async throws -> StoreChange<TargetRecord> {
        let path = path
        return try await write("change a campaign target") { database in
            guard let record = try TargetTable.target(id: id, database) else {
                throw StoreError.noRecord("change a campaign target", "campaign target \(id)", path)
            }
            var changed = record
            if let date = changes[.triggerDate] { changed.triggerDate = date }
            if let status = changes[.status] { changed.status = status }
            if let metadata = changes[.metadata] { changed.metadata = metadata }
            guard changed != record else { return StoreChange(record, touched: .nothing) }
            let table = try TargetTable(database)
            if changed.triggerDate != record.triggerDate {
                let same = try table.target(
                    contactID: changed.contactID, instanceID: changed.campaignInstanceID,
                    triggerDate: changed.triggerDate)
                if let same, same.id != id { throw TargetTable.conflict(same, path) }
            }
            try table.replace(changed)
            let isPlanned = changed.triggerDate != record.triggerDate || changed.status != record.status
            return StoreChange(
                changed, touched: isPlanned ? Touched(contactIDs: [record.contactID]) : .nothing)
        }
    }

    /// Removes a target.
    public func deleteTarget(id: Int64) async throws -> Touched {
        let path = path
        return try await write("remove a campaign target") { database in
            guard let record = try TargetTable.target(id: id, database) else {
                throw StoreError.noRecord("remove a campaign target", "campaign target \(id)", path)
            }
            try database.execute(sql: "DELETE FROM contact_campaigns WHERE id = ?", arguments: [id])
            return Touched(contactIDs: [record.contactID])
        }
    }
}

extension TargetTable {
    /// The failure of storing a target that is there already.
    fileprivate static func conflict(_ same: TargetRecord, _ path: String) -> StoreError {
        StoreError(
            .conflict(field: "trigger_date"), operation: "store a campaign target", path: path,
            cause: "target \(same.id) has the same contact, instance and trigger date")
    }
}
