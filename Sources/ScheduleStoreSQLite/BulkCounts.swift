import GRDB
import SchedulingCore

/// Counts the rows that a run adds, changes and removes, where triggers would take too long (`TriggerSwitch`): sums in
/// memory, stored once, in the transaction that has the rows.
///
/// A contact's state is the run's own finding as long as no contact has moved since the run began; else it is looked
/// up, because what is taken off when the contact moves on must be what was added.
final class BulkCounts {
    /// A row as it stands.
    private struct Standing {
        let email: CountSums.Email
        let contactID: Int64
        let exclusion: String
        /// What became of it, where it is a campaign's.
        let fate: CountSums.Fate?
    }

    private let database: Database
    private let catalog: RunCatalog
    private let trustsStates: Bool
    private let row: RawStatement
    private let fate: RawStatement
    private let place: RawStatement

    /// Added emails by type and reason, each with its days: at `type code * width + reason rank + 1`.
    private var added: [(type: EmailType, days: DayCounts)?] = []
    /// Added emails by state and exclusion: at `state index * width + reason rank + 1`.
    private var addedPlaces = [(state: StateCode, count: Int)?](
        repeating: nil, count: StateCode.count * width)
    private var sums = CountSums()
    private var lastPlace: (contactID: Int64, state: String?)?

    private static let width = SkipReason.allCases.count + 1

    /// - Parameter moves: `BulkCounts.moves` as it was before the run read its first contact; nil where that is not
    ///   known.
    init(_ database: Database, catalog: RunCatalog, moves: Int64?) throws {
        self.database = database
        self.catalog = catalog
        trustsStates = try moves == BulkCounts.moves(database)
        row = try RawStatement(
            """
            SELECT ifnull(email_type, ''), ifnull(status, ''), ifnull(skip_reason, ''),
                ifnull(scheduled_send_date, ''), contact_id, \(CountSchema.exclusion("email_schedules")),
                campaign_instance_id IS NOT NULL
            FROM email_schedules WHERE id = ?
            """, database)
        fate = try RawStatement(CountSums.Fate.selection, database)
        place = try RawStatement("SELECT state FROM contact_states WHERE contact_id = ?", database)
    }

    /// How often contacts have changed their state, or gone.
    static func moves(_ database: Database) throws -> Int64? {
        try Int64.fetchOne(database, sql: "SELECT moves FROM contact_counts")
    }

    // MARK: Counting

    /// Counts an email that is added.
    @inline(__always)
    func add(_ email: PlannedEmail) throws {
        let reason = email.skipReason.map { $0.rank + 1 } ?? 0
        let kind = Int(email.type.code) * BulkCounts.width + reason
        if kind >= added.count { added += Array(repeating: nil, count: kind + 1 - added.count) }
        if added[kind] == nil { added[kind] = (email.type, DayCounts(around: catalog.today)) }
        added[kind]?.days[email.date] += 1
        let isExcluded = email.skipReason?.isExclusion ?? false
        if trustsStates, let state = email.state {
            let position = Int(state.index) * BulkCounts.width + (isExcluded ? reason : 0)
            addedPlaces[position] = (state, (addedPlaces[position]?.count ?? 0) + 1)
        } else if let state = try state(ofContact: email.contactID) {
            let exclusion = isExcluded ? email.skipReason?.rawValue ?? "" : ""
            sums.places[.init(state: state, exclusion: exclusion), default: 0] += 1
        }
        if let instanceID = email.instanceID {
            var counts = sums.campaigns[instanceID] ?? CountSums.noFate
            if email.skipReason == nil { counts[0] += 1 }
            sums.campaigns[instanceID] = counts
        }
    }

    /// Counts what a statement makes of a row: changes it, removes it, or leaves it alone.
    ///
    /// - Parameter body: Runs the statement, and tells how many rows it changed.
    func change(_ rowID: Int64, _ body: () throws -> Int) throws -> Int {
        let before = try standing(rowID)
        let changed = try body()
        if changed > 0 {
            if let before { try count(before, -1) }
            if let after = try standing(rowID) { try count(after, +1) }
        }
        return changed
    }

    private func standing(_ rowID: Int64) throws -> Standing? {
        row.bind(1, rowID)
        defer { row.reset() }
        guard try row.step() else { return nil }
        let email = CountSums.Email(
            type: row.text(0) ?? "", status: row.text(1) ?? "", skipReason: row.text(2) ?? "",
            date: row.text(3) ?? "")
        return Standing(
            email: email, contactID: row.integer(4), exclusion: row.text(5) ?? "",
            fate: row.integer(6) != 0 ? try CountSums.Fate(ofEmail: rowID, fate) : nil)
    }

    private func count(_ standing: Standing, _ sign: Int) throws {
        sums.emails[standing.email, default: 0] += sign
        if let state = try state(ofContact: standing.contactID) {
            sums.places[.init(state: state, exclusion: standing.exclusion), default: 0] += sign
        }
        if let fate = standing.fate { sums.add(fate, sign) }
    }

    private func state(ofContact id: Int64) throws -> String? {
        if let lastPlace, lastPlace.contactID == id { return lastPlace.state }
        place.bind(1, id)
        defer { place.reset() }
        let state = try place.step() ? place.text(0) : nil
        lastPlace = (id, state)
        return state
    }

    // MARK: Storing

    /// Stores the sums.
    func store() throws {
        putTogether()
        try sums.store(database)
    }

    /// Gives what was counted by numbers its names.
    private func putTogether() {
        for (position, sum) in added.enumerated() {
            guard let sum else { continue }
            let reason = BulkCounts.reason(at: position)
            for (day, count) in sum.days.entries {
                let email = CountSums.Email(
                    type: catalog.name(of: sum.type), status: reason == nil ? "pre-scheduled" : "skipped",
                    skipReason: reason?.rawValue ?? "", date: day.description)
                sums.emails[email, default: 0] += count
            }
        }
        for (position, sum) in addedPlaces.enumerated() {
            guard let sum else { continue }
            let exclusion = BulkCounts.reason(at: position)?.rawValue ?? ""
            sums.places[.init(state: sum.state.description, exclusion: exclusion), default: 0] += sum.count
        }
    }

    private static func reason(at position: Int) -> SkipReason? {
        let rank = position % width
        return rank == 0 ? nil : SkipReason.allCases[rank - 1]
    }
}
