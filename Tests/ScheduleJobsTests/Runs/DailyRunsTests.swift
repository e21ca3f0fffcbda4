import Foundation
import Logging
import ScheduleJobs
import ScheduleStore
import ScheduleStoreSQLite
import SchedulingCore
import StoreConformance
import Synchronization
import Testing

/// Daily runs over real stores, with a clock that the test sets.
@Suite struct DailyRunsTests {
    private final class World: Sendable {
        let now = Mutex<Int64>(0)
        let organizations = Mutex<[OrganizationRecord]>([])
        let time = Mutex<String?>("02:00")
    }

    private let directory: Folder
    private let stores: SQLiteOrganizationStores
    private let world = World()

    init() throws {
        directory = try Folder()
        stores = SQLiteOrganizationStores(directory: directory.path)
        add("a")
        set("2026-01-05 01:00:00")
    }

    private func add(_ id: String) {
        world.organizations.withLock {
            $0.append(OrganizationRecord(id: id, name: id, timeZone: "UTC", createdAt: "2026-01-04 12:00:00"))
        }
    }

    private func seconds(_ text: String) -> Int64 {
        LocalMoment(Array(text.utf8).span, in: ZoneOffsets())?.seconds ?? 0
    }

    private func set(_ text: String) { world.now.withLock { $0 = seconds(text) } }

    private func dailyRuns(_ stores: SQLiteOrganizationStores? = nil) -> DailyRuns {
        let stores = stores ?? self.stores
        let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        let workers = RunWorkers(
            stores: stores,
            environment: { _, _ in RunEnvironment(policy: SchedulingPolicy(), zone: ZoneOffsets()) },
            count: 1, now: TestOrganization.now, leases: TestOrganization.leases, logger: logger)
        let world = world
        return DailyRuns(
            stores: stores, workers: workers,
            environment: DailyRuns.Environment(
                organizations: { world.organizations.withLock { $0 } },
                schedule: { _ in world.time.withLock { $0.flatMap(DailySchedule.init) } },
                zone: { $0 == "UTC" ? ZoneOffsets() : nil },
                unixSeconds: { world.now.withLock { $0 } }, now: TestOrganization.now),
            logger: logger)
    }

    private func runs(_ id: String = "a") async throws -> [RunRecord] {
        try await stores.store(ofOrganization: id).runs(before: nil, limit: 100).items
    }

    @Test func `a date gets one run, however often and by whomever it is looked at`() async throws {
        let daily = dailyRuns()
        #expect(await daily.runOnce() == seconds("2026-01-05 02:00:00"))
        #expect(try await runs().isEmpty)
        set("2026-01-05 02:00:00")
        for daily in [daily, daily, dailyRuns()] {
            #expect(await daily.runOnce() == seconds("2026-01-06 02:00:00"))
        }
        // Another process, whose file it is too.
        let others = SQLiteOrganizationStores(directory: directory.path)
        _ = await dailyRuns(others).runOnce()
        try await others.close()
        let runs = try await runs()
        #expect(runs.map(\.request.kind) == [.full])
        #expect(runs.map(\.request.today.description) == ["2026-01-05"])
    }

    @Test func `a date that is done stays done when its run has ended or its clock is set back`() async throws
    {
        let daily = dailyRuns()
        set("2026-01-05 02:00:00")
        _ = await daily.runOnce()
        let store = try await stores.store(ofOrganization: "a")
        let run = try #require(
            try await store.claimNextRun(configVersion: nil, engineVersion: "1", now: TestOrganization.now()))
        _ = try await store.finishRun(run, .completed(report: "{}"), now: TestOrganization.now())
        for time in ["2026-01-05 23:00:00", "2026-01-04 03:00:00", "2026-01-05 02:00:00"] {
            set(time)
            _ = await dailyRuns().runOnce()
        }
        #expect(try await runs().count == 1)
    }

    @Test func `a clock that was far ahead once does not end the daily runs`() async throws {
        let daily = dailyRuns()
        set("2099-01-05 02:00:00")
        _ = await daily.runOnce()
        set("2026-01-05 02:00:00")
        #expect(await daily.runOnce() == seconds("2026-01-06 02:00:00"))
        #expect(try await runs().map(\.request.today.description) == ["2026-01-05", "2099-01-05"])
    }

    @Test(arguments: [RunRecord.State.queued, .running])
    func `a full run of the date that waits or goes on is the date's run`(
        _ state: RunRecord.State
    ) async throws {
        let store = try await stores.store(ofOrganization: "a")
        let today = try #require(CivilDate("2026-01-05"))
        var dry = RunRequest(kind: .full, today: today)
        dry.isDryRun = true
        let asked = try await store.createRun(
            RunRequest(kind: .full, today: today), now: TestOrganization.now()
        ).run
        if state == .running {
            _ = try await store.claimNextRun(
                configVersion: nil, engineVersion: "1", now: TestOrganization.now())
        }
        _ = try await store.createRun(dry, now: TestOrganization.now())
        set("2026-01-05 02:00:00")
        _ = await dailyRuns().runOnce()
        #expect(try await runs().count == 2)
        set("2026-01-06 02:00:00")
        _ = await dailyRuns().runOnce()
        #expect(try await runs().count == 3)
        #expect(try await runs().last?.id == asked.id)
    }

    @Test func `while an organisation is paused nothing runs, and then the latest is made good`() async throws
    {
        let daily = dailyRuns()
        world.organizations.withLock { $0[0].isPaused = true }
        set("2026-01-07 03:00:00")
        #expect(await daily.runOnce() == .max)
        #expect(try await runs().isEmpty)
        world.organizations.withLock { $0[0].isPaused = false }
        set("2026-01-07 12:00:00")
        _ = await daily.runOnce()
        #expect(try await runs().map(\.request.today.description) == ["2026-01-07"])
    }

    @Test func `one organisation's broken file leaves the others' runs alone`() async throws {
        add("b")
        try Data("this is no database".utf8).write(to: directory.url.appending(path: "a.sqlite3"))
        set("2026-01-05 02:00:00")
        _ = await dailyRuns().runOnce()
        #expect(try await runs("b").count == 1)
    }

    @Test func `the loop looks again when the next run is due, and at least every minute`() async throws {
        let daily = dailyRuns()
        set("2026-01-05 01:58:30")
        let pauses = Mutex<[Int64]>([])
        let world = world
        await daily.run(pause: { seconds in
            let count = pauses.withLock { pauses in
                pauses.append(seconds)
                return pauses.count
            }
            world.now.withLock { $0 += seconds }
            if count == 3 { throw CancellationError() }
        })
        #expect(pauses.withLock { $0 } == [60, 30, 60])
        #expect(try await runs().count == 1)
        world.time.withLock { $0 = nil }
        #expect(await daily.runOnce() == .max)
    }
}
