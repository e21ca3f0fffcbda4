import Crypto
import HTTPHandling
import HTTPTypes
import HTTPWire
import ScheduleAPI
import ScheduleJobs
import ScheduleStore
import ScheduleStoreSQLite
import SchedulingCore
import SeededRandomness
import Synchronization
import Testing

@Suite struct WebhookTests {
    private static let keysPath = "/v1/orgs/acme/webhook-keys"
    private static let secret = "a secret"
    private static let callback = "https://hooks.example.com/twilio"
    private static let key = P256.Signing.PrivateKey()

    private static func setKeys(_ test: TestService) async throws {
        let answer = try await test.send(
            .put, keysPath,
            body: """
                {"sendgrid_public_key":"\(base64(Array(key.publicKey.derRepresentation)))","twilio_auth_token":"12345",
                 "twilio_callback_url":"\(callback)","events_secret":"\(secret)"}
                """)
        #expect(answer.status == 200)
    }

    private static func base64(_ bytes: [UInt8]) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        var text = ""
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let part = bytes[start..<min(start + 3, bytes.count)]
            let padded = Array(part) + [UInt8](repeating: 0, count: 3 - part.count)
            let number = padded.reduce(0) { $0 << 8 | Int($1) }
            for place in 0..<4 {
                text.append(place <= part.count ? alphabet[number >> (18 - 6 * place) & 63] : "=")
            }
        }
        return text
    }

    private static func fields(_ values: [String: String]) throws -> HTTPFields {
        var fields = HTTPFields()
        for (name, value) in values { fields[try #require(HTTPField.Name(name))] = value }
        return fields
    }

    private static func sendGrid(
        _ test: TestService, _ body: String, signing signed: String? = nil
    ) async throws -> Answer {
        let signature = try key.signature(for: Array("1600112502\(signed ?? body)".utf8))
        return try await test.send(
            .post, "/v1/orgs/acme/webhooks/sendgrid", token: .some(nil), body: body,
            fields: fields([
                "X-Twilio-Email-Event-Webhook-Signature": base64(Array(signature.derRepresentation)),
                "X-Twilio-Email-Event-Webhook-Timestamp": "1600112502",
            ]))
    }

    private static func twilio(
        _ test: TestService, _ body: String, query: String = "", url: String? = nil
    ) async throws -> Answer {
        let form = try QueryItem.parse(form: Array(body.utf8)).sorted { $0.name < $1.name }
        let text = (url ?? callback + query) + form.map { $0.name + $0.value }.joined()
        let code = HMAC<Insecure.SHA1>.authenticationCode(
            for: Array(text.utf8), using: SymmetricKey(data: Array("12345".utf8)))
        return try await test.send(
            .post, "/v1/orgs/acme/webhooks/twilio\(query)", token: .some(nil), body: body,
            type: "application/x-www-form-urlencoded",
            fields: fields(["X-Twilio-Signature": base64(Array(code))]))
    }

    private static func own(
        _ test: TestService, _ body: String, at seconds: Int64 = TestService.unixSeconds, signed: Bool = true,
        idempotencyKey: String? = nil
    ) async throws -> Answer {
        let code = HMAC<SHA256>.authenticationCode(
            for: Array("\(seconds)\(body)".utf8), using: SymmetricKey(data: Array(secret.utf8)))
        let digits = code.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
        var values = [
            "X-Webhook-Signature": signed ? digits : String(digits.reversed()),
            "X-Webhook-Timestamp": "\(seconds)",
        ]
        values["Idempotency-Key"] = idempotencyKey
        return try await test.send(
            .post, "/v1/orgs/acme/webhooks/events", token: .some(nil), body: body, fields: fields(values))
    }

    private static func result(
        _ received: Int, applied: Int = 0, duplicates: Int = 0, ignored: Int = 0, rejected: String = ""
    ) -> String {
        #"{"received":\#(received),"applied":\#(applied),"duplicates":\#(duplicates),"ignored":\#(ignored),"#
            + #""rejected":[\#(rejected)]}"#
    }

    private static func statuses(_ test: TestService) async throws -> [String?] {
        try await test.send(.get, "/v1/orgs/acme/email-schedules?email_type=birthday").items.map {
            $0["status"] as? String
        }
    }

    // MARK: Keys

    @Test func `keys are set one by one, removed with null, and never read`() async throws {
        try await TestService.with { test in
            let none = try await test.send(.get, Self.keysPath)
            #expect(
                none.text == #"{"sendgrid_public_key":false,"twilio_auth_token":false,"#
                    + #""twilio_callback_url":false,"events_secret":false}"#)
            _ = try await test.send(
                .put, Self.keysPath, body: #"{"events_secret":"s","twilio_auth_token":"t"}"#)
            let answer = try await test.send(.put, Self.keysPath, body: #"{"twilio_auth_token":null}"#)
            #expect(
                answer.text == #"{"sendgrid_public_key":false,"twilio_auth_token":false,"#
                    + #""twilio_callback_url":false,"events_secret":true}"#)
            let sender = try await test.token("acme", [.send, .read, .write])
            let refused = try await test.send(.get, Self.keysPath, token: sender)
            #expect(refused.status == 403)
        }
    }

    @Test(arguments: [
        (#"{"sendgrid_public_key":"abc"}"#, ["/sendgrid_public_key invalid_key"]),
        (#"{"twilio_callback_url":"hooks"}"#, ["/twilio_callback_url invalid_value"]),
        (#"{"events_secret":""}"#, ["/events_secret invalid_value"]),
        (#"{"events_secret":5}"#, ["/events_secret invalid_type"]),
        (#"{"x":"y"}"#, ["/x unknown_field"]),
    ])
    func `a wrong key is refused`(_ body: String, _ mistakes: [String]) async throws {
        try await TestService.with { test in
            let answer = try await test.send(.put, Self.keysPath, body: body)
            #expect(answer.status == 422)
            #expect(try answer.mistakes.first == mistakes.first)
        }
    }

    // MARK: Signatures

    @Test func `a message without key, without signature or with a wrong one changes nothing`() async throws {
        try await TestService.with { test in
            try await ClaimTests.plan(test, contacts: 1)
            let event = #"[{"event":"delivered","timestamp":1,"schedule_id":"1","sg_event_id":"a"}]"#
            let early = try await Self.sendGrid(test, event)
            try await Self.setKeys(test)
            let answers = [
                early, try await Self.sendGrid(test, event, signing: event + " "),
                try await test.send(.post, "/v1/orgs/acme/webhooks/sendgrid", body: event),
                try await test.send(.post, "/v1/orgs/nobody/webhooks/sendgrid", body: event),
                try await Self.twilio(test, "MessageStatus=sent", query: "?schedule_id=1", url: "https://x"),
                try await test.send(
                    .post, "/v1/orgs/acme/webhooks/twilio?schedule_id=1", body: "MessageStatus=sent"),
                try await Self.own(
                    test, #"[{"type":"sent","schedule_id":1}]"#, at: TestService.unixSeconds - 301),
                try await test.send(.post, "/v1/orgs/acme/webhooks/events", body: "[]"),
            ]
            for answer in answers {
                #expect(answer.status == 401)
                #expect(try answer.object["type"] as? String == "urn:email-scheduler:problem:unsigned")
            }
            let statuses1 = try await Self.statuses(test)
            #expect(statuses1 == ["pre-scheduled"])
        }
    }

    @Test func `the published examples are taken, and with any byte altered refused`() async throws {
        try await TestService.with { test in
            let (sendGrid, twilio) = (SignatureTests.SendGrid.self, SignatureTests.Twilio.self)
            _ = try await test.send(
                .put, Self.keysPath,
                body: """
                    {"sendgrid_public_key":"\(sendGrid.key)","twilio_auth_token":"\(twilio.token)",
                     "twilio_callback_url":"\(twilio.url)"}
                    """)
            let messages = [
                (
                    "sendgrid", sendGrid.body,
                    [
                        "X-Twilio-Email-Event-Webhook-Signature": sendGrid.signature,
                        "X-Twilio-Email-Event-Webhook-Timestamp": sendGrid.timestamp,
                    ], Self.result(1, ignored: 1)
                ),
                (
                    "twilio", twilio.form, ["X-Twilio-Signature": twilio.signature],
                    Self.result(1, rejected: #"{"index":0,"code":"missing_event"}"#)
                ),
            ]
            for (name, body, values, expected) in messages {
                func send(_ body: [UInt8]) async throws -> Answer {
                    try await test.send(
                        try ServerRequest(
                            .post, "/v1/orgs/acme/webhooks/\(name)", fields: Self.fields(values), body: body))
                }
                let form = try? QueryItem.parse(form: Array(body.utf8))
                for altered in SignatureTests.alterations(body, byOneBit: true) {
                    // `%2b` is `%2B`.
                    if name == "twilio", (try? QueryItem.parse(form: altered)) == form { continue }
                    let answer = try await send(altered)
                    try #require(answer.status == 401, "\(altered)")
                }
                let answer = try await send(Array(body.utf8))
                #expect(answer.text == expected)
            }
        }
    }

    @Test
    func `a message that comes again under its key is answered as before, once its signature is verified`()
        async throws
    {
        try await TestService.with { test in
            try await ClaimTests.plan(test)
            try await Self.setKeys(test)
            let body = #"[{"event_id":"1","type":"x","contact_id":1}]"#
            let first = try await Self.own(test, body, idempotencyKey: "k")
            #expect(first.text == Self.result(1, applied: 1))
            let again = try await Self.own(test, body, at: TestService.unixSeconds + 1, idempotencyKey: "k")
            #expect(again.text == first.text)
            let forged = try await Self.own(test, body, signed: false, idempotencyKey: "k")
            #expect(forged.status == 401)
            let other = try await Self.own(test, "[]", idempotencyKey: "k")
            #expect(other.status == 422)
            #expect(try other.object["type"] as? String == ProblemKind.idempotencyKeyReused.uri)
            let broken = try await Self.own(test, "[", idempotencyKey: "k 2")
            #expect(broken.status == 400)
        }
    }

    @Test func `a signed body that is no array is refused`() async throws {
        try await TestService.with { test in
            try await Self.setKeys(test)
            let object = try await Self.sendGrid(test, "{}")
            let broken = try await Self.own(test, "[")
            #expect([object.status, broken.status] == [422, 400])
        }
    }

    // MARK: Events

    @Test func `good events of a batch are kept, bad ones reported, unknown ones counted`() async throws {
        try await TestService.with { test in
            try await ClaimTests.plan(test)
            try await Self.setKeys(test)
            let body = """
                [{"event":"processed","timestamp":1767614401,"schedule_id":"1","sg_event_id":"a"},
                 {"event":"delivered","timestamp":1767614402,"schedule_id":1,"sg_event_id":"b"},
                 {"event":"delivered","timestamp":1767614402,"schedule_id":1,"sg_event_id":"b"},
                 {"event":"open","timestamp":1767614403,"schedule_id":"1"},
                 {"timestamp":1767614403,"event":"open","schedule_id":"1"},
                 {"event":"levitated","timestamp":1767614403,"schedule_id":"1"},
                 {"event":"delivered","timestamp":1767614403,"sg_message_id":"of somebody else"},
                 {"event":"delivered","timestamp":"soon","schedule_id":"1"},
                 {"event":"delivered","timestamp":1,"schedule_id":"77"},
                 {"event":"delivered","timestamp":1,"schedule_id":"x"}, 5, {"timestamp":1}]
                """
            let first = try await Self.sendGrid(test, body)
            #expect(first.status == 200)
            #expect(
                first.text
                    == Self.result(
                        12, applied: 3, duplicates: 2, ignored: 2,
                        rejected: #"{"index":7,"code":"invalid_timestamp"},{"index":8,"code":"unknown_id"},"#
                            + #"{"index":9,"code":"invalid_schedule_id"},{"index":10,"code":"not_an_object"},"#
                            + #"{"index":11,"code":"missing_event"}"#))
            let statuses2 = try await Self.statuses(test)
            #expect(statuses2 == ["delivered", "pre-scheduled"])
        }
    }

    @Test(
        arguments: [
            (#"{"event":"spamreport""#, "complained"), (#"{"event":"unsubscribe""#, "unsubscribed"),
            (#"{"event":"group_unsubscribe""#, "group_unsubscribed"),
            (#"{"event":"bounce","type":"bounce""#, "hard_bounced"),
            (#"{"event":"bounce","type":"blocked""#, nil),
            (#"{"event":"dropped","reason":"Bounced Address""#, "hard_bounced"),
            (#"{"event":"dropped","reason":"Spam Reporting Address""#, "complained"),
            (#"{"event":"dropped","reason":"Invalid SMTPAPI header""#, nil),
        ] as [(String, String?)])
    func `who is not to be contacted any more is suppressed and planned anew`(
        _ event: String, _ reason: String?
    ) async throws {
        try await TestService.with { test in
            try await ClaimTests.plan(test)
            try await Self.setKeys(test)
            let answer = try await Self.sendGrid(
                test, "[" + event + #","timestamp":1767614401,"schedule_id":"1","sg_event_id":"a"}]"#)
            #expect(answer.text == Self.result(1, applied: 1))
            let list = try await test.send(.get, "/v1/orgs/acme/suppressions")
            #expect(try list.items.map { $0["reason"] as? String } == (reason.map { [$0] } ?? []))
            let runs = try await test.send(.get, "/v1/orgs/acme/scheduler-runs")
            #expect(try runs.items.first?["kind"] as? String == (reason == nil ? "full" : "contacts"))
        }
    }

    @Test func `a text message's callbacks move its row`() async throws {
        try await TestService.with { test in
            try await ClaimTests.plan(test)
            try await Self.setKeys(test)
            let sent = try await Self.twilio(
                test, "MessageSid=SM1&MessageStatus=sent&To=%2B1", query: "?schedule_id=1")
            #expect(sent.text == Self.result(1, applied: 1))
            let delivered = try await Self.twilio(
                test, "MessageSid=SM1&MessageStatus=delivered", query: "?schedule_id=1")
            let again = try await Self.twilio(
                test, "MessageStatus=delivered&MessageSid=SM1", query: "?schedule_id=1")
            #expect(delivered.text == Self.result(1, applied: 1))
            #expect(again.text == Self.result(1, duplicates: 1))
            let statuses3 = try await Self.statuses(test)
            #expect(statuses3 == ["delivered", "pre-scheduled"])
            // Without the row's id, by the message id that the sender has reported.
            let claim = try await test.send(
                .post, ClaimTests.claimPath, body: #"{"as_of":"2026-01-12"}"#)
            let lease = try #require(try claim.items.first?["lease"] as? Int)
            _ = try await test.send(
                .post, ClaimTests.statusPath,
                body: #"[{"id":3,"lease":\#(lease),"status":"sent","message_id":"SM2"}]"#)
            let failed = try await Self.twilio(
                test, "MessageSid=SM2&MessageStatus=undelivered&ErrorCode=21610")
            #expect(failed.text == Self.result(1, applied: 1))
            let statuses4 = try await Self.statuses(test)
            #expect(statuses4 == ["delivered", "failed"])
            let other = try await Self.twilio(test, "MessageSid=SM9&MessageStatus=pondering")
            #expect(other.text == Self.result(1, ignored: 1))
        }
    }

    @Test func `our own events are kept where follow-ups look for them`() async throws {
        try await TestService.with { test in
            try await ClaimTests.plan(test)
            try await Self.setKeys(test)
            let body = """
                [{"event_id":"1","type":"clicked","schedule_id":1,"at":"2026-01-05T11:00:00Z","metadata":{"url":"u"}},
                 {"event_id":"2","type":"eligibility_answered","contact_id":2,"at":"2026-01-05T11:00:00Z",
                  "metadata":{"has_medical_conditions":true}},
                 {"event_id":"2","type":"eligibility_answered","contact_id":2},
                 {"event_id":"3","type":"eligibility_answered"},{"event_id":"4","contact_id":2},
                 {"event_id":"5","type":"x","contact_id":2,"at":"now"},{"event_id":"6","type":"x","contact_id":9},
                 {"event_id":"7","type":"x","contact_id":1,"metadata":5},{"event_id":"8","type":"x","contact_id":1,"y":1},
                 {"event_id":[],"type":"x","contact_id":1}]
                """
            let answer = try await Self.own(test, body)
            let codes = [
                (3, "missing_subject"), (4, "missing_event"), (5, "invalid_timestamp"), (6, "unknown_id"),
                (7, "invalid_metadata"), (8, "unknown_field"), (9, "invalid_event_id"),
            ]
            #expect(
                answer.text
                    == Self.result(
                        10, applied: 2, duplicates: 1,
                        rejected: codes.map { #"{"index":\#($0.0),"code":"\#($0.1)"}"# }.joined(
                            separator: ",")))
            let reader = try await test.store.makeRunReader()
            defer { reader.close() }
            var batch = ContactBatch()
            let catalog = RunCatalog(
                today: try #require(CivilDate("2026-01-05")), policy: SchedulingPolicy(),
                facts: RunCatalog.Facts(totalContacts: 2))
            try reader.readContacts(ids: [1, 2], catalog: catalog, into: &batch)
            #expect(
                batch.behaviours.map(\.kind) == [
                    .click(scheduleID: 1, trackingID: nil), .answered(withYes: true),
                ])
        }
    }

    @Test
    func `a thousand events, each three times and in whatever order, end in the same state as once in order`()
        async throws
    {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededGenerator(seed: seed)
        let names = [
            "processed", "deferred", "delivered", "bounce", "dropped", "open", "click", "spamreport",
            "unsubscribe",
        ]
        let events = (0..<1000).map { number in
            #"{"event":"\#(names[Int.random(in: 0..<names.count, using: &random)])","timestamp":"#
                + #"\#(1_767_600_000 + number),"schedule_id":"\#(Int.random(in: 1...40, using: &random))","#
                + #""sg_event_id":"\#(number)","url":"u"}"#
        }
        let once = try await Self.state(after: [events])
        let shuffled = (events + events + events).shuffled(using: &random)
        let batches = stride(from: 0, to: shuffled.count, by: 300).map { Array(shuffled[$0..<$0 + 300]) }
        let often = try await Self.state(after: batches)
        #expect(once == often, "seed \(seed)")
        #expect(once.count > 40)
    }

    private static func state(after batches: [[String]]) async throws -> [String] {
        var lines: [String] = []
        try await TestService.with { test in
            try await ClaimTests.plan(test, contacts: 40)
            try await setKeys(test)
            for batch in batches {
                let answer = try await sendGrid(test, "[\(batch.joined(separator: ","))]")
                #expect(answer.status == 200)
            }
            lines = try await test.send(.get, "/v1/orgs/acme/email-schedules").items.map {
                "\($0["id"] ?? "") \($0["status"] ?? "") \($0["actual_send_datetime"] ?? "")"
            }
            lines += try await test.send(.get, "/v1/orgs/acme/suppressions?limit=1000").items.map {
                "\($0["contact_id"] ?? "") \($0["reason"] ?? "") \($0["created_at"] ?? "")"
            }.sorted()
            let page = try await test.store.suppressions(contactID: nil, after: nil, limit: 1)
            #expect(!page.items.isEmpty)
        }
        return lines
    }
}
