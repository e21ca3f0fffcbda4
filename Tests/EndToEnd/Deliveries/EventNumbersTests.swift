import Foundation
import SeededRandomness
import Testing

/// What very many events leave behind, told by the service and by its tables.
@Suite struct EventNumbersTests {
    private static let contacts = 10_000

    private let plan: PlannedFile

    init() throws { plan = try PlannedFile(contacts: Self.contacts) }

    @Test
    func `after a hundred thousand events of every kind the metrics say what counting the rows says`() throws
    {
        let seed = UInt64(Setting.number("SEED", standard: Int.random(in: 0..<1_000_000)))
        let service = try plan.start("acme")
        let client = try KeepAliveClient(service)
        let messages = SignedMessages(organization: "acme")
        try messages.setKeys(client)
        let rows = try #require(Int(try plan.database("acme").sql("SELECT max(id) FROM email_schedules")))
        // Some of the ids are nobody's.
        var stream = EventStream(seed: seed, rows: 1...rows + 50, contacts: 1...Self.contacts + 50)

        let sendGrid = (0..<66_000).map { _ in stream.sendGrid() }
        let own = (0..<22_000).map { _ in stream.own() }
        var received = 0
        var reported = 0
        for (theirs, ours) in zip(
            stream.disorder(sendGrid, repeating: 0.1).parts(of: 550),
            stream.disorder(own, repeating: 0.1).parts(of: 184))
        {
            reported += try report(&stream, client)
            for answer in [try messages.sendGrid(theirs, client), try messages.events(ours, client)] {
                try #require(answer.status == 200, "seed \(seed): \(answer.body)")
                received += try #require(answer.json["received"] as? Int)
            }
        }
        for _ in 0..<1_000 {
            let (status, row) = stream.text()
            let answer = try messages.twilio(status, of: row, client)
            try #require(answer.status == 200, "seed \(seed): \(answer.body)")
            received += 1
        }
        #expect(received + reported >= 100_000)
        try service.waitForRuns(of: "acme")

        let answer = try service.request("/v1/orgs/acme/metrics")
        let differences = try CountedRows.differences(answer.json, plan.database("acme"))
        #expect(differences.isEmpty, "seed \(seed)")
        // Every kind has left its mark.
        let marks = try plan.database("acme").sql(
            """
            SELECT (SELECT count(DISTINCT event) FROM email_events), (SELECT count(*) > 20000 FROM email_events),
                (SELECT count(*) > 1000 FROM send_reports), (SELECT count(*) > 1000 FROM tracking_clicks),
                (SELECT count(DISTINCT reason) FROM suppressions),
                (SELECT count(DISTINCT status) >= 9 FROM email_schedules),
                (SELECT count(DISTINCT campaign_instance_id) FROM email_schedules JOIN email_events
                    ON schedule_id = id)
            """)
        #expect(marks == "15|1|1|1|4|1|4", "seed \(seed)")
        #expect(service.terminate() == 0)
    }

    /// Claims some emails and reports what became of most of them; returns how many reports there were.
    private func report(_ stream: inout EventStream, _ client: KeepAliveClient) throws -> Int {
        var count = 0
        for (channel, limit) in [("email", 100), ("sms", 20)] {
            let claim = try client.send(
                "POST", "/v1/orgs/acme/email-schedules/claim",
                #"{"limit":\#(limit),"channel":"\#(channel)","as_of":"2026-03-01T18:00:00Z"}"#)
            let items = claim.json["items"] as? [[String: Any]] ?? []
            let reports = items.compactMap { item -> String? in
                guard let id = item["id"] as? Int, let lease = item["lease"] as? Int else { return nil }
                return #"{"id":\#(id),"lease":\#(lease),"status":"\#(stream.reportStatus())","#
                    + #""message_id":"m\#(id)","at":"2026-01-05T15:00:00Z"}"#
            }
            let answer = try client.send(
                "POST", "/v1/orgs/acme/email-schedules/status", "[\(reports.joined(separator: ","))]")
            guard answer.status == 200 else { throw Failure("\(answer.status) \(answer.body)") }
            count += reports.count
        }
        return count
    }

    @Test
    func `a thousand events, each three times and in whatever order, end in the same state as once in order`()
        throws
    {
        let seed = UInt64(Setting.number("SEED", standard: Int.random(in: 0..<1_000_000)))
        let service = try plan.start("once", "often")
        let client = try KeepAliveClient(service)
        // Few rows, so that each has many events. All are sent: what is planned may be planned anew between messages.
        let rows = 1...200
        var stream = EventStream(seed: seed, rows: rows, contacts: 1...60)
        let events = (0..<1_000).map { $0 < 700 ? (stream.sendGrid(), true) : (stream.own(), false) }
        for (organization, often) in [("once", false), ("often", true)] {
            let messages = SignedMessages(organization: organization)
            try messages.setKeys(client)
            try plan.database(organization).sql(
                """
                UPDATE email_schedules SET status = 'sent', skip_reason = NULL,
                    actual_send_datetime = '2026-01-05T12:00:00Z' WHERE id <= \(rows.upperBound)
                """)
            var random = SeededGenerator(seed: seed)
            let parts = often ? (events + events + events).shuffled(using: &random).parts(of: 300) : [events]
            for part in parts {
                let bodies = { (isSendGrid: Bool) in part.filter { $0.1 == isSendGrid }.map(\.0) }
                for answer in [
                    try messages.sendGrid(bodies(true), client), try messages.events(bodies(false), client),
                ] {
                    try #require(answer.status == 200, "seed \(seed): \(answer.body)")
                }
            }
            try service.waitForRuns(of: organization)
            let metrics = try service.request("/v1/orgs/\(organization)/metrics").json
            let wrong = try CountedRows.differences(metrics, plan.database(organization))
            #expect(wrong.isEmpty, "seed \(seed)")
        }
        for (table, sql) in Self.state {
            let once = try plan.database("once").sql(sql).split(separator: "\n")
            let often = try plan.database("often").sql(sql).split(separator: "\n")
            #expect(!once.isEmpty, "\(table)")
            let differences = often.difference(from: once).map { "\($0)" }
            #expect(differences.isEmpty, "seed \(seed): \(table)")
        }
    }

    /// What events leave behind, without ids and moments that the order of writing decides.
    private static let state = [
        (
            "email_schedules",
            "SELECT id, status, skip_reason, actual_send_datetime FROM email_schedules WHERE id <= 200 ORDER BY id"
        ),
        (
            "email_events",
            "SELECT schedule_id, hex(event_key), contact_id, event, channel, at FROM email_events ORDER BY 1, 2"
        ),
        (
            "suppressions",
            "SELECT contact_id, channel, reason, source, created_at FROM suppressions ORDER BY 1, 2, 3, 4"
        ),
        (
            "tracking_clicks",
            "SELECT contact_id, schedule_id, clicked_at, url FROM tracking_clicks ORDER BY 1, 2, 3, 4"
        ),
        (
            "contact_events",
            "SELECT contact_id, event_type, metadata, created_at FROM contact_events ORDER BY 1, 2, 3, 4"
        ),
        (
            "contact_campaigns",
            """
            SELECT contact_id, campaign_instance_id, trigger_date FROM contact_campaigns WHERE status = 'sent'
            ORDER BY 1, 2, 3
            """
        ),
        ("parked_events", "SELECT hex(event_key), message_id, event, at FROM parked_events ORDER BY 1"),
    ]
}
