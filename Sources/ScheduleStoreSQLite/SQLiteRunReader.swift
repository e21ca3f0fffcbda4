import GRDB
import ScheduleStore
import SchedulingCore

/// Reads contacts and their rows on a connection of its own, one short read transaction a call.
final class SQLiteRunReader: RunReader {
    private let path: String
    private let connection: DatabaseQueue
    /// Tables of behaviour and suppression that held nothing when the reader was made: a run on most files
    /// need not ask them for every batch.
    private let filledTables: BatchTables

    init(path: String, options: StoreOptions) throws {
        self.path = path
        connection = try DatabaseQueue(path: path, configuration: ConnectionSettings.reader(options))
        filledTables = try connection.read(BatchTables.filled)
    }

    func readBatch(
        after: Int64?, limit: Int, catalog: RunCatalog, into batch: inout ContactBatch
    ) throws -> Int64? {
        batch.removeAll()
        if after == .max { return nil }
        let first = after.map { $0 + 1 } ?? .min
        return try storing("read a batch of contacts", path: path) {
            try yieldingRead { database in
                let contacts = try ContactRows(database, catalog)
                try contacts.read(from: first, limit: max(1, limit), into: &batch.contacts)
                let isLast = batch.contacts.count < max(1, limit)
                let last = isLast ? Int64.max : batch.contacts[batch.contacts.count - 1].id
                try readRows(first...last, database, catalog, &batch)
                return isLast ? nil : last
            }
        }
    }

    func readContacts(ids: [Int64], catalog: RunCatalog, into batch: inout ContactBatch) throws {
        batch.removeAll()
        try storing("read contacts", path: path) {
            try yieldingRead { database in
                let contacts = try ContactRows(database, catalog)
                for range in IDRanges(ids) {
                    try contacts.read(in: range, into: &batch.contacts)
                    try readRows(range, database, catalog, &batch)
                }
            }
        }
    }

    func contactIDs(campaignInstanceID: Int64, after: Int64?, limit: Int) throws -> [Int64] {
        try storing("list the contacts of a campaign", path: path) {
            try connection.read { database in
                try Int64.fetchAll(
                    database,
                    sql: """
                        SELECT contact_id FROM (
                            SELECT contact_id FROM contact_campaigns WHERE campaign_instance_id = ?1
                            UNION SELECT contact_id FROM email_schedules
                                WHERE campaign_instance_id = ?1 AND +status IN ('pre-scheduled', 'skipped'))
                        WHERE contact_id > ?2 ORDER BY contact_id LIMIT ?3
                        """, arguments: [campaignInstanceID, after ?? .min, limit])
            }
        }
    }

    func close() { try? connection.close() }

    private func yieldingRead<Result>(_ body: (Database) throws -> Result) throws -> Result {
        try connection.read { database in try database.yielding { try body(database) } }
    }

    private func readRows(
        _ range: ClosedRange<Int64>, _ database: Database, _ catalog: RunCatalog, _ batch: inout ContactBatch
    ) throws {
        let emails = try EmailRows(database, catalog, readsTrackingIDs: filledTables.contains(.clicks))
        try emails.read(range, into: &batch.rows)
        if filledTables.contains(.targets) { try TargetRows.read(range, database, into: &batch.targets) }
        if filledTables.contains(.suppressions) {
            try SuppressionRows.read(range, database, into: &batch.suppressions)
        }
        if filledTables.contains(.clicks) {
            try BehaviourRows.readClicks(range, database, catalog, into: &batch.behaviours)
        }
        let clicks = batch.behaviours.count
        if filledTables.contains(.strayClicks) {
            try BehaviourRows.readStrayClicks(range, database, catalog, into: &batch.behaviours)
        }
        if filledTables.contains(.events) {
            try BehaviourRows.readAnswers(range, database, catalog, into: &batch.behaviours)
        }
        if clicks < batch.behaviours.count { batch.behaviours.sort { $0.contactID < $1.contactID } }
        try SmoothingTable.read(range, database, into: &batch.smoothingShares)
    }
}

/// The tables beside contacts and schedules that a batch is read from.
struct BatchTables: OptionSet {
    let rawValue: UInt8

    static let targets = BatchTables(rawValue: 1)
    static let suppressions = BatchTables(rawValue: 2)
    static let clicks = BatchTables(rawValue: 4)
    static let events = BatchTables(rawValue: 8)
    static let strayClicks = BatchTables(rawValue: 16)

    /// Those that hold a row.
    static func filled(_ database: Database) throws -> BatchTables {
        var filled: BatchTables = []
        let tables: [(String, BatchTables)] = [
            ("contact_campaigns", .targets), ("suppressions", .suppressions), ("tracking_clicks", .clicks),
            ("contact_events", .events), (BehaviourRows.strayClicks, .strayClicks),
        ]
        for (name, table) in tables
        where try Bool.fetchOne(database, sql: "SELECT EXISTS (SELECT 1 FROM \(name))") ?? false {
            filled.insert(table)
        }
        return filled
    }
}

/// Ascending ids as the ranges of neighbours among them.
struct IDRanges: Sequence, IteratorProtocol {
    private let ids: [Int64]
    private var position = 0

    init(_ ids: [Int64]) { self.ids = ids }

    mutating func next() -> ClosedRange<Int64>? {
        guard position < ids.count else { return nil }
        let first = ids[position]
        var last = first
        position += 1
        while position < ids.count, last < .max, ids[position] == last + 1 || ids[position] == last {
            last = ids[position]
            position += 1
        }
        return first...last
    }
}
