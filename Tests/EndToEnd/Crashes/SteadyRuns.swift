import Foundation
import Synchronization

/// Full runs of an organisation that nobody changes, one after the other, each for a later date: what comes of them is
/// compared with the same runs of the command line, which nobody disturbs.
final class SteadyRuns: Sendable {
    static let organization = "steady"
    private let file: String
    private let ended = Mutex<[[String: Int]]>([])
    private let key = Mutex(0)

    /// - Parameter file: The contacts, as a CSV file.
    init(file: String) { self.file = file }

    /// Runs that have ended.
    var count: Int { ended.withLock { $0.count } }

    private static func date(_ number: Int) -> String {
        let day = Date(timeIntervalSince1970: 1_767_614_400 + 86_400 * 23 * Double(number))
        return day.formatted(.iso8601.year().month().day())
    }

    /// Asks for the next run, whether it was asked for before or not, and waits until it has ended.
    func step(_ client: KeepAliveClient) throws {
        let path = "/v1/orgs/\(Self.organization)/scheduler-runs"
        let number = count
        let asked = try client.send(
            "POST", path, #"{"kind":"full","today":"\#(Self.date(number))"}"#,
            fields: ["Idempotency-Key: steady-\(number)"])
        guard asked.status == 202, let id = asked.json["id"] as? Int else {
            throw Failure("run: \(asked.status) \(asked.body)")
        }
        while true {
            let run = try client.send("GET", "\(path)/\(id)").json
            guard let state = run["state"] as? String, state != "queued", state != "running" else {
                // Asking without a pause would take the processor from the run.
                usleep(5000)
                continue
            }
            guard state == "completed", id == number + 1 else { throw Failure("run \(number + 1): \(run)") }
            let figures = Self.figures(run)
            ended.withLock { $0.append(figures) }
            return
        }
    }

    /// The numbers of a report.
    private static func figures(_ run: [String: Any]) -> [String: Int] {
        let report = run["report"] as? [String: Any] ?? [:]
        return ["inserted", "updated", "deleted", "unchanged", "contacts_processed"]
            .reduce(into: [:]) { $0[$1] = report[$1] as? Int }
    }

    /// Carries the same runs out undisturbed and compares reports and rows.
    func compare(with database: String, in scratch: Scratch) throws -> [String] {
        let reference = scratch.path("reference.sqlite3")
        guard try Binary.run("import", "--db", reference, file).status == 0 else {
            throw Failure("no reference")
        }
        var mistakes: [String] = []
        for (number, figures) in ended.withLock({ $0 }).enumerated() {
            let run = try Binary.run("run", "--db", reference, "--today", Self.date(number), "--json")
            let json = try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any] ?? [:]
            if Self.figures(json) != figures {
                mistakes.append("run \(number + 1) has \(figures), undisturbed \(Self.figures(json))")
            }
        }
        let rows = """
            SELECT contact_id, email_type, scheduled_send_date, scheduled_send_time, status, skip_reason, priority,
                campaign_instance_id, email_template, sms_template, scheduler_run_id, event_year, event_month,
                event_day, ideal_send_date
            FROM email_schedules ORDER BY contact_id, email_type, event_year, event_month, event_day, id
            """
        if try Database(reference).sql(rows) != Database(database).sql(rows) {
            mistakes.append("the rows are not those of undisturbed runs")
        }
        return mistakes
    }
}
