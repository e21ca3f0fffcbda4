import GRDB
import GRDBSQLite

/// The insertions among some changes as a table that SQL can select from: `planned_emails(?)`, where the argument is
/// a `PlannedEmailFeed`.
///
/// One statement inserts all of them, instead of one statement for each. Beginning and ending a statement (cursors on
/// the table and its indexes, the row of `sqlite_sequence`) costs as much again as inserting a row.
enum PlannedEmailTable {
    /// The columns that are inserted, in order.
    static let columns = """
        contact_id, email_type, scheduled_send_date, scheduled_send_time, status, skip_reason, priority, \
        campaign_instance_id, email_template, sms_template, event_year, event_month, event_day, ideal_send_date, \
        initial_schedule_id, updated_at, scheduler_run_id, metadata, created_at
        """
    /// Inserts everything that a feed holds.
    static let insertion = """
        INSERT INTO email_schedules (\(columns)) SELECT \(columns) FROM planned_emails(?)
        """
    /// The position of the hidden column that the argument goes to.
    private static let feedColumn: Int32 = 19

    /// Makes the table known to a connection.
    static func register(_ database: Database) throws {
        let code = sqlite3_create_module_v2(database.sqliteConnection, "planned_emails", module, nil, nil)
        guard code == SQLITE_OK else { throw DatabaseError(resultCode: ResultCode(rawValue: code)) }
    }

    /// A table without storage, that is there in every schema and needs no CREATE.
    nonisolated(unsafe) private static let module: UnsafePointer<sqlite3_module> = {
        let module = UnsafeMutablePointer<sqlite3_module>.allocate(capacity: 1)
        module.initialize(to: sqlite3_module())
        module.pointee.xConnect = { database, _, _, _, table, _ in
            let code = sqlite3_declare_vtab(
                database, "CREATE TABLE planned_emails (\(PlannedEmailTable.columns), feed HIDDEN)")
            guard code == SQLITE_OK, let table else { return code }
            table.pointee = .allocate(capacity: 1)
            table.pointee?.initialize(to: sqlite3_vtab())
            return SQLITE_OK
        }
        module.pointee.xDisconnect = { table in
            table?.deallocate()
            return SQLITE_OK
        }
        module.pointee.xBestIndex = { _, plan in plan.map(PlannedEmailTable.plan) ?? SQLITE_MISUSE }
        module.pointee.xOpen = { _, cursor in
            let opened = UnsafeMutablePointer<Cursor>.allocate(capacity: 1)
            opened.initialize(to: Cursor(base: sqlite3_vtab_cursor(), feed: nil))
            cursor?.pointee = UnsafeMutableRawPointer(opened).assumingMemoryBound(
                to: sqlite3_vtab_cursor.self)
            return SQLITE_OK
        }
        module.pointee.xClose = { cursor in
            cursor?.deallocate()
            return SQLITE_OK
        }
        module.pointee.xFilter = { cursor, _, _, _, arguments in
            guard let cursor, let address = sqlite3_value_pointer(arguments?[0], PlannedEmailFeed.typeName)
            else { return SQLITE_MISUSE }
            cursor.withMemoryRebound(to: Cursor.self, capacity: 1) { $0.pointee.feed = address }
            PlannedEmailTable.feed(of: cursor)?.advance()
            return SQLITE_OK
        }
        module.pointee.xNext = { cursor in
            PlannedEmailTable.feed(of: cursor)?.advance()
            return SQLITE_OK
        }
        module.pointee.xEof = { cursor in PlannedEmailTable.feed(of: cursor)?.current == nil ? 1 : 0 }
        module.pointee.xColumn = { cursor, result, column in
            PlannedEmailTable.feed(of: cursor)?.give(column, result)
            return SQLITE_OK
        }
        module.pointee.xRowid = { cursor, id in
            id?.pointee = Int64(PlannedEmailTable.feed(of: cursor)?.position ?? 0)
            return SQLITE_OK
        }
        return UnsafePointer(module)
    }()

    private struct Cursor {
        var base: sqlite3_vtab_cursor
        /// The `PlannedEmailFeed` that rows come from, kept by whoever bound it.
        var feed: UnsafeMutableRawPointer?
    }

    @inline(__always)
    private static func feed(of cursor: UnsafeMutablePointer<sqlite3_vtab_cursor>?) -> PlannedEmailFeed? {
        cursor?.withMemoryRebound(to: Cursor.self, capacity: 1) { cursor in
            cursor.pointee.feed.map { Unmanaged<PlannedEmailFeed>.fromOpaque($0).takeUnretainedValue() }
        }
    }

    /// Accepts only a query that gives the feed.
    private static func plan(_ plan: UnsafeMutablePointer<sqlite3_index_info>) -> Int32 {
        for position in 0..<Int(plan.pointee.nConstraint) {
            let constraint = plan.pointee.aConstraint[position]
            guard constraint.iColumn == feedColumn, constraint.usable != 0,
                constraint.op == UInt8(SQLITE_INDEX_CONSTRAINT_EQ)
            else { continue }
            plan.pointee.aConstraintUsage[position].argvIndex = 1
            plan.pointee.aConstraintUsage[position].omit = 1
            return SQLITE_OK
        }
        return SQLITE_CONSTRAINT
    }
}
