import GRDB
import SchedulingCore

/// Counts what the events of a transaction make of emails and contacts, where triggers would take too long
/// (`TriggerSwitch`). Where a row is about to change it is told first.
final class EventCounts {
    /// Events from which turning the triggers off is worth its cost.
    static let worthwhileEvents = 200

    private let database: Database
    private let fate: RawStatement
    private let place: RawStatement
    private let planned: RawStatement
    private let suppression: RawStatement
    private var sums = CountSums()
    /// What had become of campaigns' emails before they changed.
    private var fates: [Int64: CountSums.Fate] = [:]
    private var suppressed: Int64 = 0

    init(_ database: Database) throws {
        self.database = database
        fate = try RawStatement(CountSums.Fate.selection, database)
        place = try RawStatement("SELECT state FROM contact_states WHERE contact_id = ?", database)
        planned = try RawStatement(
            """
            SELECT id, email_type, ifnull(skip_reason, ''), ifnull(scheduled_send_date, ''),
                campaign_instance_id IS NOT NULL
            FROM email_schedules WHERE contact_id = ? AND +status = 'pre-scheduled'
            """, database)
        suppression = try RawStatement("SELECT 1 FROM suppressions WHERE contact_id = ?", database)
    }

    /// Something is going to happen to an email.
    func willChange(_ row: EmailNews.Row) throws {
        if row.instanceID != nil { try noteFate(row.id) }
    }

    /// An email gets a status, and loses its skip reason.
    func willFollow(_ row: EmailNews.Row, _ status: String) throws {
        move(row.email, to: status, skipReason: "")
        guard row.email.status == "skipped",
            SkipReason(rawValue: row.email.skipReason)?.isExclusion ?? false,
            let state = try state(ofContact: row.contactID)
        else { return }
        sums.places[.init(state: state, exclusion: row.email.skipReason), default: 0] -= 1
        sums.places[.init(state: state, exclusion: ""), default: 0] += 1
    }

    /// Everything that is planned for a contact is going to be skipped.
    func willSkipPlanned(_ contactID: Int64, _ reason: SkipReason) throws {
        planned.bind(1, contactID)
        while try planned.step() {
            let email = CountSums.Email(
                type: planned.text(1) ?? "", status: "pre-scheduled", skipReason: planned.text(2) ?? "",
                date: planned.text(3) ?? "")
            move(email, to: "skipped", skipReason: reason.rawValue)
            if planned.integer(4) != 0 { try noteFate(planned.integer(0)) }
        }
    }

    /// Does something to the do-not-contact list that concerns one contact.
    func changeSuppressions(of contactID: Int64, _ body: () throws -> Void) throws {
        let before = try isSuppressed(contactID)
        try body()
        suppressed += (try isSuppressed(contactID) ? 1 : 0) - (before ? 1 : 0)
    }

    /// Stores the sums.
    func store() throws {
        for (id, before) in fates {
            sums.add(before, -1)
            if let after = try CountSums.Fate(ofEmail: id, fate) { sums.add(after, +1) }
        }
        try sums.store(database)
        if suppressed != 0 {
            try database.execute(
                sql: "UPDATE contact_counts SET suppressed = suppressed + ?", arguments: [suppressed])
        }
    }

    private func move(_ email: CountSums.Email, to status: String, skipReason: String) {
        sums.emails[email, default: 0] -= 1
        let new = CountSums.Email(
            type: email.type, status: status, skipReason: skipReason, date: email.date)
        sums.emails[new, default: 0] += 1
    }

    private func noteFate(_ id: Int64) throws {
        if fates[id] == nil { fates[id] = try CountSums.Fate(ofEmail: id, fate) }
    }

    private func state(ofContact id: Int64) throws -> String? {
        place.bind(1, id)
        defer { place.reset() }
        return try place.step() ? place.text(0) : nil
    }

    private func isSuppressed(_ contactID: Int64) throws -> Bool {
        suppression.bind(1, contactID)
        defer { suppression.reset() }
        return try suppression.step()
    }
}
