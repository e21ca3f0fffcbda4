import GRDB
import GRDBSQLite
import ScheduleStore
import SchedulingCore

/// Carries changes out inside a transaction: deletions, then expiries and updates, then insertions. A row that
/// has been committed since the run read it is left alone (SPEC 11).
struct ChangeApplier {
    private let database: Database
    private let runID: Int64
    private let catalog: RunCatalog
    private let texts: ChangeTexts
    /// Counts what triggers do not; nil where they do.
    private let counts: BulkCounts?
    private let deletion: RawStatement
    private let expiry: RawStatement
    private let update: RawStatement
    private let insertion: RawStatement
    private let target: RawStatement

    private static let isOpen = "status IN ('pre-scheduled', 'skipped')"

    init(
        _ database: Database, runID: Int64, catalog: RunCatalog, texts: ChangeTexts, counts: BulkCounts? = nil
    ) throws {
        self.database = database
        self.runID = runID
        self.catalog = catalog
        self.texts = texts
        self.counts = counts
        let isOpen = ChangeApplier.isOpen
        deletion = try RawStatement("DELETE FROM email_schedules WHERE id = ? AND +\(isOpen)", database)
        expiry = try RawStatement(
            """
            UPDATE email_schedules SET status = ?, skip_reason = ?, updated_at = ?, scheduler_run_id = ?
            WHERE id = ? AND +\(isOpen)
            """, database)
        update = try RawStatement(
            """
            UPDATE email_schedules SET contact_id = ?, email_type = ?, scheduled_send_date = ?,
                scheduled_send_time = ?, status = ?, skip_reason = ?, priority = ?, campaign_instance_id = ?,
                email_template = ?, sms_template = ?, event_year = ?, event_month = ?, event_day = ?,
                ideal_send_date = ?, initial_schedule_id = ?, updated_at = ?, scheduler_run_id = ?,
                metadata = ifnull(?, metadata)
            WHERE id = ? AND +\(isOpen)
            """, database)
        insertion = try RawStatement(FeedTable.plannedEmails.insertion, database)
        target = try RawStatement("UPDATE contact_campaigns SET status = ? WHERE id = ?", database)
    }

    /// Carries out the changes of contacts, each contact whole.
    func apply(_ changes: ArraySlice<RowChange>) throws -> ChangeCounts {
        defer { unbind() }
        var done = ChangeCounts()
        for change in changes {
            guard case .delete(let id) = change else { continue }
            deletion.bind(1, id)
            done.deleted += try run(deletion, onRow: id)
        }
        for change in changes {
            switch change {
            case .expire(let id): done.updated += try expire(id)
            case .update(let id, let email): done.updated += try rewrite(id, email)
            case .target(let id, let isSkipped): done.targets += try mark(id, isSkipped)
            case .delete, .insert: break
            }
        }
        done.inserted += try insert(changes)
        return done
    }

    private func insert(_ changes: ArraySlice<RowChange>) throws -> Int {
        let feed = PlannedEmailFeed(changes, runID: runID, texts: texts)
        let count = try FeedTable.plannedEmails.insert(feed, insertion)
        if let counts {
            for change in changes {
                if case .insert(let email) = change { try counts.add(email) }
            }
        }
        return count
    }

    private func expire(_ id: Int64) throws -> Int {
        expiry.bind(1, staying: texts.skipped)
        expiry.bind(2, staying: texts.expired)
        expiry.bind(3, staying: texts.now)
        expiry.bind(4, runID)
        expiry.bind(5, id)
        return try run(expiry, onRow: id)
    }

    private func rewrite(_ id: Int64, _ email: PlannedEmail) throws -> Int {
        try withDates { dates in
            bind(email, to: update, dates)
            update.bind(16, staying: texts.now)
            update.bind(17, runID)
            update.bind(19, id)
            return try run(update, onRow: id)
        }
    }

    private func mark(_ id: Int64, _ isSkipped: Bool) throws -> Int {
        target.bind(1, staying: isSkipped ? texts.skipped : texts.scheduled)
        target.bind(2, id)
        return try run(target)
    }

    /// Runs a statement on an email, and counts what comes of it.
    private func run(_ statement: RawStatement, onRow id: Int64) throws -> Int {
        guard let counts else { return try run(statement) }
        return try counts.change(id) { try run(statement) }
    }

    /// Runs a statement and tells how many rows it changed.
    private func run(_ statement: RawStatement) throws -> Int {
        try statement.run()
        return Int(sqlite3_changes(database.sqliteConnection))
    }

    /// Binds the produced columns.
    @inline(__always)
    private func bind(_ email: PlannedEmail, to statement: RawStatement, _ dates: DateTexts) {
        statement.bind(1, email.contactID)
        statement.bind(2, staying: texts.name(of: email.type))
        statement.bind(3, staying: dates.write(email.date, slot: 0))
        statement.bind(4, staying: texts.text(of: email.time))
        statement.bind(5, staying: email.skipReason == nil ? texts.preScheduled : texts.skipped)
        statement.bind(6, staying: email.skipReason.map { texts.text(of: $0) })
        statement.bind(7, email.priority)
        statement.bind(8, email.instanceID)
        statement.bind(9, staying: texts.text(of: email.emailTemplate))
        statement.bind(10, staying: texts.text(of: email.smsTemplate))
        statement.bind(11, email.event.year.map(Int64.init))
        statement.bind(12, email.event.month.map(Int64.init))
        statement.bind(13, email.event.day.map(Int64.init))
        statement.bind(14, staying: email.idealDate.map { dates.write($0, slot: 1) })
        statement.bind(15, email.initialID)
        statement.bind(18, texts.metadata(of: email))
    }

    private func withDates<Result>(_ body: (DateTexts) throws -> Result) rethrows -> Result {
        try withUnsafeTemporaryAllocation(of: CChar.self, capacity: 2 * DateTexts.slotSize) { buffer in
            try body(DateTexts(start: buffer.baseAddress ?? DateTexts.nowhere))
        }
    }

    /// Takes the addresses of texts out of the statements before those go.
    private func unbind() {
        for statement in [expiry, update, target] { statement.unbind() }
    }
}

/// Dates as text in a buffer of two slots, for binding.
struct DateTexts {
    static let slotSize = 16
    nonisolated(unsafe) static let nowhere = UnsafeMutablePointer<CChar>.allocate(capacity: 2 * slotSize)

    let start: UnsafeMutablePointer<CChar>

    /// Writes a date as `YYYY-MM-DD` into a slot.
    @inline(__always)
    func write(_ date: CivilDate, slot: Int) -> StayingText {
        let text = start + slot * DateTexts.slotSize
        let (year, month, day) = date.components
        put(year / 100, text, 0)
        put(year % 100, text, 2)
        text[4] = 45
        put(month, text, 5)
        text[7] = 45
        put(day, text, 8)
        return StayingText(start: text, count: 10)
    }

    @inline(__always)
    private func put(_ number: Int, _ text: UnsafeMutablePointer<CChar>, _ position: Int) {
        text[position] = CChar(truncatingIfNeeded: 48 + number / 10 % 10)
        text[position + 1] = CChar(truncatingIfNeeded: 48 + number % 10)
    }
}
