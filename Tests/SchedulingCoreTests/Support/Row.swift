import SchedulingCore

/// A row of `email_schedules` with its columns as text, so that it outlives the catalog of a run.
struct Row: Hashable {
    var id: Int64 = 0
    var contactID: Int64
    var type: String
    var status = "pre-scheduled"
    var skipReason: String?
    /// Column `scheduled_send_date`.
    var date: CivilDate?
    var time: String? = "08:30:00"
    var idealDate: CivilDate?
    var event = StoredEmail.EventColumns()
    var priority: Int64? = 5
    var instanceID: Int64?
    /// Column `initial_schedule_id`.
    var initialID: Int64?
    var emailTemplate: String?
    var smsTemplate: String?
    /// Column `actual_send_datetime`.
    var sentAt: String?
    /// `tracking_uuid` of the metadata.
    var trackingID: String?

    var isCommitted: Bool { status != "pre-scheduled" && status != "skipped" }

    var isFollowup: Bool { type.hasPrefix("followup_") }

    /// Type and date, behind them the instance of a campaign and the reason of a skip, as in
    /// `birthday 2026-06-01`, `campaign_rate_increase 2026-06-01 #7 skipped frequency_limit`.
    var line: String {
        var words = [type, date?.description ?? "-"]
        if let instanceID { words.append("#\(instanceID)") }
        if status != "pre-scheduled" { words.append(status) }
        if let skipReason { words.append(skipReason) }
        return words.joined(separator: " ")
    }
}

extension Row {
    /// The row that a run's email becomes.
    init(_ email: PlannedEmail, id: Int64, in catalog: RunCatalog) {
        self.init(id: id, contactID: email.contactID, type: catalog.name(of: email.type))
        status = email.skipReason == nil ? "pre-scheduled" : "skipped"
        skipReason = email.skipReason?.rawValue
        date = email.date
        time = catalog.text(of: email.time)
        idealDate = email.idealDate
        event = email.event
        priority = email.priority
        instanceID = email.instanceID
        initialID = email.initialID
        emailTemplate = catalog.text(of: email.emailTemplate)
        smsTemplate = catalog.text(of: email.smsTemplate)
    }

    /// The row as a run reads it.
    func stored(in catalog: RunCatalog) -> StoredEmail {
        var row = StoredEmail(
            id: id, contactID: contactID, type: catalog.emailType(named: Array(type.utf8).span),
            status: StoredEmail.Status(Array(status.utf8).span))
        row.skipReason = StoredEmail.StoredReason(Array((skipReason ?? "").utf8).span)
        row.scheduledDate = date
        row.scheduledTime = symbol(time, catalog)
        row.idealDate = idealDate
        row.event = event
        row.priority = priority
        row.instanceID = instanceID
        row.initialID = initialID
        row.emailTemplate = symbol(emailTemplate, catalog)
        row.smsTemplate = symbol(smsTemplate, catalog)
        if isCommitted {
            row.sendMoment = moment(in: catalog.zone)
            row.trackingID = trackingID.map { FNVHash($0).value }
        }
        return row
    }

    private func symbol(_ text: String?, _ catalog: RunCatalog) -> Symbol {
        text.map { catalog.symbol(of: Array($0.utf8).span) } ?? .null
    }

    /// `actual_send_datetime`, else scheduled date and time (SPEC 1).
    func moment(in zone: ZoneOffsets) -> LocalMoment? {
        if let sentAt, let moment = LocalMoment(Array(sentAt.utf8).span, in: zone) { return moment }
        return date.map {
            LocalMoment(
                date: $0, secondOfDay: time.flatMap { LocalMoment.secondOfDay(Array($0.utf8).span) } ?? 0)
        }
    }
}
