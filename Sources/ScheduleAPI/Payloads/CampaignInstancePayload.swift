import ScheduleStore

extension CampaignInstanceRecord {
    /// Writes the columns.
    func write(to writer: inout JSONWriter) {
        writer.member("id", id)
        writer.member("campaign_type", values[.campaignType])
        writer.member("instance_name", values[.instanceName])
        writer.member("email_template", values[.emailTemplate])
        writer.member("sms_template", values[.smsTemplate])
        writer.member("active_start_date", values[.activeStartDate])
        writer.member("active_end_date", values[.activeEndDate])
        writer.member("metadata", document: values[.metadata])
        writer.member("audience", document: values[.audience])
        writer.member("created_at", instant: createdAt)
        writer.member("updated_at", instant: updatedAt)
    }
}

extension CampaignChangeRecord {
    /// Writes the columns.
    func write(to writer: inout JSONWriter) {
        writer.member("id", id)
        writer.member("campaign_instance_id", campaignInstanceID)
        writer.member("field_changed", fieldChanged)
        writer.member("old_value", oldValue)
        writer.member("new_value", newValue)
        writer.member("changed_at", instant: changedAt)
        writer.member("changed_by", changedBy)
    }
}

extension JSONWriter {
    /// A member with the object or array that a column's text holds; text of other programs that is none is
    /// written as text.
    mutating func member(_ name: StaticString, document text: String?) {
        guard let text, !text.isEmpty else { return member(name, json: nil) }
        switch try? JSONParser.parse(Array(text.utf8)).root {
        case .object, .array: member(name, json: text)
        default: member(name, text)
        }
    }
}
