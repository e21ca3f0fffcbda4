import GRDBSQLite
import ScheduleStore
import SchedulingCore

/// The insertions among some changes: the rows of `FeedTable.plannedEmails`.
final class PlannedEmailFeed: RowFeed {
    override var isAtEnd: Bool { current == nil }

    private var current: PlannedEmail?
    private var position = 0
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

    override func advance() {
        while position < changes.endIndex {
            defer { position += 1 }
            guard case .insert(let email) = changes[position] else { continue }
            current = email
            return
        }
        current = nil
    }

    override func give(_ column: Int32, _ result: OpaquePointer?) {
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
        case 17: give(copying: texts.metadata(of: email), result)
        default: break
        }
    }
}
