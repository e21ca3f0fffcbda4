import GRDB
import ScheduleStore
import SchedulingCore

/// The due emails of a channel that `email_claims` knows, in order of priority, planned date and row id, without those
/// that are held: those whose lease has ended, and those that the other channel was handed first.
struct ClaimedEmails {
    /// Waiting emails that are read at most.
    private static let limit = 20_000

    private let database: Database
    private let request: ClaimRequest
    private var emails: [DueEmail] = []
    private var position = 0
    /// Held emails that were passed over.
    private(set) var held = 0

    private static let columns = """
        priority, due, schedule_id, (
            SELECT zip_code FROM email_schedules AS email LEFT JOIN contacts ON contacts.id = email.contact_id
            WHERE email.id = schedule_id)
        """

    /// None yet.
    init(_ database: Database, _ request: ClaimRequest) {
        self.database = database
        self.request = request
    }

    /// The first email; nil where there is none.
    var first: DueEmail? { position < emails.count ? emails[position] : nil }

    /// Takes the first email away.
    mutating func removeFirst() -> DueEmail? {
        defer { position += 1 }
        return first
    }

    /// Reads emails that the other channel was handed first, from one on. It passes over any number that are held
    /// before the first, and over `ClaimRequest.heldLimit` behind it.
    mutating func readWaiting(from start: DueEmail?, limit: Int = Self.limit) throws {
        let rows = try RawStatement(
            """
            SELECT \(Self.columns) FROM email_claims
            WHERE channel = ?1 AND state = 'waiting' AND due <= ?2 AND (priority, due, schedule_id) >= (?3, ?4, ?5)
            ORDER BY priority, due, schedule_id
            """, database)
        rows.bind(1, request.channel.rawValue)
        rows.bind(2, request.today.description)
        rows.bind(3, start?.priority ?? .min)
        rows.bind(4, start?.day ?? "")
        rows.bind(5, start?.id ?? .min)
        while emails.count < limit, emails.isEmpty || held < ClaimRequest.heldLimit, try rows.step() {
            read(rows)
        }
        rows.reset()
    }

    /// Reads emails whose lease has ended.
    mutating func readExpired() throws {
        let rows = try RawStatement(
            """
            SELECT \(Self.columns) FROM email_claims INDEXED BY email_claims_leased
            WHERE channel = ?1 AND state IN ('leased', 'sending') AND state = 'leased' AND leased_until <= ?2
            """, database)
        rows.bind(1, request.channel.rawValue)
        rows.bind(2, request.unixSeconds)
        while try rows.step() { read(rows) }
        emails.sort { $0.rank < $1.rank }
    }

    private mutating func read(_ rows: RawStatement) {
        if request.quietHours?.areKept(forZIP: rows.bytes(3).span) ?? false {
            held += 1
        } else {
            emails.append(
                DueEmail(priority: rows.integer(0), day: rows.text(1) ?? "", id: rows.integer(2)))
        }
    }
}
