import GRDB
import ScheduleStore
import SchedulingCore

/// The due rows that are planned, for a channel, in order of priority, planned date and row id, without those that are
/// held.
///
/// They lie in an index by date and priority: the few pairs of both that occur are looked up one by one, and then the
/// rows of one pair after the other.
struct PlannedEmails {
    /// Rows of a pair that are read at once.
    private static let chunk: Int64 = 256
    /// What a null priority stands for (SPEC 4).
    private static let standardPriority: Int64 = 10

    /// Rows with one date and one priority.
    fileprivate struct Group: Sendable {
        enum Priority {
            case exactly(Int64)
            case none
            /// All above, for what is no whole number sorts behind those.
            case above(Int64)
        }

        let day: String
        let priority: Priority

        var rank: Int64 {
            if case .exactly(let value) = priority { return value }
            return PlannedEmails.standardPriority
        }

        var order: (Int64, String, Int) {
            switch priority {
            case .exactly: (rank, day, 0)
            case .none: (rank, day, 1)
            case .above: (rank, day, 2)
            }
        }
    }

    /// A row in the order that the rows are gone through in.
    struct Place: Sendable {
        fileprivate let group: Group
        fileprivate let id: Int64
    }

    private let database: Database
    private let request: ClaimRequest
    private var groups: [Group] = []
    private var group = 0
    private var lastID = Int64.min
    /// Rows of `emailsGroup` that are read and not yet asked for, the first at `position`.
    private var emails: [DueEmail] = []
    private var emailsGroup: Group?
    private var position = 0
    /// Held rows that were passed over.
    private(set) var held = 0

    init(_ database: Database, _ request: ClaimRequest) throws {
        self.database = database
        self.request = request
        groups = try readGroups()
    }

    /// Begins at a row; nil for none at all.
    mutating func begin(at place: Place?) {
        guard let place else {
            groups = []
            return
        }
        groups.removeAll { $0.order < place.group.order }
        if let first = groups.first, first.order == place.group.order { lastID = place.id - 1 }
    }

    /// The first row that is not held; nil where there is none, or none before so many are passed over.
    mutating func first(passing limit: Int) throws -> DueEmail? {
        if position == emails.count { try read(passing: limit) }
        return position < emails.count ? emails[position] : nil
    }

    /// Takes the first row away.
    mutating func removeFirst() { position += 1 }

    /// Where the first row is that is not held; nil for none.
    mutating func place() throws -> Place? {
        guard let first = try first(passing: .max) else { return nil }
        return emailsGroup.map { Place(group: $0, id: first.id) }
    }

    // MARK: Reading

    /// The index, and the condition under which a row is one of the channel's.
    private var source: String {
        request.channel == .sms
            ? """
            email_schedules INDEXED BY email_schedules_text_due \
            WHERE status = 'pre-scheduled' AND sms_template IS NOT NULL
            """
            : "email_schedules INDEXED BY email_schedules_status_date WHERE status = 'pre-scheduled'"
    }

    private func readGroups() throws -> [Group] {
        let columns = "scheduled_send_date, priority, typeof(priority) = 'integer'"
        let today = request.today.description
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
        return groups.sorted { $0.order < $1.order }
    }

    /// Reads on until some row is there, none is left, or so many are passed over.
    private mutating func read(passing limit: Int) throws {
        emails.removeAll(keepingCapacity: true)
        position = 0
        let before = held
        while emails.isEmpty, group < groups.count, held - before < limit {
            emailsGroup = groups[group]
            if try !readRows(of: groups[group]) {
                group += 1
                lastID = .min
            }
        }
    }

    /// Reads some rows of a group; false where there are no more.
    private mutating func readRows(of group: Group) throws -> Bool {
        let condition: String
        var bound: Int64?
        switch group.priority {
        case .none: condition = "priority IS NULL AND ?2 IS NULL"
        case .exactly(let value): (condition, bound) = ("priority = ?2", value)
        case .above(let value): (condition, bound) = ("priority > ?2", value)
        }
        let templates =
            request.channel == .email ? "AND (email_template IS NOT NULL OR sms_template IS NULL)" : ""
        let zip = "(SELECT zip_code FROM contacts WHERE contacts.id = email_schedules.contact_id)"
        let rows = try RawStatement(
            """
            SELECT id, \(request.quietHours == nil ? "NULL" : zip) FROM \(source)
                AND scheduled_send_date = ?1 AND \(condition) \(templates) AND id > ?3 ORDER BY id LIMIT ?4
            """, database)
        rows.bind(1, group.day)
        rows.bind(2, bound)
        rows.bind(3, lastID)
        rows.bind(4, PlannedEmails.chunk)
        var count: Int64 = 0
        while try rows.step() {
            count += 1
            lastID = rows.integer(0)
            if request.quietHours?.areKept(forZIP: rows.bytes(1).span) ?? false {
                held += 1
            } else {
                emails.append(DueEmail(priority: group.rank, day: group.day, id: lastID))
            }
        }
        return count == PlannedEmails.chunk
    }
}
