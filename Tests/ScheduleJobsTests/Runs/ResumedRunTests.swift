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

/// A run that was interrupted goes on behind its last checkpoint, and ends in the rows and with the report of one
/// that was not.
@Suite(.serialized) struct ResumedRunTests {
    /// So many contacts that emails are moved by the daily cap: all of them were planned too late, and an initial
    /// blast goes to everyone.
    private static let contacts = 900

    /// Every part of a batch in a transaction of its own.
    private static var oneByOne: StoreOptions {
        var options = StoreOptions()
        options.rowsPerTransaction = 1
        return options
    }

    private func organization(options: StoreOptions = StoreOptions()) async throws -> TestOrganization {
        let organization = try await TestOrganization(contacts: Self.contacts, options: options)
        _ = try await organization.store.insertCampaignInstance(
            [
                .campaignType: "initial_blast", .instanceName: "hello", .emailTemplate: "hello",
                .activeStartDate: "2026-01-01",
            ], now: TestOrganization.now())
        return organization
    }

    /// Carries a full run out, interrupted after each number of pieces in turn.
    private func run(
        _ organization: TestOrganization, interruptedAfter pieces: [Int]
    ) async throws -> [String: Any] {
        var left = pieces[...]
        _ = try await organization.claim()
        while true {
            let run = try #require(try await organization.running())
            let limit = left.popFirst()
            let seen = Mutex(0)
            do {
                let outcome = try await organization.execute(
                    run, batchSize: 300, pieceSize: 100,
                    shouldStop: {
                        seen.withLock { seen in
                            seen += 1
                            return limit.map { seen >= $0 } ?? false
                        }
                    })
                let ended = try await organization.store.finishRun(run, outcome, now: TestOrganization.now())
                #expect(ended.state == .completed)
                #expect(ended.contactsDone == ended.contactsTotal)
                return try members(ended.report)
            } catch is RunInterruption {
                #expect(
                    try await organization.store.claimNextRun(now: TestOrganization.now())?.id == run.id)
            }
        }
    }

    /// The parts of a report that do not depend on the machine.
    private func figures(_ report: [String: Any]) throws -> String {
        let figures = report.filter { !["durations_ms", "batches"].contains($0.key) }
        return String(
            decoding: try JSONSerialization.data(withJSONObject: figures, options: .sortedKeys), as: UTF8.self
        )
    }

    @Test(arguments: [
        [1], [4], [8], [9], [10], [13], [18], [19], [20], [23], [27], [1, 1, 1, 1], [5, 5, 5, 5, 5],
        [9, 9, 9], [12, 3, 2, 1], [20, 1, 1, 1],
    ])
    func `it ends as one that was not interrupted`(_ pieces: [Int]) async throws {
        let reference = try await organization()
        let expected = try await run(reference, interruptedAfter: [])
        let interrupted = try await organization()
        let report = try await run(interrupted, interruptedAfter: pieces)
        #expect(try await interrupted.plan() == reference.plan())
        #expect(try figures(report) == figures(expected))
        #expect(
            try interrupted.store.makeRunWriter().loadDayCounts()
                == reference.store.makeRunWriter().loadDayCounts())
        let moved = try await reference.plan().filter { $0.contains("initial_blast") }
        #expect(Set(moved.map { $0.split(separator: " ")[2] }).count > 5, "the cap moves nobody")
    }

    @Test(arguments: [2, 7, 12, 17, 22])
    func `the second day's run does so too`(_ pieces: Int) async throws {
        var organizations: [TestOrganization] = []
        var reports: [String] = []
        for interruptions in [[], [pieces, pieces]] {
            let organization = try await organization()
            _ = try await run(organization, interruptedAfter: [])
            let queue = try DatabaseQueue(path: organization.path)
            try await queue.write { database in
                try database.execute(
                    sql: """
                        UPDATE contacts SET birth_date = '1950-01-20' WHERE id % 7 = 0;
                        UPDATE contacts SET state = 'NY' WHERE id % 11 = 0;
                        UPDATE email_schedules SET status = 'sent' WHERE id % 13 = 0;
                        DELETE FROM contacts WHERE id % 17 = 0;
                        INSERT INTO contacts (id, email, zip_code, birth_date)
                            SELECT id + 1000, 'n' || id || '@b.c', '75001', '1950-01-25' FROM contacts
                            WHERE id % 17 = 1;
                        INSERT INTO contacts (id, email) SELECT id + 2000, 'x' FROM contacts WHERE id % 17 = 2
                            AND id < 1000;
                        """)
            }
            reports.append(try figures(try await run(organization, interruptedAfter: interruptions)))
            organizations.append(organization)
        }
        #expect(try await organizations[1].plan() == organizations[0].plan())
        #expect(reports[1] == reports[0])
    }

    @Test(arguments: [3, 10, 15, 21, 26])
    func `what a killed process leaves is taken up, within a batch too`(_ piece: Int) async throws {
        let reference = try await organization()
        let expected = try await run(reference, interruptedAfter: [])
        let killed = try await organization(options: Self.oneByOne)
        let claimed = try #require(try await killed.claim())
        let pieces = Mutex(0)
        let left = Mutex<TestOrganization?>(nil)
        _ = try await killed.execute(
            claimed, batchSize: 300, pieceSize: 100,
            progress: {
                guard
                    pieces.withLock({
                        $0 += 1; return $0 == piece
                    })
                else { return }
                left.withLock { $0 = try? TestOrganization(asLeftBy: killed) }
            })
        let copy = try #require(left.withLock { $0 })
        let again = try #require(try await copy.store.claimNextRun(now: TestOrganization.now()))
        let outcome = try await copy.execute(again, batchSize: 300, pieceSize: 100)
        guard case .completed(let report) = outcome else {
            Issue.record("the run did not complete: \(outcome)")
            return
        }
        #expect(try await copy.plan() == reference.plan())
        #expect(try figures(try members(report)) == figures(expected))
    }

    @Test func `a checkpoint that cannot be read makes it begin anew`() async throws {
        let reference = try await organization()
        _ = try await run(reference, interruptedAfter: [])
        let interrupted = try await organization()
        let claimed = try #require(try await interrupted.claim())
        await #expect(throws: RunInterruption.self) {
            try await interrupted.execute(claimed, pieceSize: 100, shouldStop: { true })
        }
        let queue = try DatabaseQueue(path: interrupted.path)
        try await queue.write { try $0.execute(sql: "UPDATE scheduler_checkpoints SET payload = x'0102'") }
        let outcome = try await interrupted.execute(claimed)
        guard case .completed = outcome else {
            Issue.record("the run did not complete")
            return
        }
        #expect(try await interrupted.plan() == reference.plan())
    }

    @Test func `batches that were given up are not forgotten, nor tried again`() async throws {
        let organization = try await TestOrganization(contacts: 300)
        let queue = try DatabaseQueue(path: organization.path)
        try await queue.write { database in
            try database.execute(
                sql: """
                    CREATE TRIGGER refuse BEFORE INSERT ON email_schedules WHEN NEW.contact_id IN (25, 285)
                    BEGIN SELECT RAISE(ABORT, 'refused'); END
                    """)
        }
        let run = try #require(try await organization.claim())
        await #expect(throws: RunInterruption.self) {
            _ = try await organization.execute(
                run, batchSize: 10, pieceSize: 10, retryPauses_ms: [],
                shouldStop: {
                    let hasGivenUp = try? queue.read {
                        try Bool.fetchOne($0, sql: "SELECT EXISTS (SELECT 1 FROM run_failures)")
                    }
                    return hasGivenUp == true
                })
        }
        try await queue.write { database in
            try database.execute(
                sql: """
                    DROP TRIGGER refuse;
                    CREATE TRIGGER refuse BEFORE INSERT ON email_schedules WHEN NEW.contact_id = 285
                    BEGIN SELECT RAISE(ABORT, 'refused'); END
                    """)
        }
        let again = try #require(try await organization.store.claimNextRun(now: TestOrganization.now()))
        let outcome = try await organization.execute(
            again, batchSize: 10, pieceSize: 10, retryPauses_ms: [])
        guard case .failed(let message, let report) = outcome else {
            Issue.record("the run did not fail: \(outcome)")
            return
        }
        #expect(message.contains("2 batches could not be stored"))
        let failures = try #require(try members(report)["failed_batches"] as? [String])
        #expect(failures.count == 2 && failures[0] < failures[1], "\(failures)")
        let planned = Set(try await organization.plan().compactMap { $0.split(separator: " ").first })
        #expect(planned.count >= 280 && planned.isDisjoint(with: ["25", "285"]))
    }

    @Test func `parts that were stored before a batch failed are not stored again`() async throws {
        let organization = try await TestOrganization(contacts: 3000, options: Self.oneByOne)
        var configuration = Configuration()
        configuration.busyMode = .timeout(30)
        let queue = try DatabaseQueue(path: organization.path, configuration: configuration)
        // The batch's third part fails, after the first two were stored.
        try await queue.write { database in
            try database.execute(
                sql: """
                    CREATE TRIGGER refuse BEFORE INSERT ON email_schedules WHEN NEW.contact_id = 2500
                    BEGIN SELECT RAISE(ABORT, 'refused'); END
                    """)
        }
        let lifting = Task.detached {
            while try await organization.plan().isEmpty { await Task.yield() }
            try await queue.write { try $0.execute(sql: "DROP TRIGGER refuse") }
        }
        let run = try #require(try await organization.claim())
        let outcome = try await organization.execute(
            run, batchSize: 3000, retryPauses_ms: Array(repeating: 100, count: 300))
        try await lifting.value
        guard case .completed(let report) = outcome else {
            Issue.record("the run did not complete: \(outcome)")
            return
        }
        let inserted = try members(report)["inserted"] as? Int
        #expect(try await organization.plan().count == inserted)
    }
}
