import HTTPHandling
import HTTPTypes
import ScheduleAPI
import ScheduleJobs
import ScheduleStore
import ScheduleStoreSQLite
import StoreConformance
import Testing

@Suite struct RunTests {
    private static let path = "/v1/orgs/acme/scheduler-runs"

    @Test func `a run is accepted, waits, and is carried out with a report`() async throws {
        try await TestService.with { test in
            _ = try await test.send(
                .post, "/v1/orgs/acme/contacts",
                body: #"{"email":"a@b.c","zip_code":"75001","birth_date":"1950-06-15"}"#)
            let accepted = try await test.send(.post, Self.path, body: #"{"kind":"full"}"#)
            #expect(accepted.status == 202)
            #expect(accepted.fields[.location] == "\(Self.path)/1")
            #expect(try accepted.object["state"] as? String == "queued")
            #expect(try accepted.object["today"] as? String == "2026-01-05")
            #expect(try accepted.object["created_at"] as? String == "2026-01-05T12:00:00Z")

            try await test.carryOutRun()
            let run = try await test.send(.get, "\(Self.path)/1")
            #expect(try run.object["state"] as? String == "completed")
            let report = try run.object["report"] as? [String: Any]
            #expect(report?["contacts_processed"] as? Int == 1)
            #expect(report?["inserted"] as? Int == 2)
        }
    }

    @Test func `a second full run while one waits is the same run, and another date is another run`()
        async throws
    {
        try await TestService.with { test in
            var ids: [Int?] = []
            for body in [
                #"{"kind":"full"}"#, #"{"kind":"full","today":"2026-01-05"}"#,
                #"{"kind":"full","today":"2026-01-06"}"#, #"{"kind":"full","dry_run":true}"#,
                #"{"kind":"full","replan":true}"#,
            ] {
                let answer = try await test.send(.post, Self.path, body: body)
                #expect(answer.status == 202)
                ids.append(try answer.object["id"] as? Int)
            }
            #expect(ids == [1, 1, 2, 3, 4])
            let list = try await test.send(.get, "\(Self.path)?limit=3")
            #expect(try list.items.map { $0["id"] as? Int } == [4, 3, 2])
        }
    }

    @Test func `a run that waits is cancelled at once, and stays so`() async throws {
        try await TestService.with { test in
            _ = try await test.send(.post, Self.path, body: #"{"kind":"full"}"#)
            for _ in 1...2 {
                let answer = try await test.send(.post, "\(Self.path)/1/cancel")
                #expect(answer.status == 200)
                #expect(try answer.object["state"] as? String == "cancelled")
            }
        }
    }

    @Test func `a run that goes on is asked to stop`() async throws {
        try await TestService.with { test in
            _ = try await test.send(.post, Self.path, body: #"{"kind":"full"}"#)
            _ = try await test.store.claimNextRun(
                configVersion: nil, engineVersion: "test", now: "2026-01-05 12:00:01")
            let answer = try await test.send(.post, "\(Self.path)/1/cancel")
            #expect(answer.status == 202)
            #expect(try answer.object["state"] as? String == "running")
            #expect(try answer.object["cancel_requested"] as? Bool == true)
        }
    }

    @Test func `the workers carry out what is submitted`() async throws {
        try await TestService.with { test in
            let workers = Task { await test.workers.run() }
            _ = try await test.send(.post, Self.path, body: #"{"kind":"full"}"#)
            var state: String?
            while state != "completed" && state != "failed" {
                await Task.yield()
                state = try await test.send(.get, "\(Self.path)/1").object["state"] as? String
            }
            #expect(state == "completed")
            workers.cancel()
            await workers.value
        }
    }
}
