import ScheduleStore
import SchedulingCore
import Testing

extension ConformanceCase {
    static let runs: [ConformanceCase] = [
        ConformanceCase("a second full run while one waits for the same is that one") { backend in
            let store = try await backend.openOrganization("a")
            var request = RunRequest(kind: .full, today: try date("2026-01-05"))
            let first = try await store.createRun(request, now: now)
            let second = try await store.createRun(request, now: now)
            #expect(first.isNew && !second.isNew)
            #expect(second.run == first.run)
            request.isDryRun = true
            let dry = try await store.createRun(request, now: now)
            request.replans = true
            let replanned = try await store.createRun(request, now: now)
            _ = try await store.claimNextRun(now: now)
            request = first.run.request
            let third = try await store.createRun(request, now: now)
            #expect(dry.isNew && replanned.isNew && third.isNew)
            #expect(third.run.id > replanned.run.id)
        },
        ConformanceCase("contacts join the run of contacts that waits for the same date") { backend in
            let store = try await backend.openOrganization("a")
            var request = RunRequest(kind: .contacts, today: try date("2026-01-05"))
            request.contactIDs = [5, 3]
            let first = try await store.createRun(request, now: now)
            request.contactIDs = [4, 5]
            let second = try await store.createRun(request, now: now)
            #expect(first.isNew && !second.isNew)
            #expect(second.run.id == first.run.id)
            #expect(try await store.run(id: first.run.id)?.request.contactIDs == [3, 4, 5])
            request.today = try date("2026-01-06")
            #expect(try await store.createRun(request, now: now).isNew)
            _ = try await store.claimNextRun(now: now)
            request.today = try date("2026-01-05")
            let third = try await store.createRun(request, now: now)
            #expect(third.isNew, "a run that has begun takes nobody in")
        },
        ConformanceCase("contacts do not join a run that has very many") { backend in
            let store = try await backend.openOrganization("a")
            var request = RunRequest(kind: .contacts, today: try date("2026-01-05"))
            request.contactIDs = [7]
            let first = try await store.createRun(request, now: now)
            request.contactIDs = Array(100_000..<160_000)
            #expect(try await !store.createRun(request, now: now).isNew)
            #expect(try await store.run(id: first.run.id)?.request.contactIDs?.count == 60_001)
            request.contactIDs = [8]
            let second = try await store.createRun(request, now: now)
            #expect(second.isNew)
            #expect(try await store.run(id: second.run.id)?.request.contactIDs == [8])
        },
        ConformanceCase("a second run of a campaign instance while one waits for the same is that one") {
            backend in
            let store = try await backend.openOrganization("a")
            var request = RunRequest(kind: .campaign, today: try date("2026-01-05"))
            request.campaignInstanceID = 7
            let first = try await store.createRun(request, now: now)
            let second = try await store.createRun(request, now: now)
            #expect(first.isNew && !second.isNew)
            #expect(second.run == first.run)
            let changes: [(inout RunRequest) throws -> Void] = [
                { $0.campaignInstanceID = 8 }, { $0.today = try date("2026-01-06") },
                { $0.isDryRun = true }, { $0.replans = true },
            ]
            for change in changes {
                var other = request
                try change(&other)
                #expect(try await store.createRun(other, now: now).isNew, "\(other)")
            }
            _ = try await store.claimNextRun(now: now)
            #expect(try await store.createRun(request, now: now).isNew, "a run that has begun may have read")
            let again = try await store.createRun(request, now: now)
            #expect(!again.isNew)
        },
        ConformanceCase("a run keeps the configuration that it was asked for with") { backend in
            let store = try await backend.openOrganization("a")
            let request = RunRequest(kind: .full, today: try date("2026-01-05"))
            let first = try await store.createRun(request, configVersion: 3, now: now)
            let second = try await store.createRun(request, configVersion: 4, now: now)
            let third = try await store.createRun(request, now: now)
            #expect(first.isNew && second.isNew && third.isNew)
            #expect(try await store.createRun(request, configVersion: 4, now: now).run == second.run)
            #expect(first.run.configVersion == 3 && third.run.configVersion == nil)
            for version in [3, 4, 9] as [Int64] {
                let run = try #require(try await store.claimNextRun(configVersion: 9, now: now))
                #expect(run.configVersion == version)
                _ = try await store.finishRun(run, .completed(report: "{}"), now: now)
            }
        },
        ConformanceCase("no request joins a run that had begun and waits again") { backend in
            let store = try await backend.openOrganization("a")
            var contacts = RunRequest(kind: .contacts, today: try date("2026-01-05"))
            contacts.contactIDs = [3, 900]
            for request in [contacts, RunRequest(kind: .full, today: contacts.today)] {
                _ = try await store.createRun(request, now: now)
                let begun = try #require(try await store.claimNextRun(now: now))
                try store.makeRunWriter().save(.after(500, run: begun.id))
                #expect(try await store.requeueRun(begun, nil, now: now).state == .queued)
                let asked = try await store.createRun(request, now: now)
                #expect(asked.isNew && asked.run.id != begun.id, "\(request.kind)")
                #expect(try await store.run(id: begun.id)?.request == request)
                let again = try await store.createRun(request, now: now)
                #expect(again.run.id == asked.run.id, "\(request.kind)")
                for id in [begun.id, asked.run.id] {
                    let claimed = try #require(try await store.claimNextRun(now: now))
                    #expect(claimed.id == id)
                    _ = try await store.finishRun(claimed, .completed(report: "{}"), now: now)
                }
            }
        },
        ConformanceCase("the latest full run is a completed one that wrote its plan") { backend in
            let store = try await backend.openOrganization("a")
            #expect(try await store.latestFullRun() == nil)
            var ids: [Int64] = []
            for (kind, isDryRun, outcome) in [
                (RunRecord.Kind.full, false, RunOutcome.completed(report: "{}")),
                (.full, true, .completed(report: "{}")), (.full, false, .failed(message: "x", report: nil)),
                (.contacts, false, .completed(report: "{}")),
            ] {
                var request = RunRequest(kind: kind, today: try date("2026-01-05"))
                request.isDryRun = isDryRun
                _ = try await store.createRun(request, now: now)
                let run = try #require(try await store.claimNextRun(now: now))
                _ = try await store.finishRun(run, outcome, now: now)
                ids.append(run.id)
            }
            #expect(try await store.latestFullRun()?.id == ids.first)
        },
        ConformanceCase("the daily run of a date is asked for once, and one that waits or goes on is it") {
            backend in
            let store = try await backend.openOrganization("a")
            let (first, second) = (try date("2026-01-05"), try date("2026-01-06"))
            #expect(try await store.lastDailyRunDate(notAfter: second) == nil)
            let request = RunRequest(kind: .full, today: first)
            let run = try await store.createDailyRun(of: first, request, now: now)
            #expect(run?.request == request)
            #expect(try await store.createDailyRun(of: first, request, now: now) == nil)
            #expect(try await store.lastDailyRunDate(notAfter: second) == first)
            #expect(try await store.lastDailyRunDate(notAfter: first - 1) == nil)
            _ = try await store.claimNextRun(now: now)
            let same = try await store.createDailyRun(of: second, request, now: now)
            #expect(same?.id == run?.id)
            #expect(try await store.lastDailyRunDate(notAfter: second + 30) == second)
        },
        ConformanceCase("a request comes back as it was made, whatever its kind") { backend in
            let store = try await backend.openOrganization("a")
            for kind in RunRecord.Kind.allCases {
                var request = RunRequest(kind: kind, today: try date("2028-02-29"))
                request.isDryRun = kind == .campaign
                request.replans = kind == .full
                request.contactIDs = kind == .contacts ? [1, .max] : nil
                request.campaignInstanceID = kind == .campaign ? 7 : nil
                let created = try await store.createRun(request, now: now).run
                let read = try await store.run(id: created.id)
                #expect(read == created)
                #expect(read?.request == request)
            }
        },
        ConformanceCase("a run ends once, with what it reports") { backend in
            let store = try await backend.openOrganization("a")
            let outcomes: [(RunOutcome, RunRecord.State)] = [
                (.completed(report: "{\"inserted\":1}"), .completed),
                (.failed(message: "no space", report: nil), .failed), (.cancelled(report: "{}"), .cancelled),
            ]
            for (outcome, state) in outcomes {
                let run = try await store.startRun()
                try store.makeRunWriter().begin(run, contactsDone: 0, contactsTotal: 9)
                try store.makeRunWriter().save(.after(4, run: run.id))
                let ended = try await store.finishRun(run, outcome, now: "end")
                #expect(ended.state == state && ended.finishedAt == "end" && ended.contactsTotal == 9)
                #expect(ended.report != nil || ended.error == "no space")
                let checkpoint = try store.makeRunWriter().loadCheckpoint(runID: run.id)
                #expect(checkpoint == nil)
                let code = await errorCode { _ = try await store.finishRun(run, outcome, now: "end") }
                #expect(code == .wrongState)
            }
            let missing = RunRecord(
                id: 99, request: RunRequest(kind: .full, today: try date("2026-01-05")), createdAt: now)
            let code = await errorCode { _ = try await store.finishRun(missing, outcomes[0].0, now: "end") }
            #expect(code == .notFound)
        },
        ConformanceCase("a queued run is cancelled at once, a running one is asked to stop") { backend in
            let store = try await backend.openOrganization("a")
            let running = try await store.startRun()
            let queued = try await store.createRun(
                RunRequest(kind: .full, today: try date("2026-01-06")), now: now
            ).run
            let cancelled = try await store.requestRunCancel(id: queued.id, now: "end")
            #expect(cancelled.state == .cancelled && cancelled.finishedAt == "end")
            let asked = try await store.requestRunCancel(id: running.id, now: "end")
            #expect(asked.state == .running && asked.isCancelRequested)
            let counts = try store.makeRunWriter().apply(
                [], runID: running.id, catalog: try catalog(), now: now,
                checkpoint: .after(1, run: running.id))
            #expect(counts.isCancelRequested)
            let stopped = try await store.finishRun(asked, .cancelled(report: nil), now: "end")
            #expect(stopped.state == .cancelled)
            #expect(try await store.claimNextRun(now: now) == nil)
        },
        ConformanceCase("runs are listed newest first") { backend in
            let store = try await backend.openOrganization("a")
            for day in 1...5 {
                _ = try await store.createRun(
                    RunRequest(kind: .full, today: try date("2026-01-0\(day)")), now: now)
            }
            let page = try await store.runs(before: nil, limit: 3)
            #expect(page.items.map(\.id) == [5, 4, 3])
            let rest = try await store.runs(before: page.nextCursor, limit: 3)
            #expect(rest.items.map(\.id) == [2, 1])
            #expect(rest.nextCursor == nil)
        },
    ]
}
