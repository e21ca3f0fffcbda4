import GRDBSQLite
import ScheduleStore
import SchedulingCore

/// The emails that a statement on `planned_emails` inserts, and the values of their columns.
final class PlannedEmailFeed {
    /// The type that SQLite knows the feed's address by.
    nonisolated(unsafe) static let typeName = UnsafeRawPointer(("planned-emails" as StaticString).utf8Start)
        .assumingMemoryBound(to: CChar.self)

    private(set) var current: PlannedEmail?
    /// Changes taken so far.
    private(set) var position = 0
    /// Emails handed out so far.
    private(set) var count = 0
    private let changes: ArraySlice<RowChange>
    private let runID: Int64
    private let texts: ChangeTexts
    private let dates = DateTexts(
        start: .allocate(capacity: 2 * DateTexts.slotSize))

    /// The insertions among some changes.
    init(_ changes: ArraySlice<RowChange>, runID: Int64, texts: ChangeTexts) {
        self.changes = changes
        self.runID = runID
        self.texts = texts
        position = changes.startIndex
    }

    deinit { dates.start.deallocate() }

    /// Goes to the next insertion.
    func advance() {
        while position < changes.endIndex {
            defer { position += 1 }
            guard case .insert(let email) = changes[position] else { continue }
            current = email
            count += 1
            return
        }
        current = nil
    }

    /// Gives SQLite the value of a column.
    func give(_ column: Int32, _ result: OpaquePointer?) {
        guard let email = current else { return }
        switch column {
        case 0: sqlite3_result_int64(result, email.contactID)
        case 1: give(texts.name(of: email.type), result)
        case 2: give(dates.write(email.date, slot: 0), result)
        case 3: give(texts.text(of: email.time), result)
        case 4: give(email.skipReason == nil ? texts.preScheduled : texts.skipped, result)
        case 5: give(email.skipReason.map { texts.text(of: $0) }, result)
        case 6: give(email.priority, result)
        case 7: give(email.instanceID, result)
        case 8: give(texts.text(of: email.emailTemplate), result)
        case 9: give(texts.text(of: email.smsTemplate), result)
        case 10: give(email.event.year.map(Int64.init), result)
        case 11: give(email.event.month.map(Int64.init), result)
        case 12: give(email.event.day.map(Int64.init), result)
        case 13: give(email.idealDate.map { dates.write($0, slot: 1) }, result)
        case 14: give(email.initialID, result)
        case 15, 18: give(texts.now, result)
        case 16: sqlite3_result_int64(result, runID)
        case 17: if let text = texts.metadata(of: email) { give(copying: text, result) }
        default: break
        }
    }

    @inline(__always)
    private func give(_ text: StayingText?, _ result: OpaquePointer?) {
        if let text { sqlite3_result_text(result, text.start, text.count, nil) }
    }

    @inline(__always)
    private func give(_ number: Int64?, _ result: OpaquePointer?) {
        if let number { sqlite3_result_int64(result, number) }
    }

    private func give(copying text: String, _ result: OpaquePointer?) {
        let bytes = Array(text.utf8CString)
        sqlite3_result_text(result, bytes, Int32(bytes.count - 1), RawStatement.copying)
    }
}
