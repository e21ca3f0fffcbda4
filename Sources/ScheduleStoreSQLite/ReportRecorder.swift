import GRDB
import ScheduleStore
import SchedulingCore

/// Notes what senders report, inside a transaction.
struct ReportRecorder {
    private let now: String
    private let news: EmailNews
    private let events: EventRecorder
    private let parked: ParkedEvents
    private let reports: ReportTable
    private let claims: [SendChannel: ClaimTable]

    init(_ database: Database, now: String) throws {
        self.now = now
        news = try EmailNews(database, now: now)
        events = try EventRecorder(database, now: now)
        parked = try ParkedEvents(database, now: now)
        reports = try ReportTable(database)
        claims = [
            .email: try ClaimTable(database, channel: .email), .sms: try ClaimTable(database, channel: .sms),
        ]
    }

    /// Notes reports in their order.
    func record(_ list: [SendReport]) throws -> SendReportOutcome {
        var outcome = SendReportOutcome()
        var touched: Set<Int64> = []
        for report in list { outcome.results.append(try record(report, &touched)) }
        outcome.touched = Touched(contactIDs: touched.sorted())
        return outcome
    }

    private func record(_ report: SendReport, _ touched: inout Set<Int64>) throws -> SendReport.Result {
        guard let row = try news.row(report.scheduleID) else { return .unknownID }
        guard let channel = try reports.channel(ofLease: report.lease),
            let claim = try claims[channel]?.claim(report.scheduleID), claim.lease >= report.lease
        else { return .invalid }
        let result: SendReport.Result = claim.lease == report.lease ? .recorded : .staleLease
        try reports.insert(report, channel, result, now: now)
        if result == .recorded {
            try follow(report, row, channel)
        } else if report.status.delivery?.meansSent ?? false {
            try claims[channel]?.noteDoubt(row.id)
        }
        if let messageID = report.messageID {
            for event in try parked.take(messageID: messageID) {
                guard let row = try news.row(report.scheduleID) else { continue }
                _ = try events.record(event, row, channel, &touched)
            }
        }
        return result
    }

    private func follow(_ report: SendReport, _ row: EmailNews.Row, _ channel: SendChannel) throws {
        guard let status = report.status.delivery else {
            try claims[channel]?.noteSending(row.id)
            return
        }
        if let event = report.status.event {
            _ = try news.note(
                event, key: key(of: report), rowID: row.id, contactID: row.contactID, channel: channel,
                at: report.at)
        }
        try news.follow(status, row, channel, sentAt: status.meansSent ? report.at : nil)
    }

    /// What tells a report from every other event of its row.
    private func key(of report: SendReport) -> [UInt8] {
        let number = SendReport.Status.allCases.firstIndex(of: report.status) ?? 0
        let lease = (0..<8).map { UInt8(truncatingIfNeeded: report.lease >> (56 - 8 * $0)) }
        return Array("report".utf8) + [0, UInt8(number)] + lease
    }
}
