import ScheduleStore

/// A column of `email_schedules` as answers have it: the order of JSON members and of CSV fields.
enum ScheduleColumn {
    /// The names, in order.
    static let names = [
        "id", "contact_id", "email_type", "scheduled_send_date", "scheduled_send_time", "status",
        "skip_reason",
        "priority", "campaign_instance_id", "email_template", "sms_template", "scheduler_run_id",
        "event_year",
        "event_month", "event_day", "ideal_send_date", "initial_schedule_id", "actual_send_datetime",
        "metadata",
        "created_at", "updated_at",
    ]
}

extension ScheduleRecord {
    /// Writes the columns.
    func write(to writer: inout JSONWriter) {
        writer.member("id", id)
        writer.member("contact_id", contactID)
        writer.member("email_type", emailType)
        writer.member("scheduled_send_date", scheduledSendDate)
        writer.member("scheduled_send_time", scheduledSendTime)
        writer.member("status", status)
        writer.member("skip_reason", skipReason)
        writer.member("priority", priority)
        writer.member("campaign_instance_id", campaignInstanceID)
        writer.member("email_template", emailTemplate)
        writer.member("sms_template", smsTemplate)
        writer.member("scheduler_run_id", schedulerRunID)
        writer.member("event_year", eventYear)
        writer.member("event_month", eventMonth)
        writer.member("event_day", eventDay)
        writer.member("ideal_send_date", idealSendDate)
        writer.member("initial_schedule_id", initialScheduleID)
        writer.member("actual_send_datetime", actualSendDatetime)
        writeMetadata(to: &writer)
        writer.member("created_at", instant: createdAt)
        writer.member("updated_at", instant: updatedAt)
    }

    /// The object that the text holds; text of other programs that is none is written as text.
    private func writeMetadata(to writer: inout JSONWriter) {
        guard let metadata, !metadata.isEmpty else { return writer.member("metadata", json: nil) }
        if let document = try? JSONParser.parse(Array(metadata.utf8)), case .object = document.root {
            writer.member("metadata", json: metadata)
        } else {
            writer.member("metadata", metadata)
        }
    }

    /// Writes the columns as a line of CSV.
    func write(to csv: inout CSVWriter) {
        csv.field(id)
        csv.field(contactID)
        csv.field(emailType)
        csv.field(scheduledSendDate)
        csv.field(scheduledSendTime)
        csv.field(status)
        csv.field(skipReason)
        csv.field(priority)
        csv.field(campaignInstanceID)
        csv.field(emailTemplate)
        csv.field(smsTemplate)
        csv.field(schedulerRunID)
        csv.field(eventYear)
        csv.field(eventMonth)
        csv.field(eventDay)
        csv.field(idealSendDate)
        csv.field(initialScheduleID)
        csv.field(actualSendDatetime)
        csv.field(metadata)
        csv.field(createdAt.map(Timestamp.rfc3339))
        csv.field(updatedAt.map(Timestamp.rfc3339))
        csv.endRecord()
    }
}
