import GRDB
import ScheduleStore
import SchedulingCore

/// Lets rows of `email_schedules` follow what is reported of them, inside a transaction.
struct EmailNews {
    /// What of a row decides how it follows.
    struct Row {
        let id: Int64
        let contactID: Int64
        /// Its type, status, skip reason and planned date.
        let email: CountSums.Email
        let instanceID: Int64?
        /// `YYYY-MM-DD`; nil where the row is of no campaign or has no event date.
        let event: String?
        let sentAt: LocalMoment?

        var status: String { email.status }
    }

    private let selection: RawStatement
    private let update: RawStatement
    private let event: RawStatement
    private let datedTargets: RawStatement
    private let otherTargets: RawStatement
    private let database: Database
    private let now: String
    private let counts: EventCounts?
    private let claims: [SendChannel: ClaimTable]

    /// - Parameter counts: Counts what changes; nil where triggers do.
    init(_ database: Database, now: String, counts: EventCounts? = nil) throws {
        self.database = database
        self.now = now
        self.counts = counts
        claims = [
            .email: try ClaimTable(database, channel: .email), .sms: try ClaimTable(database, channel: .sms),
        ]
        selection = try RawStatement(
            """
            SELECT contact_id, status, campaign_instance_id, actual_send_datetime,
                CASE WHEN campaign_instance_id IS NOT NULL AND event_day IS NOT NULL
                    THEN printf('%04d-%02d-%02d', event_year, event_month, event_day) END,
                email_type, ifnull(skip_reason, ''), ifnull(scheduled_send_date, '')
            FROM email_schedules WHERE id = ?
            """, database)
        update = try RawStatement(
            """
            UPDATE email_schedules SET status = ?1, actual_send_datetime = ifnull(?2, actual_send_datetime),
                skip_reason = NULL, updated_at = ?3
            WHERE id = ?4
            """, database)
        event = try RawStatement(
            """
            INSERT OR IGNORE INTO email_events (schedule_id, event_key, contact_id, event, channel, at)
            VALUES (?, ?, ?, ?, ?, ?)
            """, database)
        let isOpen = "ifnull(status, '') IN ('', 'pending', 'scheduled', 'skipped')"
        datedTargets = try RawStatement(
            """
            UPDATE contact_campaigns SET status = 'sent'
            WHERE contact_id = ? AND +campaign_instance_id = ? AND trigger_date = ? AND \(isOpen)
            """, database)
        otherTargets = try RawStatement(
            """
            UPDATE contact_campaigns SET status = 'sent'
            WHERE contact_id = ?1 AND +campaign_instance_id = ?2 AND ifnull(trigger_date, '') = '' AND \(isOpen)
                AND NOT EXISTS (SELECT 1 FROM contact_campaigns WHERE contact_id = ?1
                    AND +campaign_instance_id = ?2 AND trigger_date = ?3)
            """, database)
    }

    /// A row, nil where there is none.
    func row(_ id: Int64) throws -> Row? {
        selection.bind(1, id)
        defer { selection.reset() }
        guard try selection.step() else { return nil }
        let sentAt = LocalMoment(selection.bytes(3).span, in: ZoneOffsets())
        let (contactID, instanceID) = (selection.integer(0), selection.optionalInteger(2))
        let email = CountSums.Email(
            type: selection.text(5) ?? "", status: selection.text(1) ?? "",
            skipReason: selection.text(6) ?? "", date: selection.text(7) ?? "")
        return Row(
            id: id, contactID: contactID, email: email, instanceID: instanceID, event: selection.text(4),
            sentAt: sentAt)
    }

    /// Whether senders of both channels have got a row.
    private func isGivenToBoth(_ row: Row) throws -> Bool {
        try claims.values.allSatisfy { try $0.claim(row.id).map { $0.lease > 0 } ?? false }
    }

    /// The channel that an event is of which does not say it: the one whose senders have the row, else email.
    func channel(of row: Row) throws -> SendChannel {
        if try claims[.email]?.claim(row.id) != nil { return .email }
        return try claims[.sms]?.claim(row.id) == nil ? .email : .sms
    }

    /// Notes an event of a row; false where it was noted before.
    ///
    /// - Parameter rowID: 0 where the event is of no row.
    func note(
        _ kind: DeliveryEventKind, key: [UInt8], rowID: Int64, contactID: Int64, channel: SendChannel?,
        at: Int64
    ) throws -> Bool {
        event.bind(1, rowID)
        event.bind(2, bytes: key)
        event.bind(3, contactID)
        event.bind(4, kind.rawValue)
        event.bind(5, channel?.rawValue)
        event.bind(6, at)
        try event.run()
        return database.changesCount > 0
    }

    /// Lets a row follow an event, as far as it is news. The moment of sending is the earliest that is told.
    func follow(_ kind: DeliveryEventKind, _ row: Row, _ channel: SendChannel, at: Int64) throws {
        guard let status = kind.status else { return }
        try follow(status, row, channel, sentAt: kind.meansSent ? at : nil)
    }

    /// Lets a row follow a status, as far as it is news.
    func follow(_ status: DeliveryStatus, _ row: Row, _ channel: SendChannel, sentAt: Int64?) throws {
        try claims[channel]?.end(row.id)
        if status == .sent || status == .delivered { try markTargets(of: row) }
        // What became of the text message says nothing of the email that went with it.
        if channel == .sms, status.isFailure, try isGivenToBoth(row) { return }
        let new = status.following(row.status).rawValue
        let isEarlier = sentAt.map { at in row.sentAt.map { at < $0.seconds } ?? true } ?? false
        guard new != row.status || isEarlier else { return }
        try counts?.willFollow(row, new)
        update.bind(1, new)
        update.bind(2, isEarlier ? sentAt.map(InstantText.rfc3339) : nil)
        update.bind(3, now)
        update.bind(4, row.id)
        try update.run()
    }

    /// A delivery event makes the campaign target of a row `sent` (SPEC 4).
    private func markTargets(of row: Row) throws {
        guard let instanceID = row.instanceID else { return }
        for statement in [datedTargets, otherTargets] {
            statement.bind(1, row.contactID)
            statement.bind(2, instanceID)
            statement.bind(3, row.event ?? "")
            try statement.run()
        }
    }
}
