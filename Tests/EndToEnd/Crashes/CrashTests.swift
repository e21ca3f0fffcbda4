import Foundation
import SeededRandomness
import Synchronization
import Testing

/// `kill -9` at random moments, while contacts are changed and imported, events come in, campaigns are changed and
/// runs go on: whatever was acknowledged is there afterwards, files are whole, and every run ends as it would have.
///
/// `EMAIL_SCHEDULER_KILLS` says how often, `EMAIL_SCHEDULER_SEED` which moments.
@Suite struct CrashTests {
    private let scratch: Scratch
    private let seed = Setting.number("SEED", standard: 20_260_105)
    private let kills = Setting.number("KILLS", standard: 12)
    private var dataDirectory: String { scratch.path("data") }

    init() throws { scratch = try Scratch() }

    @Test func `nothing that was acknowledged is lost when the process is killed, again and again`() throws {
        var random = SeededGenerator(seed: UInt64(seed))
        let file = scratch.path("contacts.csv")
        let generated = try Binary.run(
            "generate", "--contacts", "4000", "--seed", "\(seed)", "--output", file)
        #expect(generated.status == 0)
        let traffic = Traffic(contacts: try prepare(file))
        let steady = SteadyRuns(file: file)
        for number in 1...kills {
            let context: Comment = "seed \(seed), kill \(number) of \(kills)"
            if random.chance(0.2) {
                try RunningService.killWhileStarting(
                    dataDirectory: dataDirectory, after_ms: random.number(0...80))
            }
            let service = try start()
            let mistakes = try check(traffic, KeepAliveClient(service))
            #expect(mistakes.isEmpty, context)
            let failures = try disturb(service, traffic, steady, &random)
            #expect(failures.isEmpty, context)
            try checkFiles(context)
            let wrong = traffic.mistakes.withLock { $0 }
            #expect(wrong.isEmpty, context)
            if !mistakes.isEmpty || !failures.isEmpty || !wrong.isEmpty { return }
        }
        let service = try start()
        let client = try KeepAliveClient(service)
        let mistakes = try check(traffic, client)
        #expect(mistakes.isEmpty, "seed \(seed)")
        try steady.step(client)
        try checkRuns(client, traffic)
        #expect(service.terminate() == 0)
        try checkFiles("seed \(seed), at the end")
        let differences = try steady.compare(
            with: "\(dataDirectory)/\(SteadyRuns.organization).sqlite3", in: scratch)
        #expect(differences.isEmpty, "seed \(seed), \(steady.count) runs")
        print(
            "Kills: \(kills), seed \(seed), undisturbed runs compared: \(steady.count), acknowledged keys: "
                + "\(traffic.ledger.keys("").count), template changes: \(traffic.templateChanges)")
    }

    /// Starts the service, with batches so small that a run has many.
    private func start() throws -> RunningService {
        let config = scratch.path("scheduler.yaml")
        try "processing:\n  batch_size: 250\n".write(toFile: config, atomically: true, encoding: .utf8)
        return try RunningService(dataDirectory: dataDirectory, "--config", config)
    }

    /// Makes the organisations. Returns the contacts that stay.
    private func prepare(_ file: String) throws -> [Int] {
        let service = try start()
        let client = try KeepAliveClient(service)
        for id in [Traffic.organization, SteadyRuns.organization] {
            try service.makeOrganization(id)
            let csv = try String(contentsOfFile: file, encoding: .utf8)
            let answer = try client.send("POST", "/v1/orgs/\(id)/contacts/import", csv, type: "text/csv")
            guard answer.status == 200 else { throw Failure("import: \(answer.body)") }
        }
        let keys = try client.send(
            "PUT", "\(Traffic.path)/webhook-keys", #"{"events_secret":"\#(Traffic.events.secret)"}"#)
        #expect(keys.status == 200)
        for _ in 1...2 {
            let added = try client.send(
                "POST", "\(Traffic.path)/campaign-instances",
                #"{"campaign_type":"rate_increase","email_template":"t0","active_start_date":"2026-01-01"}"#)
            #expect(added.status == 201)
        }
        return try client.all("\(Traffic.path)/contacts").compactMap { $0["id"] as? Int }.filter { $0 < 5000 }
    }

    /// Lets all clients work for a while, and kills the process among them. Returns what may not happen.
    private func disturb(
        _ service: RunningService, _ traffic: Traffic, _ steady: SteadyRuns, _ random: inout SeededGenerator
    ) throws -> [String] {
        let failures = Mutex<[String]>([])
        let work = DispatchGroup()
        let steadily: Traffic.Client = { client, _ in try steady.step(client) }
        for act in traffic.clients + [steadily] {
            let seed = random.next()
            let client = try UncheckedBox(KeepAliveClient(service))
            work.enter()
            Thread {
                var random = SeededGenerator(seed: seed)
                do {
                    while true { try act(client.value, &random) }
                } catch is ConnectionLost {
                } catch {
                    failures.withLock { $0.append("\(error)") }
                }
                work.leave()
            }.start()
        }
        // No wait for anything: the moment is what is chosen at random.
        usleep(UInt32(random.number(5_000...600_000)))
        service.kill()
        guard work.wait(timeout: .now() + 60) == .success else { return ["a client does not end"] }
        return failures.withLock { $0 }
    }

    /// Compares what the service knows with what was acknowledged.
    private func check(_ traffic: Traffic, _ client: KeepAliveClient) throws -> [String] {
        func stored(
            _ path: String, _ key: (Int) -> String, id: String = "id", _ value: ([String: Any]) -> String?
        ) throws -> [String: String] {
            try client.all("\(Traffic.path)/\(path)").reduce(into: [:]) { stored, record in
                if let id = record[id] as? Int { stored[key(id)] = value(record) }
            }
        }
        let ledger = traffic.ledger
        let contacts = try stored("contacts", { "contact/\($0)" }) { $0["email"] as? String }
        func isAdded(_ email: String) -> Bool { email.hasPrefix("added/") }
        var mistakes = ledger.settle(
            "contact/",
            contacts.filter { Int($0.key.dropFirst(8)) ?? 0 > 5000 && !isAdded($0.value) })
        mistakes += ledger.settle(
            "added/",
            Dictionary(contacts.values.filter(isAdded).map { ($0, "there") }) { _, _ in "there twice" })
        mistakes += ledger.settle(
            "suppression/",
            try stored("suppressions", { "suppression/\($0)" }, id: "contact_id") { _ in "unsubscribed" })
        mistakes += ledger.settle(
            "target/",
            try stored("contact-campaigns", { "target/\($0)" }, id: "contact_id") {
                $0["trigger_date"] as? String
            })
        let templates = try stored("campaign-instances", { "template/\($0)" }) {
            $0["email_template"] as? String
        }
        mistakes += ledger.settle("template/", templates.filter { $0.value != "t0" })
        let runs = try stored("scheduler-runs", { "run/\($0)" }) { _ in "there" }
        mistakes += ledger.settle("run/", runs.filter { ledger[$0.key] != nil })
        mistakes += ledger.settle("batch/", try traffic.resend(client), forgets: true)
        var imports: [String: String] = [:]
        for key in ledger.keys("import/") {
            let record = try client.send("GET", "\(Traffic.path)/imports/\(key.dropFirst(7))").json
            imports[key] = "\(record["state"] ?? "") \(record["received"] ?? "")"
        }
        mistakes += ledger.settle("import/", imports)
        let changes = try (1...2).flatMap {
            try client.all("\(Traffic.path)/campaign-instances/\($0)/changes")
        }.filter { ($0["field"] ?? $0["field_changed"]) as? String == "email_template" }
        if changes.count < traffic.templateChanges {
            mistakes.append("\(changes.count) changes of \(traffic.templateChanges)")
        }
        return mistakes
    }

    /// Every file is whole as the dead process left it; looked at in a copy, so that the service itself mends it.
    private func checkFiles(_ context: Comment) throws {
        let copy = scratch.path("copy")
        try Command.shell("rm -rf '\(copy)' && cp -r '\(dataDirectory)' '\(copy)'")
        for name in ["service", Traffic.organization, SteadyRuns.organization] {
            let found = try Database("\(copy)/\(name).sqlite3").sql("PRAGMA integrity_check")
            #expect(found == "ok", context)
        }
    }

    /// Every run comes to its end, and the plan is then one that a further run leaves alone.
    private func checkRuns(_ client: KeepAliveClient, _ traffic: Traffic) throws {
        let path = "\(Traffic.path)/scheduler-runs"
        let deadline = ContinuousClock.now + .seconds(120)
        var runs: [[String: Any]] = []
        repeat {
            runs = try client.all(path)
        } while ContinuousClock.now < deadline && runs.contains { $0["finished_at"] is NSNull }
        #expect(Set(runs.compactMap { $0["state"] as? String }) == ["completed"], "seed \(seed)")
        let asked = try client.send("POST", path, #"{"kind":"full","today":"2026-01-05"}"#)
        let id = try #require(asked.json["id"] as? Int)
        var run: [String: Any] = [:]
        repeat {
            run = try client.send("GET", "\(path)/\(id)").json
        } while ContinuousClock.now < deadline && run["finished_at"] is NSNull
        let report = run["report"] as? [String: Any] ?? [:]
        let changed = ["inserted", "updated", "deleted"].map { report[$0] as? Int }
        #expect(changed == [0, 0, 0], "seed \(seed)")
    }
}

/// Hands an object to the one thread that uses it.
struct UncheckedBox<Value>: @unchecked Sendable {
    let value: Value

    init(_ value: Value) { self.value = value }
}
