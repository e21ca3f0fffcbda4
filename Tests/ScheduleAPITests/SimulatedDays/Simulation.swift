import GRDB
import HTTPTypes
import ScheduleJobs
import ScheduleStore
import ScheduleStoreSQLite
import SchedulingCore
import SeededRandomness
import Synchronization
import Testing

/// An organisation that lives through some days: people change things over HTTP, runs plan, senders send, and
/// after every run the file is held against SPEC.
final class Simulation {
    let test: TestService
    let seed: UInt64
    var random: SeededGenerator
    private(set) var today: CivilDate
    /// The first day.
    let start: CivilDate
    let database: DatabaseQueue
    /// The file as it was last read.
    private(set) var snapshot: Snapshot
    /// Contacts that somebody changed behind the service's back since the last full run.
    var unseen: Set<Int64> = []
    /// What happened so far, by name: a test in which nothing happens proves nothing.
    private(set) var tally: [String: Int] = [:]
    private let batchSize: Int
    private let calendars = WindowCalendars()
    private var standing = Standing()
    /// Committed rows as their senders left them.
    private var ledger: [Int64: String] = [:]

    /// What is wrong, and where it came to light.
    struct Violation: Error, CustomStringConvertible {
        let description: String
    }

    init(_ test: TestService, seed: UInt64, start: CivilDate) async throws {
        self.test = test
        self.seed = seed
        self.start = start
        random = SeededGenerator(seed: seed)
        today = start
        batchSize = random.pick([3, 50, 100_000])
        _ = try await test.store
        var configuration = Configuration()
        configuration.busyMode = .timeout(10)
        database = try DatabaseQueue(
            path: test.organizations.path(ofOrganization: "acme"), configuration: configuration)
        snapshot = try await database.read { try Snapshot($0) }
        setClock(hour: 6)
    }

    /// Lives through some days.
    func live(days: Int) async throws {
        for day in 0..<days {
            today = start + day
            try await live(isFirst: day == 0)
        }
        try database.close()
    }

    private func live(isFirst: Bool) async throws {
        setClock(hour: 6)
        if isFirst { try await found() }
        try await changeContacts()
        try await changeCampaigns()
        try await drain()
        let hasFullRun = isFirst || random.chance(0.85)
        if hasFullRun { try await runFull() }
        if random.chance(0.9) { try await send() }
        setClock(hour: 18)
        if random.chance(0.4) { try await changeContacts() }
        if random.chance(0.4) { try await changeCampaigns() }
        try await drain()
        try await runParts()
        try check(isAfterFullRun: false)
    }

    // MARK: Runs

    private func runFull() async throws {
        let replans = random.chance(0.04)
        if random.chance(0.1) { try await run(#"{"kind":"full","dry_run":true}"#) }
        try await run(replans ? #"{"kind":"full","replan":true}"# : #"{"kind":"full"}"#)
        unseen = []
        try check(isAfterFullRun: true)
        if random.chance(0.1) { try await runAgain() }
    }

    /// A second run on the day changes nothing (SPEC 11).
    private func runAgain() async throws {
        let before = snapshot.emails.mapValues(\.text)
        try await run(#"{"kind":"full"}"#)
        if snapshot.emails.mapValues(\.text) != before { throw violation("the second run of a day wrote") }
    }

    private func runParts() async throws {
        if random.chance(0.2) { try await run(#"{"kind":"followups"}"#) }
        let ids = snapshot.contacts.keys.sorted()
        if random.chance(0.2), !ids.isEmpty {
            let chosen = (0..<random.number(1...12)).map { _ in random.pick(ids) }
            try await run(#"{"kind":"contacts","contact_ids":\#(chosen)}"#)
        }
        if random.chance(0.1), let instance = snapshot.instances.keys.sorted().first {
            try await run(#"{"kind":"campaign","campaign_instance_id":\#(instance)}"#)
        }
    }

    private func run(_ body: String) async throws {
        try await call(.post, "scheduler-runs", body)
        try await drain()
    }

    /// Carries out every run that waits, and holds each against SPEC.
    private func drain() async throws {
        try await look()
        let environment = RunEnvironment(
            policy: SchedulingPolicy(), zone: ZoneOffsets(), batchSize: batchSize)
        while let run = try await test.carryOutNextRun(in: environment) {
            let before = snapshot
            try await look()
            var check = RunCheck(
                run, before: before, after: snapshot, standing: standing, calendars: calendars)
            check.check()
            standing = check.newStanding
            count("\(run.request.kind) runs")
            count("placed emails", check.placed.count)
            count("emails moved by the cap", check.placed.count { $0.target < $0.row.date })
            if !check.violations.isEmpty {
                let scope = check.scope.map { "\($0.sorted().prefix(20))" } ?? "everyone"
                throw violation("run \(run.id), \(run.request.kind) of \(scope)", check.violations)
            }
        }
    }

    /// Reads the file; committed rows are as their senders left them.
    func look() async throws {
        snapshot = try await database.read { try Snapshot($0) }
        for (id, text) in ledger where snapshot.emails[id]?.text != text {
            let now = snapshot.emails[id]?.text ?? "nothing"
            throw violation("committed row \(text) became \(now)")
        }
    }

    /// Writes as a sender does, straight into the file.
    func write(_ body: @escaping @Sendable (Database) throws -> Void) async throws {
        try await database.write(body)
        snapshot = try await database.read { try Snapshot($0) }
        ledger = snapshot.emails.filter { $0.value.isCommitted }.mapValues(\.text)
    }

    private func check(isAfterFullRun: Bool) throws {
        let check = DayCheck(
            snapshot: snapshot, today: today, calendars: calendars, unseen: unseen,
            isAfterFullRun: isAfterFullRun)
        let violations = check.violations
        if !violations.isEmpty { throw violation("end of day", violations) }
    }

    // MARK: Helpers

    func violation(_ place: String, _ violations: [String] = []) -> Violation {
        let list = violations.prefix(12).map { "\n  \($0)" }.joined()
        let more = violations.count > 12 ? "\n  and \(violations.count - 12) more" : ""
        return Violation(description: "seed \(seed), \(today), \(place):\(list)\(more)")
    }

    func count(_ name: String, _ number: Int = 1) { tally[name, default: 0] += number }

    /// Sends a request about the organisation.
    ///
    /// - Throws: `Violation` where the answer is none of those that are expected.
    @discardableResult
    func call(
        _ method: HTTPRequest.Method, _ path: String, _ body: String? = nil,
        type: String = "application/json", expecting: [Int] = [200, 201, 202, 204]
    ) async throws -> Answer {
        let answer = try await test.send(method, "/v1/orgs/acme/\(path)", body: body, type: type)
        guard expecting.contains(answer.status) else {
            throw violation("\(method) \(path) \(body ?? ""): \(answer.status) \(answer.text)")
        }
        return answer
    }

    private func setClock(hour: Int64) {
        let seconds = Int64(today.dayNumber) * 86_400 + hour * 3600
        test.clock.seconds.withLock { $0 = seconds }
    }
}
