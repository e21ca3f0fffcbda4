import ScheduleStore
import SchedulingCore
import Testing

extension OrganizationStore {
    /// Queues runs of some dates of January 2026. Returns their ids.
    fileprivate func queueRuns(onDays days: ClosedRange<Int>) async throws -> [Int64] {
        var ids: [Int64] = []
        for day in days {
            let request = RunRequest(kind: .full, today: try date("2026-01-0\(day)"))
            ids.append(try await createRun(request, now: now).run.id)
        }
        return ids
    }

    fileprivate func claim(_ lease: RunLease, now: String = now) async throws -> RunClaim {
        try await claimNextRun(configVersion: 1, engineVersion: "1", now: now, lease: lease)
    }

    /// The run that is claimed.
    fileprivate func claimed(_ lease: RunLease) async throws -> RunRecord {
        guard case .run(let run) = try await claim(lease) else { throw NothingClaimed() }
        return run
    }
}

private struct NothingClaimed: Error {}

extension ConformanceCase {
    static let queue: [ConformanceCase] = [
        ConformanceCase("runs are claimed one at a time, in the order in which they were asked for") {
            backend in
            let store = try await backend.openOrganization("a")
            let ids = try await store.queueRuns(onDays: 1...3)
            for (number, id) in ids.enumerated() {
                let run = try await store.claimed(.of("me", at: 100))
                #expect(run.id == id && run.state == .running && run.attempts == 1 && run.tries == 1)
                #expect(run.startedAt == now && run.configVersion == 1 && run.engineVersion == "1")
                #expect(try await store.claim(.of("other", at: 100)) == .taken(runID: id))
                let ended = try await store.finishRun(run, .completed(report: "{}"), now: now)
                #expect(ended.state == .completed, "\(number)")
            }
            #expect(try await store.claim(.of("me", at: 100)) == .nothing)
        },
        ConformanceCase("a run is taken up by another owner where no lease holds, with all that it had") {
            backend in
            let store = try await backend.openOrganization("a")
            let writer = try store.makeRunWriter()
            let first = try #require(try await store.queueRuns(onDays: 1...1).first)
            _ = try await store.claimed(.of("first", at: 1000))
            try writer.save(.after(500, run: first, batch: 3))
            #expect(try await store.claim(.of("second", at: 1059)) == .taken(runID: first))
            let claims: [RunLease] = [
                .of("second", at: 1060),  // The end of the first one's.
                .of("second", at: 1000),  // The owner's own.
                {
                    var lease = RunLease.of("third", at: 1001)
                    lease.isGone = { $0 == "second" }
                    return lease
                }(),
                .of("fourth", at: 100),  // The clock was set back.
            ]
            for (number, lease) in claims.enumerated() {
                let run = try await store.claimed(lease)
                #expect(run.id == first && run.attempts == number + 2, "\(number)")
                #expect(run.configVersion == 1 && run.startedAt == now && run.contactsDone == 500)
                #expect(try writer.loadCheckpoint(runID: first) == .after(500, run: first, batch: 3))
            }
        },
        ConformanceCase("a lease that is renewed holds on, and one whose claim is over does not") { backend in
            let store = try await backend.openOrganization("a")
            let run = try await store.startRun()
            #expect(try await store.renewLease(of: run, .of("test", at: 40)))
            #expect(try await store.claim(.of("other", at: 99)) == .taken(runID: run.id))
            let taken = try await store.claimed(.of("other", at: 100))
            #expect(try await !store.renewLease(of: run, .of("test", at: 110)))
            #expect(try await store.renewLease(of: taken, .of("other", at: 110)))
            _ = try await store.finishRun(taken, .completed(report: "{}"), now: now)
            #expect(try await !store.renewLease(of: taken, .of("other", at: 120)))
        },
        ConformanceCase("whoever has lost a run can write nothing more for it") { backend in
            let store = try await backend.openOrganization("a")
            let catalog = try catalog()
            let lost = try await store.startRun()
            let late = try store.makeRunWriter()
            try late.begin(lost, contactsDone: 0, contactsTotal: 9)
            try late.save(.after(1, run: lost.id))
            let taken = try await store.claimed(.of("other", at: 60))
            let part = ChangePart(
                changes: [.insert(try birthdayEmail(1, catalog))], checkpoint: .after(2, run: lost.id))
            let verbs: [@Sendable () async throws -> Void] = [
                { try late.begin(lost, contactsDone: 0, contactsTotal: 9) },
                { _ = try late.apply([part], runID: lost.id, catalog: catalog, now: now) },
                { try late.save(.after(2, run: lost.id)) },
                { try late.giveUp([part], runID: lost.id, because: "x") },
                {
                    let day = DayCount(day: catalog.today, effectiveDateIdealCount: 1, finalCount: 1)
                    try late.saveDayCounts(runID: lost.id, [day])
                },
                { _ = try await store.finishRun(lost, .completed(report: "{}"), now: now) },
                { _ = try await store.requeueRun(lost, nil, now: now) },
            ]
            for (number, verb) in verbs.enumerated() {
                #expect(await errorCode(verb) == .wrongState, "\(number)")
            }
            #expect(try late.loadCheckpoint(runID: lost.id) == .after(1, run: lost.id))
            #expect(try late.loadFailures(runID: lost.id).isEmpty && late.loadDayCounts().isEmpty)
            #expect(try await store.schedules(ofContact: 1).isEmpty)
            #expect(try await store.run(id: lost.id) == taken)
            let writer = try store.makeRunWriter()
            try writer.begin(taken, contactsDone: 1, contactsTotal: 9)
            _ = try writer.apply([part], runID: lost.id, catalog: catalog, now: now)
            #expect(try await store.schedules(ofContact: 1).count == 1)
            // The row of whoever has the run is in the way of the same one, which is not what is wrong.
            let again = await errorCode {
                _ = try late.apply([part], runID: lost.id, catalog: catalog, now: now)
            }
            #expect(again == .wrongState)
        },
        ConformanceCase("a run that is put off goes on when it is due, and keeps its place") { backend in
            let store = try await backend.openOrganization("a")
            let ids = try await store.queueRuns(onDays: 1...2)
            let run = try await store.claimed(.of("me", at: 100))
            let delay = RunDelay(cause: "no space", notBefore_s: 130, tries: 1)
            let waiting = try await store.requeueRun(run, delay, now: now)
            #expect(waiting.state == .queued && waiting.error == "no space" && waiting.notBefore_s == 130)
            #expect(try await store.claim(.of("me", at: 129)) == .later)
            let again = try await store.claimed(.of("me", at: 130))
            #expect(again.id == ids[0] && again.attempts == 2 && again.tries == 2)
            #expect(again.notBefore_s == nil && again.error == "no space")
            let ended = try await store.finishRun(again, .completed(report: "{}"), now: now)
            #expect(ended.error == nil)
            #expect(try await store.claimed(.of("me", at: 130)).id == ids[1])
        },
        ConformanceCase("a run that was put off under a clock that was wrong does not wait for that time") {
            backend in
            let store = try await backend.openOrganization("a")
            let run = try await store.startRun()
            let delay = RunDelay(cause: "no space", notBefore_s: 9000, tries: 1)
            _ = try await store.requeueRun(run, delay, now: now)
            #expect(try await store.claim(.of("me", at: 8940)) == .later)
            #expect(try await store.claimed(.of("me", at: 8939)).id == run.id)
        },
        ConformanceCase("a run that was asked to stop is cancelled instead of being put back") { backend in
            let store = try await backend.openOrganization("a")
            let run = try await store.startRun()
            _ = try await store.requestRunCancel(id: run.id, now: now)
            let delay = RunDelay(cause: "no space", notBefore_s: 130, tries: 1)
            let ended = try await store.requeueRun(run, delay, now: "end")
            #expect(ended.state == .cancelled && ended.finishedAt == "end")
            let delayed = try await store.requeueRun(try await store.startRun(), delay, now: now)
            let cancelled = try await store.requestRunCancel(id: delayed.id, now: "end")
            #expect(cancelled.state == .cancelled && cancelled.notBefore_s == nil)
        },
        ConformanceCase("a run that ends every process is given up, unless it gets on") { backend in
            let store = try await backend.openOrganization("a")
            let ids = try await store.queueRuns(onDays: 1...2)
            var clock: Int64 = 0
            /// Claims under an owner that dies.
            func claim() async throws -> RunClaim {
                clock += 60
                return try await store.claim(.of("at \(clock)", at: clock, mostTries: 3))
            }
            for round in 1...2 {
                for tries in 1...3 {
                    guard case .run(let run) = try await claim() else { throw NothingClaimed() }
                    #expect(run.id == ids[0] && run.tries == tries, "\(round)")
                }
                if round == 1 { try store.makeRunWriter().save(.after(5, run: ids[0])) }
            }
            // What the owner itself left is no try more.
            for _ in 1...2 {
                let own = RunLease.of("at \(clock)", at: clock, mostTries: 4)
                #expect(try await store.claimed(own).tries == 3)
            }
            guard case .givenUp(let run) = try await claim() else { throw NothingClaimed() }
            #expect(run.id == ids[0] && run.state == .failed && run.finishedAt == now)
            #expect(run.error?.contains("given up after 3 tries") == true)
            #expect(try store.makeRunWriter().loadCheckpoint(runID: ids[0]) == nil)
            guard case .run(let next) = try await claim() else { throw NothingClaimed() }
            #expect(next.id == ids[1])
        },
        ConformanceCase("an interruption is no try") { backend in
            let store = try await backend.openOrganization("a")
            var run = try await store.startRun()
            for attempt in 2...5 {
                #expect(try await store.requeueRun(run, nil, now: now).tries == 0)
                run = try await store.claimed(.of("me"))
                #expect(run.tries == 1 && run.attempts == attempt)
            }
        },
        ConformanceCase("what a run gives up is remembered until it ends, and it goes on behind it") {
            backend in
            let store = try await backend.openOrganization("a")
            let run = try await store.startRun()
            let writer = try store.makeRunWriter()
            try writer.begin(run, contactsDone: 0, contactsTotal: 9)
            for batch in [2, 11] {
                let parts = try [0, 1].map { part in
                    ChangePart(
                        changes: [.insert(try birthdayEmail(Int64(batch + part), try catalog()))],
                        checkpoint: .after(Int64(batch + part), run: run.id, batch: batch + part))
                }
                try writer.giveUp(parts[...], runID: run.id, because: "batch \(batch)")
                #expect(
                    try writer.loadCheckpoint(runID: run.id)
                        == .after(Int64(batch + 1), run: run.id, batch: batch + 1))
            }
            #expect(try await store.schedules(ScheduleFilter(), after: nil, limit: 9).items.isEmpty)
            let again = try await store.claimed(.of("other", at: 60))
            let next = try store.makeRunWriter()
            #expect(try next.loadFailures(runID: again.id) == ["batch 2", "batch 11"])
            _ = try await store.finishRun(again, .failed(message: "x", report: nil), now: now)
            #expect(try next.loadFailures(runID: again.id).isEmpty)
        },
    ]
}
