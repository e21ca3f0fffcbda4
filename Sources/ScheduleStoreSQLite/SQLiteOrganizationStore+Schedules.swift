import GRDB
public import ScheduleStore

extension SQLiteOrganizationStore {
    /// All rows of a contact, in order of the scheduled date.
    public func schedules(ofContact id: Int64) async throws -> [ScheduleRecord] {
        try await read("read the schedule of a contact") { database in
            let rows = try RawStatement(
                """
                SELECT \(ScheduleTable.columns) FROM email_schedules WHERE contact_id = ?
                ORDER BY scheduled_send_date, id
                """, database)
            rows.bind(1, id)
            var records: [ScheduleRecord] = []
            while try rows.step() { records.append(ScheduleTable.record(rows)) }
            return records
        }
    }

    /// Rows that meet a filter, in order of row id, behind a cursor.
    public func schedules(
        _ filter: ScheduleFilter, after: Int64?, limit: Int
    ) async throws -> Page<ScheduleRecord, Int64> {
        try await read("list schedules") { database in
            let query = try ScheduleQuery(filter, database)
            var items: [ScheduleRecord] = []
            try query.forEachRow(after: after, limit: limit + 1, database) {
                items.append(ScheduleTable.record($0))
            }
            return Page(reading: items, limit: limit) { $0.id }
        }
    }
}

/// The table `email_schedules` as records.
enum ScheduleTable {
    static let columns = """
        id, contact_id, email_type, scheduled_send_date, scheduled_send_time, status, skip_reason, priority, \
        campaign_instance_id, email_template, sms_template, scheduler_run_id, event_year, event_month, \
        event_day, ideal_send_date, initial_schedule_id, actual_send_datetime, metadata, created_at, updated_at
        """

    static func record(_ rows: RawStatement) -> ScheduleRecord {
        var record = ScheduleRecord(id: rows.integer(0))
        record.contactID = rows.optionalInteger(1)
        record.emailType = rows.text(2)
        record.scheduledSendDate = rows.text(3)
        record.scheduledSendTime = rows.text(4)
        record.status = rows.text(5)
        record.skipReason = rows.text(6)
        record.priority = rows.optionalInteger(7)
        record.campaignInstanceID = rows.optionalInteger(8)
        record.emailTemplate = rows.text(9)
        record.smsTemplate = rows.text(10)
        record.schedulerRunID = rows.optionalInteger(11)
        record.eventYear = rows.optionalInteger(12)
        record.eventMonth = rows.optionalInteger(13)
        record.eventDay = rows.optionalInteger(14)
        record.idealSendDate = rows.text(15)
        record.initialScheduleID = rows.optionalInteger(16)
        record.actualSendDatetime = rows.text(17)
        record.metadata = rows.text(18)
        record.createdAt = rows.text(19)
        record.updatedAt = rows.text(20)
        return record
    }
}
