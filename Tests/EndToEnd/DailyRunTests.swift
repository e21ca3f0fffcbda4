import Foundation
import Testing

/// Daily runs of the real process.
@Suite struct DailyRunTests {
    @Test
    func `a daily run that was missed is made good at the start, once, unless the organisation is paused`()
        throws
    {
        let scratch = try Scratch()
        let directory = scratch.path("data")
        let config = scratch.path("scheduler.yaml")
        try Data(#"runs: {daily_at: "00:00"}"#.utf8).write(to: URL(filePath: config))
        let first = try RunningService(dataDirectory: directory, "--config", config)
        for id in ["acme", "paused"] { try first.makeOrganization(id) }
        #expect(
            try first.request("/v1/orgs/paused", "--request", "PATCH", "--json", #"{"paused":true}"#).status
                == 200)
        #expect(first.terminate() == 0)
        // Both are there since the beginning of the year 2020, and have never had a run.
        let aged = try Command.shell(
            "sqlite3 '\(directory)/service.sqlite3' \"UPDATE organizations SET created_at = '2020-01-01 00:00:00'\""
        )
        #expect(aged.status == 0, "\(aged.errors)")
        for _ in 1...2 {
            let service = try RunningService(dataDirectory: directory, "--config", config)
            var state = ""
            while !["completed", "failed", "cancelled"].contains(state) {
                let runs =
                    try service.request("/v1/orgs/acme/scheduler-runs").json["items"] as? [[String: Any]]
                #expect(runs?.count ?? 0 <= 1)
                state = runs?.first?["state"] as? String ?? ""
            }
            #expect(state == "completed")
            let paused = try service.request("/v1/orgs/paused/scheduler-runs").json["items"] as? [Any]
            #expect(paused?.count == 0)
            #expect(service.terminate() == 0)
        }
    }
}
