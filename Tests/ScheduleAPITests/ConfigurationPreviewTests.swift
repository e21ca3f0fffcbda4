import Foundation
import HTTPTypes
import ScheduleConfig
import ScheduleJobs
import ScheduleStore
import SchedulingCore
import Testing

/// What a change of the configuration would do, before it is made.
@Suite struct ConfigurationPreviewTests {
    private static let path = "/v1/orgs/acme/config"

    /// Contacts with birthdays in March: 1 to 15 in Texas, the others in Ohio.
    private func fill(_ test: TestService, contacts: Int = 30) async throws {
        let lines = (1...contacts).map { id in
            let zip = id <= 15 ? "78701" : "43004"
            return "\(id),c\(id)@example.com,\(zip),1950-03-\(id < 10 ? "0" : "")\(id)"
        }
        let file = "id,email,zip_code,birth_date\n" + lines.joined(separator: "\n") + "\n"
        _ = try await test.send(.post, "/v1/orgs/acme/contacts/import", body: file, type: "text/csv")
    }

    private func plan(_ test: TestService) async throws {
        _ = try await test.send(.post, "/v1/orgs/acme/scheduler-runs", body: #"{"kind":"full"}"#)
        let environment = try await test.configurations.environment(ofOrganization: "acme", version: nil)
        while try await test.carryOutNextRun(in: environment) != nil {}
    }

    private func preview(_ test: TestService, _ body: String, _ query: String = "") async throws -> Answer {
        let answer = try await test.send(.post, "\(Self.path)/preview\(query)", body: body)
        #expect(answer.status == 200, "\(answer.text)")
        return answer
    }

    private func counts(_ object: [String: Any]) -> [Int] {
        ["added", "removed", "moved", "skipped", "unskipped", "changed"].map { object[$0] as? Int ?? -1 }
    }

    @Test func withoutAPlanEverythingIsAdded() async throws {
        try await TestService.with { test in
            try await fill(test)
            let answer = try await preview(test, "{}")
            #expect(counts(try answer.object) == [60, 0, 0, 0, 0, 0])
            let samples = try answer.object["samples"] as? [[String: Any]] ?? []
            #expect(samples.count == ConfigurationPreview.samplesOfKind)
            #expect(samples.first?["before"] is NSNull)
        }
    }

    @Test func theConfigurationInForceChangesNothing() async throws {
        try await TestService.with { test in
            try await fill(test)
            try await plan(test)
            let got = try await test.send(.get, Self.path).text
            #expect(counts(try await preview(test, got).object) == [0, 0, 0, 0, 0, 0])
        }
    }

    @Test func tellsWhatIsSkippedAndMovedByTypeAndState() async throws {
        try await TestService.with { test in
            try await fill(test)
            try await plan(test)
            let closed = try await preview(test, #"{"state_rules":{"TX":{"year_round":true}}}"#)
            #expect(counts(try closed.object) == [0, 0, 0, 30, 0, 0])
            let states = try closed.object["by_state"] as? [[String: Any]] ?? []
            #expect(states.map { $0["state"] as? String } == ["TX"])
            #expect(states.first.map(counts) == [0, 0, 0, 30, 0, 0])
            let types = try closed.object["by_type"] as? [[String: Any]] ?? []
            #expect(types.map { $0["email_type"] as? String } == ["aep", "birthday"])
            #expect(types.map(counts) == [[0, 0, 0, 15, 0, 0], [0, 0, 0, 15, 0, 0]])
            let sample = try #require((try closed.object["samples"] as? [[String: Any]])?.first)
            #expect((sample["after"] as? [String: Any])?["skip_reason"] as? String == "year_round_exclusion")

            let moved = try await preview(test, #"{"timing_constants":{"birthday_email_days_before":20}}"#)
            #expect(counts(try moved.object) == [0, 0, 30, 0, 0, 0])
            let template = try await preview(test, #"{"email_templates":{"aep":"other"}}"#)
            #expect(counts(try template.object) == [0, 0, 0, 0, 0, 30])
        }
    }

    /// Holds the preview against what the run then does, and looks for anything that the preview wrote.
    @Test func isWhatTheRunThenDoesAndWritesNothing() async throws {
        try await TestService.with { test in
            try await fill(test)
            try await plan(test)
            let change = #"""
                {"state_rules":{"OH":{"birthday_window":{"window_before_days":10,"window_after_days":5}}},
                 "timing_constants":{"birthday_email_days_before":21}}
                """#
            let rows = try await test.store.schedules(ScheduleFilter(), after: nil, limit: 1000).items
            let runs = try await test.store.runs(before: nil, limit: 1000).items
            let foreseen = counts(try await preview(test, change).object)
            #expect(try await test.store.schedules(ScheduleFilter(), after: nil, limit: 1000).items == rows)
            #expect(try await test.store.runs(before: nil, limit: 1000).items == runs)
            #expect(try await test.send(.get, "\(Self.path)/versions").items.count == 1)

            _ = try await test.send(.put, Self.path, body: change)
            try await plan(test)
            let after = try await test.store.schedules(ScheduleFilter(), after: nil, limit: 1000).items
            let old = Dictionary(uniqueKeysWithValues: rows.map { ($0.id, $0) })
            let new = Dictionary(uniqueKeysWithValues: after.map { ($0.id, $0) })
            let kept = rows.compactMap { row in new[row.id].map { (row, $0) } }
            let done = [
                after.filter { old[$0.id] == nil }.count, rows.filter { new[$0.id] == nil }.count,
                kept.filter {
                    $0.status != "skipped" && $1.status != "skipped"
                        && $0.scheduledSendDate != $1.scheduledSendDate
                }.count,
                kept.filter { $0.status != "skipped" && $1.status == "skipped" }.count,
                kept.filter { $0.status == "skipped" && $1.status != "skipped" }.count,
            ]
            #expect(Array(foreseen.prefix(5)) == done)
            #expect(done[0] > 0 && done[2] > 0 && done[3] > 0)
        }
    }

    @Test func refusesWhatPutRefuses() async throws {
        try await TestService.with { test in
            let answer = try await test.send(.post, "\(Self.path)/preview", body: #"{"durability":"full"}"#)
            #expect(try answer.status == 422 && answer.mistakes == ["/durability service_setting"])
            let today = try await test.send(.post, "\(Self.path)/preview?today=2026-02-30", body: "{}")
            #expect(today.status == 400)
        }
    }

    @Test func isMadeForAnotherDate() async throws {
        try await TestService.with { test in
            try await fill(test)
            try await plan(test)
            let answer = try await preview(test, "{}", "?today=2026-04-01")
            #expect(try answer.object["today"] as? String == "2026-04-01")
            // This year's birthday emails were not sent; those of the next year take their place.
            #expect(try answer.object["skipped"] as? Int == 30)
            #expect(try answer.object["added"] as? Int == 30)
        }
    }
}
