import GRDB
import ScheduleStore

/// The statements that store targets, prepared once for the many rows of a batch.
struct TargetTable {
    static let columns = "id, contact_id, campaign_instance_id, trigger_date, status, metadata"

    private let database: Database
    private let contact: RawStatement
    private let instance: RawStatement
    private let same: RawStatement
    private let insertion: RawStatement
    private let update: RawStatement

    init(_ database: Database) throws {
        self.database = database
        contact = try RawStatement("SELECT 1 FROM contacts WHERE id = ?", database)
        instance = try RawStatement("SELECT 1 FROM campaign_instances WHERE id = ?", database)
        same = try RawStatement(
            """
            SELECT \(TargetTable.columns) FROM contact_campaigns
            WHERE campaign_instance_id = ? AND contact_id = ? AND ifnull(trigger_date, '') = ?
            ORDER BY id LIMIT 1
            """, database)
        insertion = try RawStatement(
            """
            INSERT INTO contact_campaigns (contact_id, campaign_instance_id, trigger_date, status, metadata)
            VALUES (?, ?, ?, ?, ?)
            """, database)
        update = try RawStatement(
            "UPDATE contact_campaigns SET trigger_date = ?, status = ?, metadata = ? WHERE id = ?", database)
    }

    /// The column of a draft that names a record that does not exist; nil where both exist.
    func danglingField(of draft: TargetDraft) throws -> String? {
        if try !exists(contact, draft.contactID) { return "contact_id" }
        return try exists(instance, draft.campaignInstanceID) ? nil : "campaign_instance_id"
    }

    private func exists(_ rows: RawStatement, _ id: Int64) throws -> Bool {
        rows.bind(1, id)
        defer { rows.reset() }
        return try rows.step()
    }

    /// The target with a contact, an instance and a trigger date; nil where there is none.
    func target(contactID: Int64, instanceID: Int64, triggerDate: String?) throws -> TargetRecord? {
        same.bind(1, instanceID)
        same.bind(2, contactID)
        same.bind(3, triggerDate ?? "")
        defer { same.reset() }
        return try same.step() ? TargetTable.record(same) : nil
    }

    /// Adds a target.
    func insert(_ draft: TargetDraft) throws -> TargetRecord {
        var record = TargetRecord(
            id: 0, contactID: draft.contactID, campaignInstanceID: draft.campaignInstanceID)
        record.triggerDate = draft.triggerDate
        record.status = (draft.status ?? .pending).rawValue
        record.metadata = draft.metadata
        insertion.bind(1, record.contactID)
        insertion.bind(2, record.campaignInstanceID)
        insertion.bind(3, record.triggerDate)
        insertion.bind(4, record.status)
        insertion.bind(5, record.metadata)
        try insertion.run()
        record.id = database.lastInsertedRowID
        return record
    }

    /// Replaces what can be changed of a target.
    func replace(_ record: TargetRecord) throws {
        update.bind(1, record.triggerDate)
        update.bind(2, record.status)
        update.bind(3, record.metadata)
        update.bind(4, record.id)
        try update.run()
    }

    /// The target of the current row of a query for `columns`.
    static func record(_ rows: RawStatement) -> TargetRecord {
        var record = TargetRecord(
            id: rows.integer(0), contactID: rows.integer(1), campaignInstanceID: rows.integer(2))
        record.triggerDate = rows.text(3)
        record.status = rows.text(4)
        record.metadata = rows.text(5)
        return record
    }

    /// A target, nil where there is none.
    static func target(id: Int64, _ database: Database) throws -> TargetRecord? {
        let rows = try RawStatement("SELECT \(columns) FROM contact_campaigns WHERE id = ?", database)
        rows.bind(1, id)
        defer { rows.reset() }
        return try rows.step() ? record(rows) : nil
    }
}
