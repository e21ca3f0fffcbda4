import GRDB
import ScheduleStore

/// Counts the contacts that an import adds and moves, where triggers would take too long (`TriggerSwitch`).
final class ContactCounts {
    private let database: Database
    private let states: RawStatement
    /// The highest id that emails are of: above it, a new contact has none.
    private let lastOwner: Int64
    private var added: Int64 = 0
    private var moves: Int64 = 0

    init(_ database: Database) throws {
        self.database = database
        lastOwner = try Int64.fetchOne(database, sql: "SELECT max(contact_id) FROM email_schedules") ?? .min
        states = try RawStatement(
            """
            INSERT INTO state_counts
            SELECT place.state, \(CountSchema.exclusion("email")), ?2 * count(*)
            FROM contact_states AS place CROSS JOIN email_schedules AS email
            WHERE place.contact_id = ?1 AND email.contact_id = ?1 AND place.state IS NOT NULL GROUP BY 1, 2
            ON CONFLICT DO UPDATE SET count = count + excluded.count
            """, database)
    }

    /// Counts a contact that was added.
    func add(_ id: Int64) throws {
        added += 1
        if id <= lastOwner { try countEmails(ofContact: id, +1) }
    }

    /// Counts what a change makes of a contact's emails.
    func change(_ old: ContactRecord, _ new: ContactRecord, _ body: () throws -> Void) throws {
        guard old.state != new.state || old.zipCode != new.zipCode else { return try body() }
        try countEmails(ofContact: old.id, -1)
        try body()
        try countEmails(ofContact: old.id, +1)
        moves += 1
    }

    /// Stores the sums.
    func store() throws {
        try database.execute(
            sql: "UPDATE contact_counts SET total = total + ?, moves = moves + ?", arguments: [added, moves])
    }

    private func countEmails(ofContact id: Int64, _ sign: Int64) throws {
        states.bind(1, id)
        states.bind(2, sign)
        try states.run()
    }
}
