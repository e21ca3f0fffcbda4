import Foundation
import SeededRandomness
import Synchronization

/// All users of one organisation, and what was acknowledged to them.
final class SoakClient: Sendable {
    /// Contacts that the organisation begins with.
    static let contacts = 3000
    /// Contacts that are added and changed meanwhile.
    private static let others = 10_001...12_000
    private static let today = "2026-01-05"
    private static let events = SignedEvents(secret: "secret")

    let organization: String
    /// The contacts that it began with, as far as they were taken.
    private let initial: [Int]
    private var path: String { "/v1/orgs/\(organization)" }
    private let state = Mutex(State())

    private struct State {
        var statuses: [Int: Int] = [:]
        var number = 0
        var contacts: Set<Int> = []
        var claimed: [Int] = []
        var reported = 0
        var sent: [Int] = []
        var applied = 0
        var runs: Set<Int> = []
        var mistakes: [String] = []
    }

    /// Makes the organisation with its contacts and a first plan.
    init(_ organization: String, contacts csv: String, _ service: RunningService) throws {
        self.organization = organization
        try service.makeOrganization(organization)
        let client = try KeepAliveClient(service)
        let path = "/v1/orgs/\(organization)"
        let imported = try client.send("POST", "\(path)/contacts/import", csv, type: "text/csv")
        let keys = try client.send("PUT", "\(path)/webhook-keys", #"{"events_secret":"secret"}"#)
        let run = try service.fullRun(organization, today: Self.today)
        guard imported.status == 200, keys.status == 200, run["state"] as? String == "completed" else {
            throw Failure("\(imported.body) \(keys.body) \(run)")
        }
        initial = try client.all("\(path)/contacts").compactMap { $0["id"] as? Int }
        state.withLock { $0.contacts = Set(initial) }
    }

    /// What was answered, by status.
    var statuses: [Int: Int] { state.withLock { $0.statuses } }

    /// What was acknowledged, in numbers.
    var tally: String {
        state.withLock {
            "\($0.contacts.count) contacts, \($0.claimed.count) claimed, \($0.reported) reports, "
                + "\($0.applied) events, \($0.runs.count) runs"
        }
    }

    /// Whatever a user does, over and over.
    typealias Act = @Sendable (KeepAliveClient, inout SeededGenerator) throws -> Void

    var acts: [Act] { [importing, changing, claiming, reacting, running, watching] }

    // MARK: Acts

    /// Sends a request; nil where the service has no room for it, which it may say.
    private func send(
        _ client: KeepAliveClient, _ method: String, _ path: String, _ body: String = "",
        type: String = "application/json", wanted: Set<Int>
    ) throws -> RunningService.Answer? {
        let answer = try client.send(method, self.path + path, body, type: type)
        return note(answer, "\(method) \(path)", wanted) ? answer : nil
    }

    private func note(_ answer: RunningService.Answer, _ what: String, _ wanted: Set<Int>) -> Bool {
        state.withLock { state in
            state.statuses[answer.status, default: 0] += 1
            if wanted.contains(answer.status) { return true }
            if answer.status != 503 { state.mistakes.append("\(what): \(answer.status) \(answer.body)") }
            return false
        }
    }

    private func number() -> Int {
        state.withLock {
            $0.number += 1
            return $0.number
        }
    }

    @Sendable private func importing(_ client: KeepAliveClient, _ random: inout SeededGenerator) throws {
        let number = number()
        let ids = (0..<random.number(1...400)).map { _ in random.number(Self.others) }
        let rows = ids.enumerated().map {
            "\($1),i\(number)-\($0)@example.com,78701,1951-03-0\($1 % 9 + 1),2019-0\($1 % 9 + 1)-01\n"
        }
        let csv = "id,email,zip_code,birth_date,effective_date\n" + rows.joined()
        guard try send(client, "POST", "/contacts/import", csv, type: "text/csv", wanted: [200]) != nil else {
            return
        }
        state.withLock { $0.contacts.formUnion(ids) }
    }

    @Sendable private func changing(_ client: KeepAliveClient, _ random: inout SeededGenerator) throws {
        let id = random.number(Self.others)
        let body =
            #"{"email":"c\#(number())@example.com","zip_code":"60601","birth_date":"1950-0\#(id % 9 + 1)-15"}"#
        if try send(client, "PUT", "/contacts/\(id)", body, wanted: [200, 201]) != nil {
            state.withLock { _ = $0.contacts.insert(id) }
        }
    }

    @Sendable private func claiming(_ client: KeepAliveClient, _ random: inout SeededGenerator) throws {
        let body =
            #"{"limit":\#(random.number(1...20)),"lease_seconds":3600,"as_of":"2026-0\#(random.number(1...9))-28"}"#
        guard let answer = try send(client, "POST", "/email-schedules/claim", body, wanted: [200]) else {
            return
        }
        let items = answer.json["items"] as? [[String: Any]] ?? []
        guard !items.isEmpty else { return _ = usleep(20_000) }
        let pairs = items.compactMap { item -> (Int, Int)? in
            guard let id = item["id"] as? Int, let lease = item["lease"] as? Int else { return nil }
            return (id, lease)
        }
        state.withLock { $0.claimed += pairs.map(\.0) }
        let reports = pairs.map {
            #"{"id":\#($0.0),"lease":\#($0.1),"status":"sent","message_id":"m\#($0.0)"}"#
        }
        let report = try send(
            client, "POST", "/email-schedules/status", "[\(reports.joined(separator: ","))]", wanted: [200])
        let results = report?.json["results"] as? [[String: Any]] ?? []
        state.withLock { state in
            for result in results {
                guard result["result"] as? String == "recorded", let id = result["id"] as? Int else {
                    state.mistakes.append("report: \(result)")
                    continue
                }
                state.reported += 1
                state.sent.append(id)
            }
        }
    }

    @Sendable private func reacting(_ client: KeepAliveClient, _ random: inout SeededGenerator) throws {
        let sent = state.withLock { $0.sent }
        guard !sent.isEmpty else { return _ = usleep(20_000) }
        let number = number()
        let events = (0..<random.number(1...50)).map { index in
            let kind = random.pick(["open", "click", "delivered", "open"])
            return
                #"{"event_id":"e\#(number)-\#(index)","type":"\#(kind)","schedule_id":\#(random.pick(sent))}"#
        }
        let answer = try Self.events.send("[\(events.joined(separator: ","))]", to: organization, client)
        guard note(answer, "events", [200]) else { return }
        state.withLock { $0.applied += answer.json["applied"] as? Int ?? 0 }
    }

    @Sendable private func running(_ client: KeepAliveClient, _ random: inout SeededGenerator) throws {
        let kind = random.pick(["full", "full", "followups"])
        let body = #"{"kind":"\#(kind)","today":"\#(Self.today)"}"#
        guard let answer = try send(client, "POST", "/scheduler-runs", body, wanted: [202]),
            let id = answer.json["id"] as? Int
        else { return }
        state.withLock { _ = $0.runs.insert(id) }
        while try send(client, "GET", "/scheduler-runs/\(id)", wanted: [200])?.json["finished_at"] is NSNull {
            usleep(20_000)
        }
    }

    @Sendable private func watching(_ client: KeepAliveClient, _ random: inout SeededGenerator) throws {
        let day = "2026-0\(random.number(1...9))-01"
        let some = random.pick(initial)
        let paths = [
            "/metrics", "/calendar?from=\(day)&to=\(day)", "/email-schedules?limit=200&from=\(day)",
            "/audit?limit=50", "/contacts/\(some)/explain?today=\(Self.today)", "/contacts/\(some)/export",
            "/config", "/scheduler-runs",
        ]
        _ = try send(client, "GET", random.pick(paths), wanted: [200])
        usleep(5_000)
    }

    // MARK: Sums

    /// Waits until every run has ended, and compares what the service says with what was acknowledged.
    func settle(_ client: KeepAliveClient) throws -> [String] {
        let deadline = ContinuousClock.now + .seconds(120)
        var runs: [[String: Any]] = []
        repeat {
            runs = try client.all("\(path)/scheduler-runs")
        } while ContinuousClock.now < deadline && runs.contains { $0["finished_at"] is NSNull }
        let states = Set(runs.map { "\($0["state"] ?? "")" })
        let (wanted, acknowledged, mistakes) = state.withLock { ($0.contacts, $0.runs, $0.mistakes) }
        var found = mistakes
        if states != ["completed"] { found.append("runs are \(states)") }
        let missing = acknowledged.subtracting(runs.compactMap { $0["id"] as? Int })
        if !missing.isEmpty { found.append("runs \(missing) are missing") }
        let contacts = Set(try client.all("\(path)/contacts").compactMap { $0["id"] as? Int })
        if contacts != wanted { found.append("\(contacts.count) contacts, acknowledged \(wanted.count)") }
        return found
    }

    /// Compares what the database holds with what was acknowledged, and its counts with its rows.
    func compare(_ database: Database) throws -> [String] {
        var found: [String] = []
        func expect(_ sql: String, _ wanted: String) throws {
            let answer = try database.sql(sql)
            if answer != wanted { found.append("\(sql): \(answer), not \(wanted)") }
        }
        let state = state.withLock { $0 }
        if Set(state.claimed).count != state.claimed.count { found.append("an email was handed out twice") }
        try expect("PRAGMA integrity_check", "ok")
        try expect("SELECT count(*) FROM send_reports", "\(state.reported)")
        try expect("SELECT count(*) FROM email_claims WHERE lease > 0", "\(state.claimed.count)")
        try expect("SELECT count(*) FROM email_events", "\(state.applied + state.reported)")
        try expect(
            "SELECT count(*) FROM email_schedules WHERE actual_send_datetime IS NOT NULL", "\(state.reported)"
        )
        try expect("SELECT total FROM contact_counts", "\(state.contacts.count)")
        try expect(
            """
            SELECT count(*) FROM (
                SELECT email_type, status, ifnull(skip_reason, '') AS reason, scheduled_send_date AS date, count(*) AS count
                FROM email_schedules GROUP BY 1, 2, 3, 4
                EXCEPT SELECT email_type, status, skip_reason, scheduled_send_date, count FROM schedule_counts)
            """, "0")
        try expect("SELECT sum(count) - (SELECT count(*) FROM email_schedules) FROM schedule_counts", "0")
        return found
    }
}
