import Foundation
import GRDB
import Logging
import ScheduleJobs
import ScheduleStore
import ScheduleStoreSQLite
import SchedulingCore
import StoreConformance
import Synchronization
import Testing

/// What the workers make of runs that cannot go on, and whose turn it is. Every step is taken by the test.
@Suite struct RunQueueTests {
    private let directory: Folder
    private let stores: SQLiteOrganizationStores
    private let seconds = Seconds(1_767_614_400)
    private let today: CivilDate
    /// A version of the configuration that cannot be read.
    private static let unreadable: Int64 = 99

    private struct Unreadable: Error {}

    init() throws {
        directory = try Folder()
        var options = StoreOptions()
        options.busyTimeout_ms = 10
        stores = SQLiteOrganizationStores(directory: directory.path, options: options)
        today = try #require(TestOrganization.today)
    }

    /// Workers whose runs meet `disturb` after they are claimed.
    ///
    /// - Parameter afterFailure: Called where a run could not go on, before that is stored.
    private func workers(
        disturb: @escaping @Sendable () async throws -> Void = {},
        afterFailure: @escaping @Sendable () -> Void = {}
    ) -> RunWorkers {
        let seconds = seconds
        let leases = RunLeases(
            owner: "test",
            unixSeconds: {
                afterFailure()
                return seconds.now()
            }, isGone: { _ in false }, pause: ManualPause().pause)
        return RunWorkers(
            stores: stores,
            environment: { _, version in
                if version == Self.unreadable { throw Unreadable() }
                var environment = RunEnvironment(policy: SchedulingPolicy(), zone: ZoneOffsets())
                environment.retryPauses_ms = [1]
                return environment
            },
            count: 1, backUp: { _ in try await disturb() }, now: TestOrganization.now, leases: leases,
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
    }

    private func store(_ organization: String, contacts: Int = 20) async throws -> any OrganizationStore {
        let store = try await stores.store(ofOrganization: organization)
        let imported = try await store.createImport(columns: [], now: TestOrganization.now())
        var batch = ImportBatch()
        batch.rows = (1...contacts).map { .init(row: $0, draft: TestOrganization.contact(Int64($0))) }
        _ = try await store.importBatch(batch, importID: imported.id)
        return store
    }

    private func queue(_ store: any OrganizationStore, plusDays days: Int = 0) async throws -> Int64 {
        try await store.createRun(
            RunRequest(kind: .full, today: today + days), now: TestOrganization.now()
        ).run.id
    }

    @Test func `an organisation with many runs does not keep the others waiting`() async throws {
        let workers = workers()
        let (busy, calm) = (try await store("busy"), try await store("calm"))
        for day in 0..<20 { _ = try await queue(busy, plusDays: day) }
        workers.wake("busy")
        #expect(await workers.runOnce())
        let id = try await queue(calm)
        workers.wake("calm")
        // The turn that was due, and then its own.
        for _ in 1...2 { #expect(await workers.runOnce()) }
        #expect(try await calm.run(id: id)?.state == .completed)
        while await workers.runOnce() {}
        let runs = try await busy.runs(before: nil, limit: 100).items
        #expect(runs.count == 20 && runs.allSatisfy { $0.state == .completed && $0.attempts == 1 })
    }

    @Test func `a run whose file is locked waits, tells why, and goes on by itself`() async throws {
        let store = try await store("a")
        let lock = FileLock(directory.url.appending(path: "a.sqlite3").path)
        let workers = workers(disturb: lock.take, afterFailure: lock.release)
        let id = try await queue(store)
        workers.wake("a")
        #expect(await workers.runOnce())
        let waiting = try #require(try await store.run(id: id))
        #expect(waiting.state == .queued && waiting.error?.contains("locked") == true)
        let pause_s = try #require(waiting.notBefore_s) - seconds.now()
        #expect(3...5 ~= pause_s)
        #expect(workers.status.troubled == 1)

        seconds.advance(by: pause_s - 1)
        workers.retryTroubled()
        #expect(await workers.runOnce())
        #expect(try await store.run(id: id) == waiting)
        #expect(workers.status.troubled == 1)
        seconds.advance(by: 1)
        workers.retryTroubled()
        #expect(await workers.runOnce())
        let ended = try #require(try await store.run(id: id))
        #expect(ended.state == .completed && ended.attempts == 2 && ended.error == nil)
        #expect(workers.status.troubled == 0)
    }

    @Test func `a run of which not even the failure can be stored goes on when the file is free`()
        async throws
    {
        let store = try await store("a")
        let lock = FileLock(directory.url.appending(path: "a.sqlite3").path)
        let workers = workers(disturb: lock.take)
        let id = try await queue(store)
        workers.wake("a")
        #expect(await workers.runOnce())
        #expect(workers.status.troubled == 1)
        workers.retryTroubled()
        #expect(await workers.runOnce())
        #expect(try await store.run(id: id)?.state == .running)
        #expect(workers.status.troubled == 1)
        lock.release()
        workers.retryTroubled()
        #expect(await workers.runOnce())
        let ended = try #require(try await store.run(id: id))
        #expect(ended.state == .completed && ended.attempts == 2)
        #expect(workers.status.troubled == 0)
    }

    @Test func `a run that fails without a known cause is tried again and again, and then given up`()
        async throws
    {
        let store = try await store("a")
        let workers = workers()
        let id = try await queue(store)
        let file = try DatabaseQueue(path: directory.url.appending(path: "a.sqlite3").path)
        try await file.write { try $0.execute(sql: "ALTER TABLE contact_events RENAME TO gone") }
        var pauses_s: [Int64] = []
        workers.wake("a")
        while await workers.runOnce(), let run = try await store.run(id: id), !run.state.isFinal {
            let due_s = try #require(run.notBefore_s)
            pauses_s.append(due_s - seconds.now())
            seconds.advance(by: due_s - seconds.now())
            workers.retryTroubled()
        }
        #expect(pauses_s.count == RunRetries().most - 1)
        for (number, pause_s) in pauses_s.enumerated() {
            let whole = min(60, 5 << number)
            #expect((whole + 1) / 2...whole ~= Int(pause_s), "\(pauses_s)")
        }
        let ended = try #require(try await store.run(id: id))
        #expect(ended.state == .failed && ended.attempts == RunRetries().most)
        #expect(ended.error?.contains("contact_events") == true)

        try await file.write { try $0.execute(sql: "ALTER TABLE gone RENAME TO contact_events") }
        let next = try await queue(store)
        workers.wake("a")
        #expect(await workers.runOnce())
        #expect(try await store.run(id: next)?.state == .completed)
    }

    @Test func `a run that ends every process is given up, and the next one has its turn`() async throws {
        let store = try await store("a")
        let (poison, next) = (try await queue(store), try await queue(store, plusDays: 1))
        for number in 1...Int64(RunRetries().mostClaims) {
            let dead = RunLease(
                owner: "dead \(number)", now_s: number * 60, length_s: 60, mostTries: .max,
                isGone: { _ in false })
            guard
                case .run(let run) = try await store.claimNextRun(
                    configVersion: nil, engineVersion: "test", now: TestOrganization.now(), lease: dead)
            else {
                Issue.record("nothing is claimed")
                return
            }
            #expect(run.id == poison)
        }
        let workers = workers()
        let listener = workers.events.listen(organizationID: "a", runID: poison)
        await workers.adopt(organizationIDs: ["a"])
        while await workers.runOnce() {}
        let ended = try #require(try await store.run(id: poison))
        #expect(ended.state == .failed && ended.error?.contains("the process that carried it out") == true)
        #expect(await listener.next() == .stateChanged)
        #expect(try await store.run(id: next)?.state == .completed)
    }

    @Test func `a run whose configuration cannot be read any more fails, and the next one has its turn`()
        async throws
    {
        let store = try await store("a")
        let (first, next) = (try await queue(store), try await queue(store, plusDays: 1))
        let dead = RunLease(owner: "dead", now_s: 0, length_s: 60, mostTries: 10, isGone: { _ in false })
        _ = try await store.claimNextRun(
            configVersion: Self.unreadable, engineVersion: "test", now: TestOrganization.now(), lease: dead)
        let workers = workers()
        await workers.adopt(organizationIDs: ["a"])
        while await workers.runOnce() {}
        let ended = try #require(try await store.run(id: first))
        #expect(ended.state == .failed && ended.error?.contains("Unreadable") == true)
        #expect(try await store.run(id: next)?.state == .completed)
    }

    @Test(.timeLimit(.minutes(1)))
    func `workers that are told to end put their run back`() async throws {
        let store = try await store("a")
        let gate = ManualPause()
        let workers = workers(disturb: { try await gate.pause(0) })
        let id = try await queue(store)
        workers.wake("a")
        let work = Task { await workers.run() }
        while !gate.isOn { await Task.yield() }
        #expect(try await store.run(id: id)?.state == .running)
        work.cancel()
        await work.value
        let run = try #require(try await store.run(id: id))
        #expect(run.state == .queued && run.tries == 0 && run.notBefore_s == nil && run.error == nil)

        // The backup that was interrupted is made when the run is taken up again.
        let isBackedUp = Mutex(false)
        let next = self.workers(disturb: { isBackedUp.withLock { $0 = true } })
        await next.adopt(organizationIDs: ["a"])
        #expect(await next.runOnce())
        #expect(isBackedUp.withLock { $0 })
        #expect(try await store.run(id: id)?.state == .completed)
    }

    @Test func `a run that another process carries out is left to it, and taken up when its lease ends`()
        async throws
    {
        let store = try await store("a")
        let id = try await queue(store)
        let other = RunLease(
            owner: "other", now_s: seconds.now(), length_s: 60, mostTries: 10, isGone: { _ in false })
        _ = try await store.claimNextRun(
            configVersion: nil, engineVersion: "test", now: TestOrganization.now(), lease: other)
        let workers = workers()
        await workers.adopt(organizationIDs: ["a"])
        #expect(await workers.runOnce())
        #expect(try await store.run(id: id)?.attempts == 1)
        #expect(workers.status.troubled == 1)
        seconds.advance(by: 60)
        workers.retryTroubled()
        #expect(await workers.runOnce())
        let ended = try #require(try await store.run(id: id))
        #expect(ended.state == .completed && ended.attempts == 2)
    }
}

/// Another program's lock on a file, taken once.
private final class FileLock: Sendable {
    private let path: String
    private let holder = Mutex<DatabaseQueue?>(nil)
    private let wasTaken = Mutex(false)

    init(_ path: String) { self.path = path }

    @Sendable
    func take() throws {
        guard
            wasTaken.withLock({ taken in
                defer { taken = true }
                return !taken
            })
        else { return }
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        try queue.writeWithoutTransaction { try $0.execute(sql: "BEGIN IMMEDIATE") }
        holder.withLock { $0 = queue }
    }

    @Sendable
    func release() {
        guard let queue = holder.withLock({ $0.take() }) else { return }
        try? queue.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
        try? queue.close()
    }
}
