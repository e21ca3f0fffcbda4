import GRDB
import GRDBSQLite

/// A table-valued function `name(feed)` whose rows come from a `RowFeed`.
///
/// With it one statement inserts many rows. Beginning and ending a statement (cursors on the table and its indexes,
/// the row of `sqlite_sequence`) costs as much again as inserting a row.
struct FeedTable {
    /// Emails that a run has decided.
    static let plannedEmails = FeedTable(
        name: "planned_emails",
        columns: """
            contact_id, email_type, scheduled_send_date, scheduled_send_time, status, skip_reason, priority, \
            campaign_instance_id, email_template, sms_template, event_year, event_month, event_day, \
            ideal_send_date, initial_schedule_id, updated_at, scheduler_run_id, metadata, created_at
            """, target: "email_schedules")
    /// Contacts that an import adds.
    static let newContacts = FeedTable(
        name: "new_contacts", columns: ContactTable.columns, target: "contacts")

    /// The function's name.
    let name: String
    /// The columns of its rows, in order.
    let columns: String
    /// The table that the rows are for.
    let target: String

    /// Inserts every row of a feed.
    var insertion: String { "INSERT INTO \(target) (\(columns)) SELECT \(columns) FROM \(name)(?)" }

    /// Makes both known to a connection.
    static func register(_ database: Database) throws {
        for table in [plannedEmails, newContacts] {
            let declaration = Unmanaged.passRetained(Declaration(table))
            let code = sqlite3_create_module_v2(
                database.sqliteConnection, table.name, module, declaration.toOpaque()
            ) { address in
                if let address { Unmanaged<Declaration>.fromOpaque(address).release() }
            }
            guard code == SQLITE_OK else { throw DatabaseError(resultCode: ResultCode(rawValue: code)) }
        }
    }

    /// Inserts every row of a feed, and returns how many there were.
    func insert(_ feed: RowFeed, _ statement: RawStatement) throws -> Int {
        defer { statement.unbind() }
        try withExtendedLifetime(feed) {
            statement.bind(1, address: Unmanaged.passUnretained(feed).toOpaque(), type: RowFeed.typeName)
            try statement.run()
        }
        return feed.count
    }

    /// What a connection keeps of a function.
    private final class Declaration {
        let sql: String
        /// The position of the hidden column that the argument goes to.
        let feedColumn: Int32

        init(_ table: FeedTable) {
            sql = "CREATE TABLE \(table.name) (\(table.columns), feed HIDDEN)"
            feedColumn = Int32(table.columns.split(separator: ",").count)
        }
    }

    private struct Table {
        var base = sqlite3_vtab()
        let feedColumn: Int32
    }

    private struct Cursor {
        var base = sqlite3_vtab_cursor()
        /// The feed that rows come from, kept by whoever bound it.
        var feed: UnsafeMutableRawPointer?
    }

    /// Tables without storage that are there in every schema and need no CREATE.
    nonisolated(unsafe) private static let module: UnsafePointer<sqlite3_module> = {
        let module = UnsafeMutablePointer<sqlite3_module>.allocate(capacity: 1)
        module.initialize(to: sqlite3_module())
        module.pointee.xConnect = { database, declaration, _, _, table, _ in
            guard let declaration, let table else { return SQLITE_MISUSE }
            let known = Unmanaged<Declaration>.fromOpaque(declaration).takeUnretainedValue()
            let code = sqlite3_declare_vtab(database, known.sql)
            guard code == SQLITE_OK else { return code }
            let made = UnsafeMutablePointer<Table>.allocate(capacity: 1)
            made.initialize(to: Table(feedColumn: known.feedColumn))
            table.pointee = UnsafeMutableRawPointer(made).assumingMemoryBound(to: sqlite3_vtab.self)
            return SQLITE_OK
        }
        module.pointee.xDisconnect = { table in
            table?.deallocate()
            return SQLITE_OK
        }
        module.pointee.xBestIndex = { table, plan in
            guard let table, let plan else { return SQLITE_MISUSE }
            return FeedTable.plan(plan, feedColumn: UnsafeRawPointer(table).load(as: Table.self).feedColumn)
        }
        module.pointee.xOpen = { _, cursor in
            let opened = UnsafeMutablePointer<Cursor>.allocate(capacity: 1)
            opened.initialize(to: Cursor())
            cursor?.pointee = UnsafeMutableRawPointer(opened).assumingMemoryBound(
                to: sqlite3_vtab_cursor.self)
            return SQLITE_OK
        }
        module.pointee.xClose = { cursor in
            cursor?.deallocate()
            return SQLITE_OK
        }
        module.pointee.xFilter = { cursor, _, _, _, arguments in
            guard let cursor, let feed = sqlite3_value_pointer(arguments?[0], RowFeed.typeName) else {
                return SQLITE_MISUSE
            }
            cursor.withMemoryRebound(to: Cursor.self, capacity: 1) { $0.pointee.feed = feed }
            return FeedTable.advance(cursor)
        }
        module.pointee.xNext = { FeedTable.advance($0) }
        module.pointee.xEof = { FeedTable.feed(of: $0)?.isAtEnd ?? true ? 1 : 0 }
        module.pointee.xColumn = { cursor, result, column in
            FeedTable.feed(of: cursor)?.give(column, result)
            return SQLITE_OK
        }
        module.pointee.xRowid = { cursor, id in
            id?.pointee = Int64(FeedTable.feed(of: cursor)?.count ?? 0)
            return SQLITE_OK
        }
        return UnsafePointer(module)
    }()

    @inline(__always)
    private static func feed(of cursor: UnsafeMutablePointer<sqlite3_vtab_cursor>?) -> RowFeed? {
        cursor?.withMemoryRebound(to: Cursor.self, capacity: 1) { cursor in
            cursor.pointee.feed.map { Unmanaged<RowFeed>.fromOpaque($0).takeUnretainedValue() }
        }
    }

    private static func advance(_ cursor: UnsafeMutablePointer<sqlite3_vtab_cursor>?) -> Int32 {
        guard let feed = feed(of: cursor) else { return SQLITE_MISUSE }
        feed.advance()
        if !feed.isAtEnd { feed.count += 1 }
        return SQLITE_OK
    }

    /// Accepts only a query that gives the feed.
    private static func plan(_ plan: UnsafeMutablePointer<sqlite3_index_info>, feedColumn: Int32) -> Int32 {
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
