import GRDB
import ScheduleStore
import SchedulingCore

/// An email that a sender may get, before it is judged.
struct DueEmail: Sendable {
    let priority: Int64
    /// Column `scheduled_send_date`.
    let day: String
    /// Its row.
    let id: Int64

    /// What senders get the emails in order of.
    var rank: (Int64, String, Int64) { (priority, day, id) }
}

/// Goes through the due emails of a channel in order of priority, planned date and row id, passes over those that are
/// held (`QuietHours`), and reads no more of them than are asked for.
///
/// There may be very many held emails before the first that is not. `start` finds that one, on a connection that reads,
/// so that nobody waits meanwhile who wants to write; a claim then begins there.
struct DueEmails {
    /// Where the emails begin that are not held.
    struct Start: Sendable {
        fileprivate let planned: PlannedEmails.Place?
        fileprivate let waiting: DueEmail?
        /// Held emails before it.
        let held: Int
    }

    private var planned: PlannedEmails
    private var claimed: ClaimedEmails
    private let heldBefore: Int

    /// Held emails that were passed over.
    var held: Int { heldBefore + planned.held + claimed.held }

    /// The emails that are due on a date, or whose lease has ended at a moment.
    ///
    /// - Parameter start: Where to begin; nil for the first of all.
    init(_ database: Database, _ request: ClaimRequest, from start: Start?) throws {
        planned = try PlannedEmails(database, request)
        claimed = ClaimedEmails(database, request)
        heldBefore = start?.held ?? 0
        if let start { planned.begin(at: start.planned) }
        if start == nil || start?.waiting != nil { try claimed.readWaiting(from: start?.waiting) }
        try claimed.readExpired()
    }

    /// Finds where the emails of a channel begin that are not held.
    static func start(_ database: Database, _ request: ClaimRequest) throws -> Start {
        var planned = try PlannedEmails(database, request)
        var claimed = ClaimedEmails(database, request)
        try claimed.readWaiting(from: nil, limit: 1)
        let place = try planned.place()
        return Start(planned: place, waiting: claimed.first, held: planned.held + claimed.held)
    }

    /// The next email; nil where there is none, or none before so many are passed over.
    mutating func next(passing limit: Int) throws -> DueEmail? {
        let first = try planned.first(passing: limit)
        if let second = claimed.first, first.map({ second.rank < $0.rank }) ?? true {
            return claimed.removeFirst()
        }
        if first != nil { planned.removeFirst() }
        return first
    }
}
