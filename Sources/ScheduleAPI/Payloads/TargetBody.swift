import HTTPHandling
import ScheduleStore

extension TargetDraft {
    /// Reads a target as a client sends it.
    ///
    /// - Throws: 422 with every mistake.
    init(_ fields: inout JSONObjectReader) throws(HTTPProblem) {
        let contactID = fields.positiveInteger("contact_id", required: true)
        let instanceID = fields.positiveInteger("campaign_instance_id", required: true)
        let date = fields.dateText("trigger_date")
        let status: TargetRecord.Status? = fields.isNull("status") ? nil : fields.word("status")
        _ = fields.value("status")
        let metadata = fields.objectText("metadata")
        try fields.finish()
        self.init(contactID: contactID ?? 0, campaignInstanceID: instanceID ?? 0)
        triggerDate = date
        self.status = status
        self.metadata = metadata
    }
}

/// A change of a target as a client sends it.
struct TargetChangeBody {
    /// The columns that are given, null among them.
    var values: [TargetField: String?] = [:]

    /// Reads a change.
    ///
    /// - Throws: 422 with every mistake.
    init(_ fields: inout JSONObjectReader) throws(HTTPProblem) {
        let date = fields.dateText("trigger_date")
        let status: TargetRecord.Status? = fields.word("status")
        let metadata = fields.objectText("metadata")
        if fields.has("trigger_date") { values[.triggerDate] = .some(date) }
        if fields.has("status") { values[.status] = .some(status?.rawValue) }
        if fields.has("metadata") { values[.metadata] = .some(metadata) }
        try fields.finish()
    }
}

extension TargetRecord {
    /// Writes the columns.
    func write(to writer: inout JSONWriter) {
        writer.member("id", id)
        writer.member("contact_id", contactID)
        writer.member("campaign_instance_id", campaignInstanceID)
        writer.member("trigger_date", triggerDate)
        writer.member("status", status)
        writer.member("metadata", document: metadata)
    }
}
