import GRDB
import SchedulingCore

/// Counts the rows that a run adds, changes and removes, where triggers would take too long (`TriggerSwitch`): sums in
/// memory, stored once, in the transaction that has the rows.
///
/// A contact's state is the run's own finding as long as no contact has moved since the run began; else it is looked
/// up, because what is taken off when the contact moves on must be what was added.
final class BulkCounts {
    private struct Email: Hashable {
        let type: String
        let status: String
        let skipReason: String
        let date: String
    }

    private struct Place: Hashable {
        let state: String
        let exclusion: String
    }

    /// A row as it stands.
    private struct Standing {
        let email: Email
        let contactID: Int64
        let exclusion: String
        /// What became of it, where it is a campaign's.
        let fate: (instanceID: Int64, counts: [Int])?
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
    private var emails: [Email: Int] = [:]
    private var places: [Place: Int] = [:]
    private var campaigns: [Int64: [Int]] = [:]
    private var lastPlace: (contactID: Int64, state: String?)?

    private static let width = SkipReason.allCases.count + 1
    private static let fates = CountSchema.fates

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
        let columns = BulkCounts.fates.joined(separator: ", ")
        fate = try RawStatement(
            "SELECT campaign_instance_id, \(columns) FROM campaign_emails WHERE id = ?", database)
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
            places[Place(state: state, exclusion: exclusion), default: 0] += 1
        }
        if let instanceID = email.instanceID {
            var counts = campaigns[instanceID] ?? BulkCounts.nothing
            if email.skipReason == nil { counts[0] += 1 }
            campaigns[instanceID] = counts
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
        let email = Email(
            type: row.text(0) ?? "", status: row.text(1) ?? "", skipReason: row.text(2) ?? "",
            date: row.text(3) ?? "")
        return Standing(
            email: email, contactID: row.integer(4), exclusion: row.text(5) ?? "",
            fate: row.integer(6) != 0 ? try fate(rowID) : nil)
    }

    private func fate(_ rowID: Int64) throws -> (instanceID: Int64, counts: [Int])? {
        fate.bind(1, rowID)
        defer { fate.reset() }
        guard try fate.step() else { return nil }
        return (fate.integer(0), BulkCounts.fates.indices.map { Int(fate.integer(Int32($0) + 1)) })
    }

    private func count(_ standing: Standing, _ sign: Int) throws {
        emails[standing.email, default: 0] += sign
        if let state = try state(ofContact: standing.contactID) {
            places[Place(state: state, exclusion: standing.exclusion), default: 0] += sign
        }
        if let (instanceID, counts) = standing.fate {
            let sum = campaigns[instanceID] ?? BulkCounts.nothing
            campaigns[instanceID] = zip(sum, counts).map { $0 + sign * $1 }
        }
    }

    private func state(ofContact id: Int64) throws -> String? {
        if let lastPlace, lastPlace.contactID == id { return lastPlace.state }
        place.bind(1, id)
        defer { place.reset() }
        let state = try place.step() ? place.text(0) : nil
        lastPlace = (id, state)
        return state
    }

    private static let nothing = [Int](repeating: 0, count: fates.count)

    // MARK: Storing

    /// Stores the sums.
    func store() throws {
        putTogether()
        let email = try RawStatement(
            """
            INSERT INTO schedule_counts VALUES (?, ?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET count = count + excluded.count
            """, database)
        for (key, count) in emails where count != 0 {
            email.bind(1, key.type)
            email.bind(2, key.status)
            email.bind(3, key.skipReason)
            email.bind(4, key.date)
            email.bind(5, Int64(count))
            try email.run()
        }
        let place = try RawStatement(
            """
            INSERT INTO state_counts VALUES (?, ?, ?)
            ON CONFLICT DO UPDATE SET count = count + excluded.count
            """, database)
        for (key, count) in places where count != 0 {
            place.bind(1, key.state)
            place.bind(2, key.exclusion)
            place.bind(3, Int64(count))
            try place.run()
        }
        let campaign = try RawStatement(
            """
            INSERT INTO campaign_counts VALUES (?\(String(repeating: ", ?", count: BulkCounts.fates.count)))
            ON CONFLICT DO UPDATE SET
                \(BulkCounts.fates.map { "\($0) = \($0) + excluded.\($0)" }.joined(separator: ", "))
            """, database)
        for (instanceID, counts) in campaigns {
            campaign.bind(1, instanceID)
            for (position, count) in counts.enumerated() { campaign.bind(Int32(position) + 2, Int64(count)) }
            try campaign.run()
        }
    }

    /// Gives what was counted by numbers its names.
    private func putTogether() {
        for (position, sum) in added.enumerated() {
            guard let sum else { continue }
            let reason = BulkCounts.reason(at: position)
            for (day, count) in sum.days.entries {
                let email = Email(
                    type: catalog.name(of: sum.type), status: reason == nil ? "pre-scheduled" : "skipped",
                    skipReason: reason?.rawValue ?? "", date: day.description)
                emails[email, default: 0] += count
            }
        }
        for (position, sum) in addedPlaces.enumerated() {
            guard let sum else { continue }
            let exclusion = BulkCounts.reason(at: position)?.rawValue ?? ""
            places[Place(state: sum.state.description, exclusion: exclusion), default: 0] += sum.count
        }
    }

    private static func reason(at position: Int) -> SkipReason? {
        let rank = position % width
        return rank == 0 ? nil : SkipReason.allCases[rank - 1]
    }
}
