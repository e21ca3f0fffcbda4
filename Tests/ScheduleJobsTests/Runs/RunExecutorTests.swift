import Foundation
import GRDB
import ScheduleJobs
import ScheduleStore
import SchedulingCore
import Testing

/// Carrying a run out on a real store.
@Suite struct RunExecutorTests {
    @Test(arguments: [1, 7, 299, 1000])
    func `the plan does not depend on the batch size`(batchSize: Int) async throws {
        let organization = try await TestOrganization(contacts: 300)
        let reference = try await TestOrganization(contacts: 300)
        for (each, size) in [(organization, batchSize), (reference, 50)] {
            let run = try #require(try await each.claim())
            guard case .completed = try each.executor(batchSize: size).execute(run) else {
                Issue.record("the run did not complete")
                return
            }
        }
        #expect(try await organization.plan() == reference.plan())
        #expect(try await organization.plan().count > 600)
    }

    @Test func `a second run on the same day writes nothing and says so`() async throws {
        let organization = try await TestOrganization(contacts: 300)
        let first = try #require(try await organization.claim())
        let outcome = try organization.executor().execute(first)
        _ = try await organization.store.finishRun(first, outcome, now: TestOrganization.now())
        let second = try #require(try await organization.claim())
        guard case .completed(let report) = try organization.executor().execute(second) else {
            Issue.record("the run did not complete")
            return
        }
        let counts = try members(report)
        for key in ["inserted", "updated", "deleted"] { #expect(counts[key] as? Int == 0) }
        #expect(counts["unchanged"] as? Int == (try await organization.plan().count))
        let rows = try await organization.store.schedules(ScheduleFilter(), after: nil, limit: 1000)
        #expect(rows.items.allSatisfy { $0.schedulerRunID == first.id })
    }

    @Test func `a dry run reports what it would write and writes no row`() async throws {
        let organization = try await TestOrganization(contacts: 100)
        let run = try #require(try await organization.claim(isDryRun: true))
        guard case .completed(let report) = try organization.executor(batchSize: 10).execute(run) else {
            Issue.record("the run did not complete")
            return
        }
        #expect(try #require(try members(report)["inserted"] as? Int) > 200)
        #expect(try await organization.plan().isEmpty)
    }

    @Test func `progress rises to the number of contacts`() async throws {
        let organization = try await TestOrganization(contacts: 120)
        let run = try #require(try await organization.claim())
        var seen: [Int64] = []
        _ = try organization.executor(batchSize: 25).execute(
            run,
            progress: { done, total in
                #expect(total == 120)
                seen.append(done)
            })
        #expect(seen == seen.sorted())
        #expect(seen.last == 120)
    }

    @Test func `a batch that cannot be stored is reported and harms no other`() async throws {
        let organization = try await TestOrganization(contacts: 100)
        let queue = try DatabaseQueue(path: organization.path)
        try await queue.write { database in
            try database.execute(
                sql: """
                    CREATE TRIGGER refuse BEFORE INSERT ON email_schedules WHEN NEW.contact_id = 42
                    BEGIN SELECT RAISE(ABORT, 'contact 42 is refused'); END
                    """)
        }
        let run = try #require(try await organization.claim())
        guard case .failed(let message, let report) = try organization.executor(batchSize: 10).execute(run)
        else {
            Issue.record("the run did not fail")
            return
        }
        #expect(message.contains("contact 42 is refused"))
        #expect((try members(report)["failed_batches"] as? [String])?.count == 1)
        let planned = Set(try await organization.plan().compactMap { $0.split(separator: " ").first })
        #expect(planned.count >= 90)
        #expect(!planned.contains("42"))

        // Once the cause is gone, the next run plans the rest.
        try await queue.write { try $0.execute(sql: "DROP TRIGGER refuse") }
        _ = try await organization.store.finishRun(
            run, .failed(message: message, report: report), now: TestOrganization.now())
        let next = try #require(try await organization.claim())
        guard case .completed = try organization.executor(batchSize: 10).execute(next) else {
            Issue.record("the run did not complete")
            return
        }
        let all = Set(try await organization.plan().compactMap { $0.split(separator: " ").first })
        #expect(all.count == 100)
    }

    @Test func `a run that is cancelled stops after a batch`() async throws {
        let organization = try await TestOrganization(contacts: 200)
        let run = try #require(try await organization.claim())
        _ = try await organization.store.requestRunCancel(id: run.id, now: TestOrganization.now())
        guard case .cancelled = try organization.executor(batchSize: 5).execute(run) else {
            Issue.record("the run was not cancelled")
            return
        }
        #expect(try await organization.plan().count < 600)
    }

    @Test func `a run that is told to stop is left to be taken up again`() async throws {
        let organization = try await TestOrganization(contacts: 100)
        let run = try #require(try await organization.claim())
        #expect(throws: RunInterruption.self) {
            try organization.executor(batchSize: 5).execute(run, shouldStop: { true })
        }
        #expect(try await organization.store.run(id: run.id)?.state == .running)
    }

    @Test func `the counts per day are kept for later partial runs`() async throws {
        let organization = try await TestOrganization(contacts: 200)
        let run = try #require(try await organization.claim())
        _ = try organization.executor().execute(run)
        let counts = try organization.store.makeRunWriter().loadDayCounts()
        let planned = try await organization.plan().filter {
            $0.contains("pre-scheduled") || $0.contains("limit")
        }
        #expect(counts.reduce(0) { $0 + $1.finalCount } == planned.count)
        #expect(counts.reduce(0) { $0 + $1.effectiveDateIdealCount } > 50)
    }
}
