import Foundation
import Testing

/// What happens when the clock of the real process is set.
@Suite struct ClockTests {
    private static let hour: Int64 = 3600
    private static let day: Int64 = 86_400

    private let scratch: Scratch
    private let machine: Machine

    init() throws {
        scratch = try Scratch()
        machine = try Machine(scratch)
    }

    private func start(_ arguments: String = "") throws -> RunningService {
        let config = scratch.path("scheduler.yaml")
        try arguments.write(toFile: config, atomically: true, encoding: .utf8)
        return try RunningService(
            dataDirectory: scratch.path("data"), "--config", config, environment: machine.environment)
    }

    @Test func `a clock that was set back is told, in a later process too, until it has caught up`() throws {
        let service = try start()
        #expect(try service.readiness("clock").finding.hasPrefix("ok"))
        try machine.setClock(ahead_s: -Self.hour)
        let behind = try service.readiness("clock")
        #expect(behind.status == 200 && behind.finding.hasPrefix("warning"), "\(behind)")
        try machine.setClock(ahead_s: 0)
        #expect(try service.readiness("clock").finding.hasPrefix("ok"))
        #expect(service.terminate() == 0)

        try machine.setClock(ahead_s: -2 * Self.day)
        let second = try start()
        #expect(try second.readiness("clock").finding.hasPrefix("warning"))
        #expect(second.logText.contains("s behind a time that it has shown"))
        #expect(second.terminate() == 0)
        let third = try start()
        #expect(try third.readiness("clock").finding.hasPrefix("ok"))
        #expect(third.terminate() == 0)
    }

    @Test func `nothing is handed out or carried out twice when the clock is set back`() throws {
        let service = try start()
        try service.makeOrganization("acme")
        let file = scratch.path("contacts.csv")
        #expect(try Binary.run("generate", "--contacts", "4000", "--seed", "5", "--output", file).status == 0)
        let path = "/v1/orgs/acme"
        let imported = try service.request(
            "\(path)/contacts/import", "--header", "Content-Type: text/csv", "--data-binary", "@\(file)")
        #expect(imported.status == 200)
        #expect(try service.fullRun("acme", today: "2026-01-05")["state"] as? String == "completed")
        let client = try KeepAliveClient(service)
        func claim() throws -> [[String: Any]] {
            let answer = try client.send(
                "POST", "\(path)/email-schedules/claim",
                #"{"limit":3,"lease_seconds":600,"as_of":"2026-01-05"}"#)
            return answer.json["items"] as? [[String: Any]] ?? []
        }
        func ids(_ items: [[String: Any]]) -> Set<Int> { Set(items.compactMap { $0["id"] as? Int }) }
        func add() throws -> RunningService.Answer {
            try client.send(
                "POST", "\(path)/contacts", #"{"email":"once@example.com"}"#,
                fields: ["Idempotency-Key: once"])
        }
        let first = try claim()
        #expect(first.count == 3)
        let added = try add()
        #expect(added.status == 201)

        try machine.setClock(ahead_s: -3 * Self.day)
        let second = try claim()
        #expect(second.count == 3 && ids(second).isDisjoint(with: ids(first)))
        #expect(try add().body == added.body)
        let item = try #require(first.first)
        let report = try client.send(
            "POST", "\(path)/email-schedules/status",
            #"[{"id":\#(item["id"] ?? 0),"lease":\#(item["lease"] ?? 0),"status":"sent"}]"#)
        #expect(report.body.contains("recorded"), "\(report.body)")
        #expect(try service.fullRun("acme", today: "2026-01-06")["state"] as? String == "completed")
        let runs = try client.all("\(path)/audit?entity=run&action=completed").compactMap {
            $0["entity_id"] as? String
        }
        #expect(
            runs.compactMap { Int($0) } == Array((1...runs.count).reversed()),
            "newest first, whatever the clock says")

        // Leases that had begun under the right clock end by it.
        try machine.setClock(ahead_s: Self.hour)
        var back: Set<Int> = []
        while back.count < 5, case let items = try claim(), !items.isEmpty {
            back.formUnion(ids(items.filter { $0["attempt"] as? Int == 2 }))
        }
        #expect(back == ids(first).union(ids(second)).subtracting(ids([item])))
        #expect(try add().body == added.body)
        #expect(service.terminate() == 0)
    }

    @Test func `a message that was signed under another clock is refused, and taken when the clocks agree`()
        throws
    {
        let service = try start()
        try service.makeOrganization("acme")
        let client = try KeepAliveClient(service)
        let events = SignedEvents(secret: "secret")
        let keys = try client.send("PUT", "/v1/orgs/acme/webhook-keys", #"{"events_secret":"secret"}"#)
        #expect(keys.status == 200)
        #expect(try service.addContact("acme").status == 201)
        let body = #"[{"event_id":"e1","type":"open","contact_id":1}]"#
        for (ahead_s, status) in [(-Self.hour, 401), (Self.hour, 401), (0, 200)] {
            try machine.setClock(ahead_s: ahead_s)
            #expect(try events.send(body, to: "acme", client).status == status, "\(ahead_s) s")
        }
        #expect(service.terminate() == 0)
    }

    @Test func `a date has one daily run, however the clock is set`() throws {
        let config = #"runs: {daily_at: "00:00"}"#
        let first = try start(config)
        try first.makeOrganization("acme")
        #expect(first.terminate() == 0)
        let service = scratch.path("data/service.sqlite3")
        try Database(service).sql("UPDATE organizations SET created_at = '2020-01-01 00:00:00'")
        for ahead_s in [0, -2 * Self.day, 0, Self.hour / 60] {
            try machine.setClock(ahead_s: ahead_s)
            let service = try start(config)
            _ = try runs(service)
            #expect(service.terminate() == 0)
        }
        let runs = try Database(scratch.path("data/acme.sqlite3")).sql(
            "SELECT date, count(*) FROM daily_runs GROUP BY date HAVING count(*) > 1")
        #expect(runs.isEmpty)
        let dates = try Database(scratch.path("data/acme.sqlite3")).sql(
            "SELECT today || ' ' || count(*) FROM scheduler_runs GROUP BY today")
        #expect(!dates.isEmpty && dates.split(separator: "\n").allSatisfy { $0.hasSuffix(" 1") }, "\(dates)")
    }

    /// Waits until the daily run is there and no run goes on.
    private func runs(_ service: RunningService) throws -> [[String: Any]] {
        let client = try KeepAliveClient(service)
        let deadline = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < deadline {
            let runs = try client.all("/v1/orgs/acme/scheduler-runs")
            if !runs.isEmpty, runs.allSatisfy({ !($0["finished_at"] is NSNull) }) { return runs }
            usleep(20_000)
        }
        throw Failure("no daily run: \(service.logText)")
    }
}
