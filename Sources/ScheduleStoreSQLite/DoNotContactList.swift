import GRDB
import ScheduleStore
import SchedulingCore

/// Puts contacts on the do-not-contact list and takes them off, as events say it, whatever order they come in: the
/// event that happened last decides.
struct DoNotContactList {
    private let database: Database
    private let now: String
    private let counts: EventCounts?
    private let standing: RawStatement
    private let insertion: RawStatement
    private let renewal: RawStatement
    private let resubscription: RawStatement
    private let noteResubscription: RawStatement
    private let removal: RawStatement
    private let skipEmails: RawStatement
    private let dropTexts: RawStatement

    /// - Parameter counts: Counts what changes; nil where triggers do.
    init(_ database: Database, now: String, counts: EventCounts?) throws {
        self.database = database
        self.now = now
        self.counts = counts
        standing = try RawStatement(
            """
            SELECT id, created_at FROM suppressions
            WHERE contact_id = ? AND +channel = ? AND reason = ? AND source = ? LIMIT 1
            """, database)
        insertion = try RawStatement(
            """
            INSERT INTO suppressions (contact_id, channel, reason, source, created_at) VALUES (?, ?, ?, ?, ?)
            """, database)
        renewal = try RawStatement("UPDATE suppressions SET created_at = ? WHERE id = ?", database)
        resubscription = try RawStatement("SELECT at FROM resubscriptions WHERE contact_id = ?", database)
        noteResubscription = try RawStatement(
            """
            INSERT INTO resubscriptions (contact_id, at) VALUES (?, ?)
            ON CONFLICT (contact_id) DO UPDATE SET at = max(at, excluded.at)
            """, database)
        removal = try RawStatement(
            """
            DELETE FROM suppressions WHERE contact_id = ? AND reason = ? AND source = ? AND created_at <= ?
            """, database)
        skipEmails = try RawStatement(
            """
            UPDATE email_schedules SET status = 'skipped', skip_reason = ?, updated_at = ?
            WHERE contact_id = ? AND +status = 'pre-scheduled'
            """, database)
        dropTexts = try RawStatement(
            """
            UPDATE email_schedules SET sms_template = NULL, updated_at = ?
            WHERE contact_id = ? AND +status = 'pre-scheduled' AND sms_template IS NOT NULL
            """, database)
    }

    /// Adds an entry, and stops what is planned for the contact; false where nothing is new.
    func add(
        _ contactID: Int64, _ channel: SendChannel, _ cause: DeliveryEvent.SuppressionCause, source: String,
        at: Int64
    ) throws -> Bool {
        if cause == .groupUnsubscribed, let later = try resubscribed(contactID), later >= at { return false }
        let moment = InstantText.column(at)
        standing.bind(1, contactID)
        standing.bind(2, channel.rawValue)
        standing.bind(3, cause.rawValue)
        standing.bind(4, source)
        if try standing.step() {
            let (id, since) = (standing.integer(0), standing.text(1) ?? "")
            standing.reset()
            guard since < moment else { return false }
            renewal.bind(1, moment)
            renewal.bind(2, id)
            try renewal.run()
            return false
        }
        insertion.bind(1, contactID)
        insertion.bind(2, channel.rawValue)
        insertion.bind(3, cause.rawValue)
        insertion.bind(4, source)
        insertion.bind(5, moment)
        try change(contactID, insertion)
        try stop(contactID, channel)
        return true
    }

    /// Takes off what a contact has taken back; false where there was nothing.
    func resubscribe(_ contactID: Int64, source: String, at: Int64) throws -> Bool {
        noteResubscription.bind(1, contactID)
        noteResubscription.bind(2, at)
        try noteResubscription.run()
        removal.bind(1, contactID)
        removal.bind(2, DeliveryEvent.SuppressionCause.groupUnsubscribed.rawValue)
        removal.bind(3, source)
        removal.bind(4, InstantText.column(at))
        try change(contactID, removal)
        return database.changesCount > 0
    }

    /// Runs a statement that adds an entry of a contact, or takes some off.
    private func change(_ contactID: Int64, _ statement: RawStatement) throws {
        guard let counts else { return try statement.run() }
        try counts.changeSuppressions(of: contactID, statement.run)
    }

    private func resubscribed(_ contactID: Int64) throws -> Int64? {
        resubscription.bind(1, contactID)
        defer { resubscription.reset() }
        return try resubscription.step() ? resubscription.integer(0) : nil
    }

    /// Skips what is planned; the run that follows puts it where the rules want it.
    private func stop(_ contactID: Int64, _ channel: SendChannel) throws {
        switch channel {
        case .email:
            skipEmails.bind(1, SkipReason.suppressed.rawValue)
            skipEmails.bind(2, now)
            skipEmails.bind(3, contactID)
            try counts?.willSkipPlanned(contactID, .suppressed)
            try skipEmails.run()
        case .sms:
            dropTexts.bind(1, now)
            dropTexts.bind(2, contactID)
            try dropTexts.run()
        }
    }
}
