import Foundation
import GRDB
import Logging
import ScheduleJobs
import ScheduleStore
import ScheduleStoreSQLite
import SchedulingCore
import StoreConformance
import Testing

extension RunWorkers {
    /// Puts a run in its organisation's queue and sees to it, as requests do.
    fileprivate func submit(
        _ request: RunRequest, organizationID: String, in stores: any OrganizationStores
    ) async throws -> (run: RunRecord, isNew: Bool) {
        let store = try await stores.store(ofOrganization: organizationID)
        defer { wake(organizationID) }
        return try await store.createRun(request, now: TestOrganization.now())
    }
}

/// The background workers, over real stores.
@Suite struct RunWorkersTests {
    private let directory: Folder
    private let stores: SQLiteOrganizationStores
    private let today: CivilDate

    init() throws {
        directory = try Folder()
        stores = SQLiteOrganizationStores(directory: directory.path)
        today = try #require(TestOrganization.today)
    }

    private func workers(count: Int = 2) -> RunWorkers {
        RunWorkers(
            stores: stores,
            environment: { _, _ in
                RunEnvironment(policy: SchedulingPolicy(), zone: ZoneOffsets(), batchSize: 50)
            },
            count: count, now: TestOrganization.now, leases: TestOrganization.leases,
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
    }

    private func fill(_ organization: String, contacts: Int) async throws {
        let store = try await stores.store(ofOrganization: organization)
        let imported = try await store.createImport(columns: [], now: TestOrganization.now())
        var batch = ImportBatch()
        batch.rows = (1...contacts).map { .init(row: $0, draft: TestOrganization.contact(Int64($0))) }
        _ = try await store.importBatch(batch, importID: imported.id)
    }

    /// Asks again and again until a run has ended.
    private func end(of id: Int64, in organization: String) async throws -> RunRecord {
        let store = try await stores.store(ofOrganization: organization)
        while true {
            if let run = try await store.run(id: id), run.state.isFinal { return run }
            await Task.yield()
        }
    }

    /// Works while `body` goes on.
    private func whileWorking(_ workers: RunWorkers, _ body: () async throws -> Void) async throws {
        let work = Task { await workers.run() }
        do {
            try await body()
        } catch {
            work.cancel()
            throw error
        }
        work.cancel()
        await work.value
    }

    @Test(.timeLimit(.minutes(1)))
    func `runs of several organisations are carried out with one worker`() async throws {
        let workers = workers(count: 1)
        try await whileWorking(workers) {
            for name in ["a", "b", "c"] { try await fill(name, contacts: 40) }
            for name in ["a", "b", "c"] {
                let (run, isNew) = try await workers.submit(
                    RunRequest(kind: .full, today: today), organizationID: name, in: stores)
                #expect(isNew)
                let ended = try await end(of: run.id, in: name)
                #expect(ended.state == .completed)
                #expect(ended.contactsDone == 40)
                #expect(ended.contactsTotal == 40)
            }
            #expect(workers.status.isAlive)
            #expect(workers.status.lastRunFinishedAt != nil)
        }
        #expect(!workers.status.isAlive)
    }

    @Test(.timeLimit(.minutes(1)))
    func `a full run that waits is the one that a second request gets`() async throws {
        try await fill("a", contacts: 10)
        let workers = workers()
        let request = RunRequest(kind: .full, today: today)
        let first = try await workers.submit(request, organizationID: "a", in: stores)
        let second = try await workers.submit(request, organizationID: "a", in: stores)
        #expect(second.run.id == first.run.id)
        #expect(!second.isNew)
        try await whileWorking(workers) {
            let ended = try await end(of: first.run.id, in: "a")
            #expect(ended.state == .completed)
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `what an earlier process left running is taken up under its own id`() async throws {
        try await fill("a", contacts: 60)
        let store = try await stores.store(ofOrganization: "a")
        let (run, _) = try await store.createRun(
            RunRequest(kind: .full, today: today), now: TestOrganization.now())
        let claimed = try await store.claimNextRun(
            configVersion: nil, engineVersion: "earlier", now: TestOrganization.now())
        #expect(claimed?.id == run.id)
        let imported = try await store.createImport(columns: [], now: TestOrganization.now())

        let workers = workers()
        await workers.adopt(organizationIDs: ["a"])
        #expect(try await store.importRecord(id: imported.id)?.state == .failed)
        try await whileWorking(workers) {
            let ended = try await end(of: run.id, in: "a")
            #expect(ended.state == .completed)
            #expect(ended.attempts == 2)
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `an organisation whose store is broken does not stop the others`() async throws {
        try await fill("good", contacts: 20)
        try Data("this is no database".utf8).write(to: directory.url.appending(path: "bad.sqlite3"))
        let workers = workers(count: 1)
        await workers.adopt(organizationIDs: ["bad", "good"])
        try await whileWorking(workers) {
            await #expect(throws: StoreError.self) {
                _ = try await workers.submit(
                    RunRequest(kind: .full, today: today), organizationID: "bad", in: stores)
            }
            let (run, _) = try await workers.submit(
                RunRequest(kind: .full, today: today), organizationID: "good", in: stores)
            let ended = try await end(of: run.id, in: "good")
            #expect(ended.state == .completed)
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `a run whose store was locked by another program is taken up when that is done`() async throws {
        try await fill("a", contacts: 20)
        try await stores.close()
        var options = StoreOptions()
        options.busyTimeout_ms = 10
        let stores = SQLiteOrganizationStores(directory: directory.path, options: options)
        let workers = RunWorkers(
            stores: stores,
            environment: { _, _ in RunEnvironment(policy: SchedulingPolicy(), zone: ZoneOffsets()) },
            count: 1, now: TestOrganization.now, leases: TestOrganization.leases,
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
        let (run, _) = try await workers.submit(
            RunRequest(kind: .full, today: today), organizationID: "a", in: stores)
        // Claimed by a worker that could not store how it ended.
        _ = try await stores.store(ofOrganization: "a").claimNextRun(
            configVersion: nil, engineVersion: "1", now: TestOrganization.now())
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        let other = try DatabaseQueue(
            path: directory.url.appending(path: "a.sqlite3").path, configuration: configuration)
        try await other.writeWithoutTransaction { try $0.execute(sql: "BEGIN IMMEDIATE") }
        await workers.adopt(organizationIDs: ["a"])
        #expect(workers.status.troubled == 1)
        #expect(stores.troubles == ["a": .busy])
        try await whileWorking(workers) {
            try await other.writeWithoutTransaction { try $0.execute(sql: "COMMIT") }
            await stores.retryTroubled()
            #expect(stores.troubles.isEmpty)
            workers.retryTroubled()
            while true {
                let ended = try await stores.store(ofOrganization: "a").run(id: run.id)
                if let ended, ended.state.isFinal {
                    #expect(ended.state == .completed)
                    break
                }
                await Task.yield()
            }
            #expect(workers.status.troubled == 0)
        }
        try other.close()
    }

    @Test(.timeLimit(.minutes(1)))
    func `a run that was interrupted goes on with the configuration that it began with`() async throws {
        try await fill("a", contacts: 20)
        let store = try await stores.store(ofOrganization: "a")
        let begun = try await store.createRun(
            RunRequest(kind: .full, today: today), now: TestOrganization.now()
        ).run
        _ = try await store.claimNextRun(configVersion: 3, engineVersion: "1", now: TestOrganization.now())
        let workers = RunWorkers(
            stores: stores,
            environment: { _, version in
                var policy = SchedulingPolicy()
                policy.priorities.birthday = version == 3 ? 4 : 9
                return RunEnvironment(policy: policy, zone: ZoneOffsets(), configVersion: version ?? 7)
            },
            count: 1, now: TestOrganization.now, leases: TestOrganization.leases,
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
        await workers.adopt(organizationIDs: ["a"])
        var request = RunRequest(kind: .contacts, today: today)
        request.contactIDs = [1]
        let (next, _) = try await workers.submit(request, organizationID: "a", in: stores)
        try await whileWorking(workers) {
            let first = try await end(of: begun.id, in: "a")
            let second = try await end(of: next.id, in: "a")
            #expect(first.configVersion == 3 && second.configVersion == 7)
            #expect(first.report?.contains("\"config_version\":3") == true)
        }
        let rows = try await store.schedules(ScheduleFilter(), after: nil, limit: 1000).items
        let birthdays = rows.filter { $0.emailType == "birthday" }
        #expect(birthdays.count == 20)
        #expect(birthdays.allSatisfy { $0.priority == ($0.contactID == 1 ? 9 : 4) })
    }
}
