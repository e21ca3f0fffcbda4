import GRDB
import SchedulingCore

/// The table `smoothing_shares`: for which ideal date each contact is counted in `run_day_counts` (SPEC 6, 11). A partial
/// run takes a contact out of those counts before it counts it anew.
///
/// A row has the shares of 256 neighbouring ids, so that a run that looks at every contact does not have to step through
/// as many rows here too. Of each share there is the last byte of the id and the day number in four bytes, the
/// lowest first; ids ascend.
enum SmoothingTable {
    private static let shareBytes = 5

    /// What `organization-8` brings, frozen. What was counted before is inferred from the rows as they are.
    static func create(_ database: Database) throws {
        try database.execute(
            sql: "CREATE TABLE smoothing_shares (block INTEGER PRIMARY KEY NOT NULL, shares BLOB NOT NULL)")
        let rows = try RawStatement(
            """
            SELECT contact_id, max(ideal_send_date) FROM email_schedules
            WHERE email_type = 'effective_date' AND contact_id IS NOT NULL
                AND EXISTS (SELECT 1 FROM run_day_counts)
                AND NOT (status = 'skipped' AND ifnull(skip_reason, '') IN ('suppressed', 'year_round_exclusion',
                    'birthday_window', 'effective_date_window', 'age_76_plus', 'missing_anchor'))
            GROUP BY contact_id ORDER BY contact_id
            """, database)
        var shares: [SmoothingShare] = []
        while try rows.step() {
            guard let day = CivilDate(rows.bytes(1).span) else { continue }
            shares.append(SmoothingShare(contactID: rows.integer(0), idealDate: day))
        }
        try store(shares, database)
    }

    /// The shares of the contacts in a range, in order of contacts.
    static func read(
        _ range: ClosedRange<Int64>, _ database: Database, into shares: inout [SmoothingShare]
    ) throws {
        let blocks = try RawStatement(
            "SELECT block, shares FROM smoothing_shares WHERE block >= ? AND block <= ? ORDER BY block",
            database)
        blocks.bind(1, block(of: range.lowerBound))
        blocks.bind(2, block(of: range.upperBound))
        while try blocks.step() {
            forEachShare(blocks.blob(1), of: blocks.integer(0)) { share in
                if range.contains(share.contactID) { shares.append(share) }
            }
        }
    }

    /// Replaces the shares of some contacts, in order of contacts.
    static func store(_ changes: [SmoothingShare], _ database: Database) throws {
        var left = changes[...]
        while let first = left.first {
            let block = block(of: first.contactID)
            let count = left.prefix { self.block(of: $0.contactID) == block }.count
            try store(left.prefix(count), ofBlock: block, database)
            left = left.dropFirst(count)
        }
    }

    private static func store(
        _ changes: ArraySlice<SmoothingShare>, ofBlock block: Int64, _ database: Database
    ) throws {
        let standing = try RawStatement("SELECT shares FROM smoothing_shares WHERE block = ?", database)
        standing.bind(1, block)
        let before = try standing.step() ? standing.blob(0) : []
        standing.reset()
        var after: [UInt8] = []
        var left = changes
        func append(_ share: SmoothingShare) {
            guard let day = share.idealDate else { return }
            after.append(UInt8(truncatingIfNeeded: share.contactID))
            withUnsafeBytes(of: day.dayNumber.littleEndian) { after.append(contentsOf: $0) }
        }
        forEachShare(before, of: block) { share in
            while let change = left.first, change.contactID < share.contactID {
                append(change)
                left.removeFirst()
            }
            if let change = left.first, change.contactID == share.contactID {
                append(change)
                left.removeFirst()
            } else {
                append(share)
            }
        }
        for change in left { append(change) }
        let sql =
            after.isEmpty
            ? "DELETE FROM smoothing_shares WHERE block = ?1"
            : "INSERT INTO smoothing_shares VALUES (?1, ?2) ON CONFLICT DO UPDATE SET shares = excluded.shares"
        let change = try RawStatement(sql, database)
        change.bind(1, block)
        if !after.isEmpty { change.bind(2, bytes: after) }
        try change.run()
    }

    private static func block(of id: Int64) -> Int64 { id >> 8 }

    private static func forEachShare(
        _ bytes: [UInt8], of block: Int64, _ body: (SmoothingShare) -> Void
    ) {
        for start in stride(from: 0, to: bytes.count - shareBytes + 1, by: shareBytes) {
            let day = (1..<shareBytes).reversed().reduce(UInt32(0)) { $0 << 8 | UInt32(bytes[start + $1]) }
            body(
                SmoothingShare(
                    contactID: block << 8 | Int64(bytes[start]),
                    idealDate: CivilDate(dayNumber: Int32(bitPattern: day))))
        }
    }
}
