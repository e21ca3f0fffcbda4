import Foundation
import Synchronization
import Testing

/// Configurations of an organisation over HTTP, as administrators work with them.
@Suite struct ConfigurationWorkflowTests {
    private let scratch: Scratch
    private let service: RunningService

    /// A service with contacts of all states and the plan of a day.
    init() throws {
        scratch = try Scratch()
        service = try RunningService(dataDirectory: scratch.path("data"))
        try service.makeOrganization("acme")
        try service.importGenerated(2000, into: "acme", scratch)
        #expect(try service.fullRun("acme", today: "2026-01-05")["state"] as? String == "completed")
    }

    private func config(
        _ path: String = "", _ options: String...
    ) throws -> (answer: RunningService.Answer, tag: String, run: Int?) {
        let head = scratch.path("head")
        let answer = try service.request(
            "/v1/orgs/acme/config\(path)", options: ["--dump-header", head] + options)
        let fields = try String(contentsOfFile: head, encoding: .utf8)
        let tag = fields.firstMatch(of: /(?i)etag: ("[^"]*")/).map { String($0.1) }
        let run = fields.firstMatch(of: /(?i)link: <[^>]*scheduler-runs\/([0-9]+)>/).flatMap { Int($0.1) }
        return (answer, tag ?? "", run)
    }

    private func put(
        _ json: String, ifMatch tag: String
    ) throws -> (
        answer: RunningService.Answer, tag: String, run: Int?
    ) {
        try config("", "--request", "PUT", "--header", "If-Match: \(tag)", "--json", json)
    }

    private func wait(_ id: Int?) throws -> [String: Any] {
        try service.end(ofRun: try #require(id), "acme")
    }

    private func counts() throws -> [String: Int] {
        let metrics = try service.request("/v1/orgs/acme/metrics").json
        let groups = metrics["email_schedules"] as? [[String: Any]] ?? []
        return groups.reduce(into: [:]) { counts, group in
            let key = ["email_type", "status", "skip_reason"].map { "\(group[$0] ?? "")" }
            counts[key.joined(separator: " ")] = group["count"] as? Int
        }
    }

    @Test
    func
        `a change is previewed, made under its entity tag, carried out, told in the audit log, and taken back`()
        throws
    {
        let before = try counts()
        let first = try config()
        #expect(first.answer.status == 200 && first.answer.json["time_zone"] as? String == "America/Chicago")
        let change = #"{"state_rules":{"TX":{"year_round":true}}}"#
        let preview = try config("/preview?today=2026-01-05", "--json", change)
        #expect(preview.answer.status == 200, "\(preview.answer.body)")
        func foreseen(_ kinds: String...) -> Int {
            kinds.reduce(0) { $0 + (preview.answer.json[$1] as? Int ?? -1) }
        }
        #expect(foreseen("skipped") > 0)
        #expect(try counts() == before, "a preview writes nothing")

        #expect(try put(change, ifMatch: "\"7\"").answer.status == 412)
        let made = try put(change, ifMatch: first.tag)
        #expect(made.answer.status == 200 && made.tag != first.tag)
        #expect(
            try put(#"{"missing_anchor":"skip"}"#, ifMatch: first.tag).answer.status == 412, "a lost update")
        let run = try wait(made.run)
        #expect(run["state"] as? String == "completed")
        #expect(run["config_version"].map { "\"\($0)\"" } == made.tag)
        let after = try counts()
        func closed(_ counts: [String: Int]) -> Int {
            counts.filter { $0.key.hasSuffix("skipped year_round_exclusion") }.values.reduce(0, +)
        }
        #expect(closed(after) - closed(before) >= foreseen("skipped"))
        let report = run["report"] as? [String: Any] ?? [:]
        #expect(report["inserted"] as? Int == foreseen("added"))
        #expect(report["deleted"] as? Int == foreseen("removed"))
        #expect(report["updated"] as? Int == foreseen("moved", "skipped", "unskipped", "changed"))

        let versions = try config("/versions").answer.json["items"] as? [[String: Any]] ?? []
        #expect(versions.map { $0["source"] as? String } == ["organization", "file"])
        let number = try #require(versions.last?["version"] as? Int)
        let restored = try config(
            "/versions/\(number)/restore", "--request", "POST", "--header", "If-Match: \(made.tag)")
        #expect(restored.answer.status == 200, "\(restored.answer.body)")
        #expect(try wait(restored.run)["state"] as? String == "completed")
        #expect(closed(try counts()) == closed(before))
        #expect(
            try config(
                "/versions/\(number)/restore", "--request", "POST", "--header", "If-Match: \(made.tag)"
            )
            .answer.status == 412)

        let entries =
            try service.request("/v1/orgs/acme/audit?entity=config").json["items"] as? [[String: Any]]
        #expect(entries?.map { $0["action"] as? String } == ["restored", "updated"])
        #expect(
            entries?.allSatisfy { $0["actor"] as? String != "system" && $0["request_id"] is String } == true)
    }

    @Test
    func
        `a configuration outlives a crash, and a run that it interrupts ends with the version that it began with`()
        throws
    {
        try service.importGenerated(60_000, into: "acme", scratch)
        let asked = try service.request(
            "/v1/orgs/acme/scheduler-runs", "--json", #"{"kind":"full","today":"2026-01-05","replan":true}"#)
        let id = try #require(asked.json["id"] as? Int)
        let begun = try service.pollRun(id, "acme") { !($0["started_at"] is NSNull) }
        let made = try put(#"{"timing_constants":{"birthday_email_days_before":21}}"#, ifMatch: "*")
        #expect(made.answer.status == 200)
        service.kill()
        let again = try RunningService(dataDirectory: scratch.path("data"))
        let run = try again.end(ofRun: id, "acme")
        #expect(run["state"] as? String == "completed")
        #expect(run["config_version"] as? Int == begun["config_version"] as? Int)
        let next = try again.end(ofRun: try #require(made.run), "acme")
        #expect(next["config_version"].map { "\"\($0)\"" } == made.tag)
        let config = try again.request("/v1/orgs/acme/config").json
        let timing = config["timing_constants"] as? [String: Any]
        #expect(timing?["birthday_email_days_before"] as? Int == 21)
    }

    @Test
    func
        `100,000 contacts are previewed in little memory, and more previews than there is room for are refused`()
        throws
    {
        try service.importGenerated(100_000, into: "acme", scratch)
        #expect(try service.fullRun("acme", today: "2026-01-05")["state"] as? String == "completed")
        for id in ["second", "third"] {
            try service.makeOrganization(id)
            try service.importGenerated(2000, into: id, scratch)
        }
        let change = #"{"timing_constants":{"birthday_email_days_before":21}}"#
        @Sendable func preview(
            _ client: KeepAliveClient, _ organization: String
        ) throws -> RunningService.Answer {
            try client.send("POST", "/v1/orgs/\(organization)/config/preview?today=2026-01-05", change)
        }
        let client = try KeepAliveClient(service)
        let first = try preview(client, "acme")
        #expect(first.status == 200 && (first.json["moved"] as? Int ?? 0) > 0, "\(first.body)")
        let before = try service.residentKiB
        // Two organisations have previews made all the time.
        let isOver = Atomic(false)
        let statuses = Mutex<Set<Int>>([])
        let work = DispatchGroup()
        for organization in ["acme", "second"] {
            let other = try UncheckedBox(KeepAliveClient(service))
            work.enter()
            Thread {
                while !isOver.load(ordering: .relaxed), let answer = try? preview(other.value, organization) {
                    statuses.withLock { _ = $0.insert(answer.status) }
                }
                work.leave()
            }.start()
        }
        let deadline = ContinuousClock.now + .seconds(120)
        for (organization, refusal) in [("acme", 409), ("third", 503)] {
            var answer = first
            while answer.status == 200, ContinuousClock.now < deadline {
                answer = try preview(client, organization)
            }
            #expect(answer.status == refusal, "\(organization): \(answer.body)")
        }
        isOver.store(true, ordering: .relaxed)
        #expect(work.wait(timeout: .now() + 120) == .success)
        #expect(statuses.withLock { $0.isSubset(of: [200, 409, 503]) })
        #expect(try preview(client, "acme").body == first.body)
        let after = try service.residentKiB
        #expect(after < before + 64 * 1024, "from \(before) to \(after) KiB")
    }
}
