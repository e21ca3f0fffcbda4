import Foundation
import ScheduleJobs
import ScheduleStore
import SchedulingCore

/// A run's report for people.
enum RunText {
    /// Some lines, without the last line's end.
    static func text(of run: RunRecord) -> String {
        let dry = run.request.isDryRun ? ", nothing written" : ""
        var lines = ["Run \(run.id) for \(run.request.today): \(run.state.rawValue)\(dry)"]
        guard let text = run.report, let report = RunReportDocument(json: text) else {
            return lines[0]
        }
        lines.append("Contacts planned: \(report.contactsProcessed)")
        for (reason, count) in report.invalid.sorted(by: { $0.key < $1.key }) {
            lines.append("  left out, \(reason): \(count)")
        }
        if report.stateZipMismatches > 0 {
            lines.append("  with another state than their ZIP code: \(report.stateZipMismatches)")
        }
        lines.append(
            "Rows: \(report.inserted) inserted, \(report.updated) updated, \(report.deleted) deleted, "
                + "\(report.unchanged) unchanged")
        for row in report.emailSchedules {
            let reason = row.skipReason.map { " \($0)" } ?? ""
            lines.append("  \(row.emailType) \(row.status)\(reason): \(row.count)")
        }
        if !report.overCap.isEmpty {
            lines.append("Days over the cap: \(report.overCap.joined(separator: ", "))")
        }
        let milliseconds = report.durationsMs.values.reduce(0, +)
        lines.append("Time: \((milliseconds / 10).rounded() / 100) s")
        return lines.joined(separator: "\n")
    }
}
