import Foundation
import Testing

/// From the plan to the delivery over HTTP: claim, report, webhook.
@Suite struct DeliveryTests {
    let scratch: Scratch
    let service: RunningService

    /// A service with some contacts and the plan of a day.
    init() throws {
        scratch = try Scratch()
        service = try RunningService(dataDirectory: scratch.path("data"))
        try service.makeOrganization("acme")
        let file = scratch.path("contacts.csv")
        guard try Binary.run("generate", "--contacts", "2000", "--seed", "5", "--output", file).status == 0
        else {
            throw Failure("no contacts")
        }
        let imported = try service.request(
            "/v1/orgs/acme/contacts/import", "--header", "Content-Type: text/csv", "--data-binary", "@\(file)"
        )
        guard imported.status == 200 else { throw Failure("import: \(imported.body)") }
        let run = try service.fullRun("acme", today: "2026-01-05")
        guard run["state"] as? String == "completed" else { throw Failure("run: \(run)") }
    }

    private func claim(_ body: String, on service: RunningService? = nil) throws -> [[String: Any]] {
        let answer = try (service ?? self.service).request(
            "/v1/orgs/acme/email-schedules/claim", "--json", body)
        guard answer.status == 200 else { throw Failure("claim: \(answer.status) \(answer.body)") }
        return answer.json["items"] as? [[String: Any]] ?? []
    }

    private func rows(ofContact id: Int) throws -> [[String: Any]] {
        try service.request("/v1/orgs/acme/contacts/\(id)/schedule").json["items"] as? [[String: Any]] ?? []
    }

    /// Sends a message of SendGrid's, signed with a key as it does.
    private func sendGrid(_ body: String, key: String) throws -> RunningService.Answer {
        let signature = try Command.shell(
            "printf '%s' '1600112502\(body)' | openssl dgst -sha256 -sign '\(key)' | base64 -w 0")
        return try service.request(
            "/v1/orgs/acme/webhooks/sendgrid", "--header",
            "X-Twilio-Email-Event-Webhook-Signature: \(signature.output)", "--header",
            "X-Twilio-Email-Event-Webhook-Timestamp: 1600112502", "--header",
            "Content-Type: application/json",
            "--data-binary", body, token: "none")
    }

    @Test
    func `a claimed email is reported, delivered and complained about, and its contact hears no more of us`()
        throws
    {
        let key = scratch.path("key.pem")
        try Command.shell("openssl ecparam -name prime256v1 -genkey -noout -out '\(key)'")
        let publicKey = try Command.shell("openssl ec -in '\(key)' -pubout -outform DER | base64 -w 0").output
        let set = try service.request(
            "/v1/orgs/acme/webhook-keys", "--request", "PUT", "--json",
            #"{"sendgrid_public_key":"\#(publicKey)"}"#)
        #expect(set.status == 200)

        let item = try #require(try claim(#"{"limit":1,"as_of":"2026-01-05"}"#).first)
        let id = try #require(item["id"] as? Int)
        let lease = try #require(item["lease"] as? Int)
        let contact = try #require((item["contact"] as? [String: Any])?["id"] as? Int)
        let report = try service.request(
            "/v1/orgs/acme/email-schedules/status", "--json",
            #"[{"id":\#(id),"lease":\#(lease),"status":"sent","at":"2026-01-05T15:00:00Z","message_id":"m1"}]"#
        )
        #expect(report.body == #"{"results":[{"id":\#(id),"result":"recorded"}]}"#)

        let events =
            #"[{"event":"delivered","timestamp":1767625201,"sg_message_id":"m1.filter.0","sg_event_id":"1"},"#
            + #"{"event":"spamreport","timestamp":1767625300,"schedule_id":"\#(id)","sg_event_id":"2"}]"#
        let unsigned = try service.request(
            "/v1/orgs/acme/webhooks/sendgrid", "--data-binary", events, token: "none")
        #expect(unsigned.status == 401)
        #expect(try rows(ofContact: contact).first { $0["id"] as? Int == id }?["status"] as? String == "sent")
        for (applied, duplicates) in [(2, 0), (0, 2)] {
            let answer = try sendGrid(events, key: key)
            #expect(answer.status == 200)
            #expect(answer.json["applied"] as? Int == applied)
            #expect(answer.json["duplicates"] as? Int == duplicates)
        }
        let rows = try rows(ofContact: contact)
        let own = rows.first { $0["id"] as? Int == id }
        #expect(own?["status"] as? String == "delivered")
        #expect(own?["actual_send_datetime"] as? String == "2026-01-05T15:00:00Z")
        #expect(rows.allSatisfy { $0["id"] as? Int == id || $0["status"] as? String == "skipped" })
    }

    @Test func `what a killed sender had comes back after its lease, through a kill of the service too`()
        throws
    {
        let first = try claim(#"{"limit":5,"lease_seconds":2,"as_of":"2026-01-05"}"#)
        #expect(first.count == 5)
        service.kill()
        let again = try RunningService(dataDirectory: scratch.path("data"))
        let ids = Set(first.compactMap { $0["id"] as? Int })
        var back: Set<Int> = []
        let deadline = ContinuousClock.now + .seconds(30)
        while back.count < 5, ContinuousClock.now < deadline {
            let items = try claim(#"{"limit":5,"lease_seconds":600,"as_of":"2026-01-05"}"#, on: again)
            for item in items where item["attempt"] as? Int == 2 {
                back.insert(try #require(item["id"] as? Int))
            }
        }
        #expect(back == ids)
    }

    @Test func `what killed claimers had is handed to others when the leases have ended, each row to one`()
        throws
    {
        let file = "\(service.dataDirectory)/acme.sqlite3"
        let due =
            try Int(
                Database(file).sql(
                    """
                    SELECT count(*) FROM email_schedules
                    WHERE status = 'pre-scheduled' AND scheduled_send_date <= '2026-01-31'
                    """)) ?? 0
        try #require(due > 100)
        let doomed = try (1...4).map {
            try Claimer(service, leaseSeconds: 3, answer: scratch.path("doomed-\($0)"))
        }
        let lost = try doomed.flatMap { try $0.items() }
        for claimer in doomed { claimer.kill() }
        #expect(lost.count == 40 && lost.allSatisfy { $0.attempt == 1 })

        // The others go on until what was lost has come back.
        var found: [Claimer.Item] = []
        let deadline = ContinuousClock.now + .seconds(120)
        while Set(found.map(\.id)).isSuperset(of: lost.map(\.id)) == false, ContinuousClock.now < deadline {
            let claimers = try (1...4).map {
                try Claimer(service, leaseSeconds: 600, answer: scratch.path("other-\($0)"))
            }
            for claimer in claimers {
                found += try claimer.items()
                claimer.kill()
            }
        }
        #expect(Set(found.map(\.id)).isSuperset(of: lost.map(\.id)))
        #expect(Set(found.map(\.id)).count == found.count)
        let lostIDs = Set(lost.map(\.id))
        #expect(found.allSatisfy { $0.attempt == (lostIDs.contains($0.id) ? 2 : 1) })
    }
}

/// A sender in a process of its own, which claims ten emails and then does nothing any more.
private final class Claimer {
    struct Item {
        let id: Int
        let attempt: Int
    }

    private let process = Process()
    private let answer: String

    init(_ service: RunningService, leaseSeconds: Int, answer: String) throws {
        self.answer = answer
        try? FileManager.default.removeItem(atPath: answer)
        let body = #"{"limit":10,"lease_seconds":\#(leaseSeconds),"as_of":"2026-01-31"}"#
        process.executableURL = URL(filePath: "/bin/bash")
        process.arguments = [
            "-c",
            """
            curl --silent --header 'Authorization: Bearer \(try service.token)' --json '\(body)' \
                --output '\(answer).part' '\(service.url)/v1/orgs/acme/email-schedules/claim' && mv '\(answer).part' '\(answer)'
            exec tail -f /dev/null
            """,
        ]
        try process.runWithSignals()
    }

    deinit { kill() }

    /// What it has got, as soon as it has it.
    func items() throws -> [Item] {
        let deadline = ContinuousClock.now + .seconds(60)
        while !FileManager.default.fileExists(atPath: answer), ContinuousClock.now < deadline {
            usleep(5_000)
        }
        let bytes = try Data(contentsOf: URL(filePath: answer))
        let claim = try JSONSerialization.jsonObject(with: bytes) as? [String: Any]
        guard let items = claim?["items"] as? [[String: Any]] else { throw Failure("no items in \(answer)") }
        return items.compactMap { item in
            guard let id = item["id"] as? Int, let attempt = item["attempt"] as? Int else { return nil }
            return Item(id: id, attempt: attempt)
        }
    }

    /// Ends it as a crash would.
    func kill() {
        guard process.isRunning else { return }
        Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }
}
