import GRDB
import ScheduleStore
import SchedulingCore

/// Finds the rows of a filter in order of row id.
///
/// 1. A contact, an instance or a run names few rows, or gives them in order of row id by its index.
/// 2. A status with dates is looked up by index only where it names few rows: they are sorted for every page.
/// 3. Everything else goes through the table in order, so that reading all pages is one pass through it.
struct ScheduleQuery {
    /// Rows up to which it pays to sort what an index finds.
    private static let fewRows = 20_000

    private let filter: ScheduleFilter
    private let usesDates: Bool

    init(_ filter: ScheduleFilter, _ database: Database) throws {
        self.filter = filter
        let isNarrow = filter.contactID != nil || filter.campaignInstanceID != nil || filter.runID != nil
        usesDates = try !isNarrow && filter.status != nil && ScheduleQuery.namesFewRows(filter, database)
    }

    func forEachRow(
        after: Int64?, limit: Int, _ database: Database, _ body: (RawStatement) -> Void
    ) throws {
        var conditions = ["id > ?"]
        var values: [Value] = [.number(after ?? .min)]
        func add(_ condition: String, _ value: Value) {
            conditions.append(condition)
            values.append(value)
        }
        if let id = filter.contactID { add("contact_id = ?", .number(id)) }
        let hasContact = filter.contactID != nil
        if let id = filter.campaignInstanceID {
            add("\(hasContact ? "+" : "")campaign_instance_id = ?", .number(id))
        }
        let hasInstance = hasContact || filter.campaignInstanceID != nil
        if let id = filter.runID { add("\(hasInstance ? "+" : "")scheduler_run_id = ?", .number(id)) }
        if let type = filter.emailType { add("+email_type = ?", .text(type)) }
        let prefix = usesDates ? "" : "+"
        if let status = filter.status { add("\(prefix)status = ?", .text(status)) }
        if let date = filter.from { add("\(prefix)scheduled_send_date >= ?", .text(date.description)) }
        if let date = filter.to { add("\(prefix)scheduled_send_date <= ?", .text(date.description)) }

        let rows = try RawStatement(
            """
            SELECT \(ScheduleTable.columns) FROM email_schedules \(hint)
            WHERE \(conditions.joined(separator: " AND ")) ORDER BY id LIMIT ?
            """, database)
        for (position, value) in values.enumerated() {
            switch value {
            case .number(let number): rows.bind(Int32(position + 1), number)
            case .text(let text): rows.bind(Int32(position + 1), text)
            }
        }
        rows.bind(Int32(values.count + 1), Int64(limit))
        while try rows.step() { body(rows) }
    }

    private enum Value {
        case number(Int64)
        case text(String)
    }

    private var hint: String {
        if filter.contactID != nil { return "INDEXED BY email_schedules_identity" }
        if filter.campaignInstanceID != nil { return "INDEXED BY email_schedules_instance" }
        if filter.runID != nil { return "INDEXED BY email_schedules_run" }
        return usesDates ? "INDEXED BY email_schedules_status_date" : "NOT INDEXED"
    }

    private static func namesFewRows(_ filter: ScheduleFilter, _ database: Database) throws -> Bool {
        let rows = try RawStatement(
            """
            SELECT count(*) FROM (
                SELECT 1 FROM email_schedules INDEXED BY email_schedules_status_date
                WHERE status = ? AND scheduled_send_date BETWEEN ? AND ? LIMIT ?)
            """, database)
        rows.bind(1, filter.status)
        rows.bind(2, filter.from?.description ?? "")
        rows.bind(3, filter.to?.description ?? "~")
        rows.bind(4, Int64(fewRows) + 1)
        defer { rows.reset() }
        return try rows.step() && rows.integer(0) <= Int64(fewRows)
    }
}
