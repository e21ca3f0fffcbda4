import GRDB
import SchedulingCore

/// Reads the table `email_schedules` for a run, in order of contacts.
struct EmailRows {
    private static func sql(trackingID: String) -> String {
        """
        SELECT id, contact_id, email_type, status, skip_reason, scheduled_send_date, scheduled_send_time,
            ideal_send_date, event_year, event_month, event_day, priority, campaign_instance_id,
            initial_schedule_id, email_template, sms_template, actual_send_datetime,
            \(trackingID)
        FROM email_schedules WHERE contact_id >= ? AND contact_id <= ? ORDER BY contact_id
        """
    }

    private static let sentTrackingID = """
        CASE WHEN status IN ('sent', 'delivered') AND json_valid(metadata)
            THEN json_extract(metadata, '$.tracking_uuid') END
        """

    private let rows: RawStatement
    private let catalog: RunCatalog
    private let types = TextMemo(filler: EmailType.unknown)
    private let statuses = TextMemo(filler: StoredEmail.Status.ended)
    private let reasons = TextMemo(filler: StoredEmail.StoredReason.none)
    private let symbols = TextMemo(filler: Symbol.unknown)

    /// - Parameter readsTrackingIDs: False where there are no clicks that could carry one.
    init(_ database: Database, _ catalog: RunCatalog, readsTrackingIDs: Bool) throws {
        let trackingID = readsTrackingIDs ? EmailRows.sentTrackingID : "NULL"
        rows = try RawStatement(EmailRows.sql(trackingID: trackingID), database)
        self.catalog = catalog
    }

    /// The rows of the contacts in a range.
    func read(_ range: ClosedRange<Int64>, into emails: inout [StoredEmail]) throws {
        rows.bind(1, range.lowerBound)
        rows.bind(2, range.upperBound)
        while try rows.step() { emails.append(email()) }
    }

    private func email() -> StoredEmail {
        var email = StoredEmail(
            id: rows.integer(0), contactID: rows.integer(1),
            type: types.value(rows.bytes(2)) { catalog.emailType(named: $0.span) },
            status: statuses.value(rows.bytes(3)) { StoredEmail.Status($0.span) })
        let reason = rows.bytes(4)
        if !reason.isEmpty { email.skipReason = reasons.value(reason) { StoredEmail.StoredReason($0.span) } }
        email.scheduledDate = CivilDate(rows.bytes(5).span)
        email.scheduledTime = symbol(6)
        email.idealDate = CivilDate(rows.bytes(7).span)
        email.event = StoredEmail.EventColumns(year: part(8), month: part(9), day: part(10))
        email.priority = rows.optionalInteger(11)
        email.instanceID = rows.optionalInteger(12)
        email.initialID = rows.optionalInteger(13)
        email.emailTemplate = symbol(14)
        email.smsTemplate = symbol(15)
        if email.status.isCommitted { readSending(into: &email) }
        return email
    }

    /// Moment of sending (SPEC 1) and tracking id of a committed row.
    private func readSending(into email: inout StoredEmail) {
        if let moment = LocalMoment(rows.bytes(16).span, in: catalog.zone) {
            email.sendMoment = moment
        } else if let date = email.scheduledDate {
            let second = LocalMoment.secondOfDay(rows.bytes(6).span) ?? 0
            email.sendMoment = LocalMoment(date: date, secondOfDay: second)
        }
        if email.status == .sent { email.trackingID = rows.hash(17) }
    }

    private func symbol(_ column: Int32) -> Symbol {
        let text = rows.bytes(column)
        if text.baseAddress == nil { return .null }
        return symbols.value(text) { catalog.symbol(of: $0.span) }
    }

    private func part(_ column: Int32) -> Int32? { rows.optionalInteger(column).map { Int32(clamping: $0) } }
}

extension RawStatement {
    /// The hash of a text column, nil for null or empty text.
    func hash(_ column: Int32) -> UInt64? {
        let text = bytes(column)
        guard !text.isEmpty else { return nil }
        var hash = FNVHash()
        for byte in text { hash.combine(byte: byte) }
        return hash.value
    }
}
