import GRDB
import ScheduleStore
import SchedulingCore

/// The statements of the table `send_reports`.
struct ReportTable {
    private let insertion: RawStatement
    private let call: RawStatement
    private let atOrBelow: RawStatement

    init(_ database: Database) throws {
        insertion = try RawStatement(
            """
            INSERT OR IGNORE INTO send_reports
                (schedule_id, channel, lease, status, at, message_id, detail, result, created_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, database)
        call = try RawStatement("SELECT channel FROM claim_calls WHERE id = ?", database)
        atOrBelow = try RawStatement(
            """
            SELECT message_id, schedule_id, channel FROM send_reports
            WHERE message_id <= ? AND message_id IS NOT NULL ORDER BY message_id DESC, id DESC LIMIT 1
            """, database)
    }

    /// The channel that a fencing token was drawn for; nil where it never was.
    func channel(ofLease lease: Int64) throws -> SendChannel? {
        call.bind(1, lease)
        defer { call.reset() }
        return try call.step() ? call.text(0).flatMap(SendChannel.init) : nil
    }

    /// Notes a report; one that was noted before is not noted again.
    func insert(
        _ report: SendReport, _ channel: SendChannel, _ result: SendReport.Result, now: String
    ) throws {
        insertion.bind(1, report.scheduleID)
        insertion.bind(2, channel.rawValue)
        insertion.bind(3, report.lease)
        insertion.bind(4, report.status.rawValue)
        insertion.bind(5, InstantText.rfc3339(report.at))
        insertion.bind(6, report.messageID)
        insertion.bind(7, report.detail)
        insertion.bind(8, result.rawValue)
        insertion.bind(9, now)
        try insertion.run()
    }

    /// The row of the longest reported message id that is a text or the beginning of it.
    ///
    /// The greatest id that does not sort behind the text is it, or shares a shorter beginning with the text than
    /// the one that is looked for: then it is found below what both share.
    func row(ofMessage text: String) throws -> (id: Int64, channel: SendChannel)? {
        var bound = text
        while !bound.isEmpty {
            atOrBelow.bind(1, bound)
            guard try atOrBelow.step() else { return nil }
            let found = atOrBelow.text(0) ?? ""
            let result = (atOrBelow.integer(1), atOrBelow.text(2).flatMap(SendChannel.init) ?? .email)
            atOrBelow.reset()
            if text.unicodeScalars.starts(with: found.unicodeScalars) { return result }
            let shared = zip(bound.unicodeScalars, found.unicodeScalars).prefix { $0 == $1 }.count
            bound = String(String.UnicodeScalarView(bound.unicodeScalars.prefix(shared)))
        }
        return nil
    }
}

/// How instants are written into columns.
enum InstantText {
    /// `YYYY-MM-DD HH:MM:SS` in UTC.
    static func column(_ unixSeconds: Int64) -> String { LocalMoment(seconds: unixSeconds).text }

    /// RFC 3339, for columns where text without a zone stands for the organisation's own clock (SPEC 1).
    static func rfc3339(_ unixSeconds: Int64) -> String {
        let text = column(unixSeconds)
        return "\(text.prefix(10))T\(text.suffix(8))Z"
    }
}
