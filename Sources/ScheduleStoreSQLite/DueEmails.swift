import GRDB
import SchedulingCore

/// An email that a sender may get, before it is judged.
struct DueEmail {
    let priority: Int64
    /// Column `scheduled_send_date`.
    let day: String
    /// Its row.
    let id: Int64
}

/// Goes through the due emails of a channel in order of priority, planned date and row id, and reads no more of
/// them than are asked for.
///
/// 1. Planned rows lie in an index by date and priority: the few pairs of both that occur are looked up one by
///    one, and then the rows of one pair after the other.
/// 2. Emails whose lease has ended, and those that the other channel was handed first, come from `email_claims`.
struct DueEmails {
    /// Rows of a pair that are read at once.
    private static let chunk: Int64 = 256
    /// Emails that are taken from `email_claims` at most.
    private static let claimedLimit: Int64 = 20_000
    /// What a null priority stands for (SPEC 4).
    static let standardPriority: Int64 = 10

    /// Rows with one date and one priority.
    private struct Group {
        enum Priority {
            case none
            case exactly(Int64)
            /// All above, for what is no whole number sorts behind those.
            case above(Int64)
        }

        let day: String
        let priority: Priority

        var rank: Int64 {
            if case .exactly(let value) = priority { return value }
            return DueEmails.standardPriority
        }
    }

    private let database: Database
    private let channel: SendChannel
    private var groups: [Group] = []
    private var group = 0
    private var lastID = Int64.min
    private var planned: [DueEmail] = []
    private var plannedPosition = 0
    private var claimed: [DueEmail] = []
    private var claimedPosition = 0

    /// The emails that are due on a date, or whose lease has ended at a moment.
    init(_ database: Database, channel: SendChannel, today: CivilDate, unixSeconds: Int64) throws {
        self.database = database
        self.channel = channel
        groups = try readGroups(through: today.description)
        claimed = try readClaimed(today.description, unixSeconds)
    }

    /// The next email; nil where there is none.
    mutating func next() throws -> DueEmail? {
        if plannedPosition == planned.count { try readPlanned() }
        let first = plannedPosition < planned.count ? planned[plannedPosition] : nil
        let second = claimedPosition < claimed.count ? claimed[claimedPosition] : nil
        guard let first else {
            claimedPosition += 1
            return second
        }
        if let second, (second.priority, second.day, second.id) < (first.priority, first.day, first.id) {
            claimedPosition += 1
            return second
        }
        plannedPosition += 1
        return first
    }

    // MARK: Planned rows

    /// The index, and the condition under which a row is one of the channel's.
    private var source: String {
        channel == .sms
            ? """
            email_schedules INDEXED BY email_schedules_text_due \
            WHERE status = 'pre-scheduled' AND sms_template IS NOT NULL
            """
            : "email_schedules INDEXED BY email_schedules_status_date WHERE status = 'pre-scheduled'"
    }

    private func readGroups(through today: String) throws -> [Group] {
        let columns = "scheduled_send_date, priority, typeof(priority) = 'integer'"
        let nextDay = try RawStatement(
            """
            SELECT \(columns) FROM \(source) AND scheduled_send_date > ? AND scheduled_send_date <= ?
            ORDER BY scheduled_send_date, priority LIMIT 1
            """, database)
        let nextPriority = try RawStatement(
            """
            SELECT \(columns) FROM \(source) AND scheduled_send_date = ? AND priority > ?
            ORDER BY priority LIMIT 1
            """, database)
        var groups: [Group] = []
        var day = ""
        while true {
            nextDay.bind(1, day)
            nextDay.bind(2, today)
            guard try nextDay.step() else { break }
            day = nextDay.text(0) ?? today
            var last = Int64.min
            var rows = nextDay
            repeat {
                if rows.isNull(1) {
                    groups.append(Group(day: day, priority: .none))
                } else if rows.integer(2) == 1 {
                    last = rows.integer(1)
                    groups.append(Group(day: day, priority: .exactly(last)))
                } else {
                    groups.append(Group(day: day, priority: .above(last)))
                    break
                }
                rows.reset()
                rows = nextPriority
                rows.bind(1, day)
                rows.bind(2, last)
            } while try rows.step()
            nextDay.reset()
            nextPriority.reset()
        }
        return groups.sorted { ($0.rank, $0.day) < ($1.rank, $1.day) }
    }

    /// Reads on until some row is there, or none is left.
    private mutating func readPlanned() throws {
        planned.removeAll(keepingCapacity: true)
        plannedPosition = 0
        while planned.isEmpty, group < groups.count {
            let current = groups[group]
            let condition: String
            var bound: Int64?
            switch current.priority {
            case .none: condition = "priority IS NULL AND ?2 IS NULL"
            case .exactly(let value): (condition, bound) = ("priority = ?2", value)
            case .above(let value): (condition, bound) = ("priority > ?2", value)
            }
            let templates =
                channel == .email ? "AND (email_template IS NOT NULL OR sms_template IS NULL)" : ""
            let rows = try RawStatement(
                """
                SELECT id FROM \(source) AND scheduled_send_date = ?1 AND \(condition) \(templates)
                    AND id > ?3 ORDER BY id LIMIT ?4
                """, database)
            rows.bind(1, current.day)
            rows.bind(2, bound)
            rows.bind(3, lastID)
            rows.bind(4, DueEmails.chunk)
            while try rows.step() {
                planned.append(DueEmail(priority: current.rank, day: current.day, id: rows.integer(0)))
            }
            if planned.count < DueEmails.chunk {
                group += 1
                lastID = .min
            } else {
                lastID = planned[planned.count - 1].id
            }
        }
    }

    // MARK: Claimed rows

    private func readClaimed(_ today: String, _ unixSeconds: Int64) throws -> [DueEmail] {
        let rows = try RawStatement(
            """
            SELECT priority, due, schedule_id FROM email_claims
                WHERE channel = ?1 AND state = 'waiting' AND due <= ?2
            UNION ALL SELECT priority, due, schedule_id FROM email_claims INDEXED BY email_claims_leased
                WHERE channel = ?1 AND state IN ('leased', 'sending') AND state = 'leased'
                    AND leased_until <= ?3
            ORDER BY 1, 2, 3 LIMIT ?4
            """, database)
        rows.bind(1, channel.rawValue)
        rows.bind(2, today)
        rows.bind(3, unixSeconds)
        rows.bind(4, DueEmails.claimedLimit)
        var emails: [DueEmail] = []
        while try rows.step() {
            emails.append(
                DueEmail(priority: rows.integer(0), day: rows.text(1) ?? "", id: rows.integer(2)))
        }
        return emails
    }
}
