import ScheduleStore
import SchedulingCore
import SeededRandomness
import Testing

extension ConformanceCase {
    static let delivery: [ConformanceCase] = [
        ConformanceCase("a report is judged alone, and twice is once") { backend in
            let store = try await backend.openOrganization("a")
            try await store.planBirthdays(2)
            let item = try #require(try await store.claimEmails(claimRequest(limit: 1), now: now).items.first)
            let reports = [
                SendReport(scheduleID: 9, lease: 1, status: .sent, at: 0),
                SendReport(scheduleID: 1, lease: item.lease, status: .sent, at: 50),
                SendReport(scheduleID: 1, lease: item.lease, status: .sent, at: 50),
                SendReport(scheduleID: 1, lease: item.lease + 1, status: .bounced, at: 0),
                SendReport(scheduleID: 2, lease: item.lease, status: .sent, at: 0),
                SendReport(scheduleID: 1, lease: item.lease, status: .accepted, at: 40),
            ]
            let outcome = try await store.recordReports(reports, now: now)
            #expect(outcome.results == [.unknownID, .recorded, .recorded, .invalid, .invalid, .recorded])
            let row = try await store.row(1)
            #expect(row.status == "sent" && row.actualSendDatetime == "1970-01-01T00:00:40Z")
            let other = try await store.row(2)
            #expect(other.status == "pre-scheduled")
        },
        ConformanceCase("events in whatever order, and however often, end in the same state") { backend in
            let seed = UInt64.random(in: 0...UInt64.max)
            var random = SeededGenerator(seed: seed)
            var events: [DeliveryEvent] = []
            for number in 0..<200 {
                let kind = try #require(DeliveryEventKind.allCases.randomElement(using: &random))
                let row = Int64.random(in: 1...20, using: &random)
                let at = Int64.random(in: 0...1_000_000, using: &random)
                let causes: [DeliveryEventKind: DeliveryEvent.SuppressionCause] = [
                    .complained: .complained, .unsubscribed: .unsubscribed, .bounced: .hardBounced,
                    .groupUnsubscribed: .groupUnsubscribed,
                ]
                events.append(.of(row, kind, number: UInt8(number), at: at, suppressing: causes[kind]))
            }
            let first = try await state(backend, "a", [events])
            let shuffled = (events + events + events).shuffled(using: &random)
            let batches = stride(from: 0, to: shuffled.count, by: 70).map {
                Array(shuffled[$0..<min($0 + 70, shuffled.count)])
            }
            let second = try await state(backend, "b", batches)
            #expect(first == second, "seed \(seed)")
        },
        ConformanceCase("who complains is suppressed, and what is planned is skipped at once") { backend in
            let store = try await backend.openOrganization("a")
            try await store.planBirthdays(2)
            let catalog = try catalog()
            try await store.plan(
                [try birthdayEmail(1, catalog, event: "2027-03-01", on: "2027-02-15")], catalog)
            _ = try await store.claimEmails(claimRequest(limit: 1), now: now)
            let outcome = try await store.recordEvents(
                [.of(1, .complained, number: 1, suppressing: .complained)], now: now)
            #expect(outcome.results == [.applied])
            #expect(outcome.touched == Touched(contactIDs: [1]))
            let statuses = try await store.statuses()
            #expect(statuses == ["delivered", "pre-scheduled", "skipped"])
            let list = try await store.suppressions(contactID: 1, after: nil, limit: 10).items
            #expect(list.map(\.reason) == ["complained"] && list.map(\.channel) == ["email"])
        },
        ConformanceCase("who wants a group's emails again is taken off the list, whatever came first") {
            backend in
            let store = try await backend.openOrganization("a")
            try await store.planBirthdays(1)
            func count() async throws -> Int {
                let page = try await store.suppressions(contactID: nil, after: nil, limit: 10)
                return page.items.count
            }
            func tell(_ kind: DeliveryEventKind, _ number: UInt8, _ at: Int64) async throws -> Touched {
                let cause: DeliveryEvent.SuppressionCause? =
                    kind == .groupUnsubscribed ? .groupUnsubscribed : nil
                return try await store.recordEvents(
                    [.of(1, kind, number: number, at: at, suppressing: cause)], now: now
                ).touched
            }
            _ = try await tell(.groupUnsubscribed, 1, 100)
            let found1 = try await count()
            #expect(found1 == 1)
            let lifted = try await tell(.groupResubscribed, 2, 200)
            #expect(lifted == Touched(contactIDs: [1]))
            let found2 = try await count()
            #expect(found2 == 0)
            _ = try await tell(.groupUnsubscribed, 3, 150)
            let found3 = try await count()
            #expect(found3 == 0)
            _ = try await tell(.groupUnsubscribed, 4, 250)
            let found4 = try await count()
            #expect(found4 == 1)
        },
        ConformanceCase("an event finds its row by the message id that was reported, and waits for it") {
            backend in
            let store = try await backend.openOrganization("a")
            try await store.planBirthdays(3)
            let items = try await store.claimEmails(claimRequest(), now: now).items
            try #require(items.count == 3)
            func event(_ message: String, _ number: UInt8) -> DeliveryEvent {
                var event = DeliveryEvent.of(0, .delivered, number: number)
                event.subject = .message(message)
                return event
            }
            let early = [event("abc.filter-1.0", 1), event("abc.filter-1.0", 1), event("zzz", 2)]
            let before = try await store.recordEvents(early, now: now)
            #expect(before.results == [.ignored, .duplicate, .ignored])
            try await store.report(items[0], .sent, message: "abc")
            var statuses = try await store.statuses()
            #expect(statuses == ["delivered", "processing", "processing"])
            try await store.report(items[1], .sent, message: "abc.filter-2")
            try await store.report(items[2], .sent, message: "abd")
            let later = try await store.recordEvents(
                [event("abc.filter-1.0", 1), event("abc.filter-2.7", 3), event("abd", 4), event("ab", 5)],
                now: now)
            #expect(later.results == [.duplicate, .applied, .applied, .ignored])
            statuses = try await store.statuses()
            #expect(statuses == ["delivered", "delivered", "delivered"])
        },
        ConformanceCase("clicks and answers are where a run finds them") { backend in
            let store = try await backend.openOrganization("a")
            try await store.planBirthdays(1)
            var click = DeliveryEvent.of(1, .clicked, number: 1, at: 3600)
            click.url = "https://example.com"
            var answer = DeliveryEvent.of(0, .other, number: 2, at: 7200)
            answer.subject = .contact(1)
            answer.name = "eligibility_answered"
            answer.metadata = #"{"main_questions_yes_count":2}"#
            var nobody = answer
            nobody.subject = .contact(9)
            nobody.key = [UInt8](repeating: 3, count: 16)
            let outcome = try await store.recordEvents(
                [click, answer, answer, nobody, .of(9, .opened, number: 4)], now: now)
            #expect(outcome.results == [.applied, .applied, .duplicate, .unknownID, .unknownID])
            let read = try store.readEverything(limit: 10, try catalog()).behaviours
            #expect(read.map(\.kind) == [.click(scheduleID: 1, trackingID: nil), .answered(withYes: true)])
            #expect(read.map(\.moment?.seconds) == [3600, 7200])
        },
        ConformanceCase("a campaign target whose email was sent is sent") { backend in
            let store = try await backend.openOrganization("a")
            try await store.insertContacts(1)
            let instance = try await store.insertCampaignInstance(
                [.campaignType: "rate_increase", .activeStartDate: "2026-02-01"], now: now
            ).record.id
            for trigger in ["2026-03-01", "2026-04-01", nil] {
                var draft = TargetDraft(contactID: 1, campaignInstanceID: instance)
                draft.triggerDate = trigger
                _ = try await store.insertTarget(draft)
            }
            let catalog = try catalog()
            func email(_ event: String) throws -> PlannedEmail {
                var email = try birthdayEmail(1, catalog, event: event)
                email.type = catalog.type("campaign_rate_increase")
                email.instanceID = instance
                return email
            }
            try await store.plan([try email("2026-03-01"), try email("2026-02-01")], catalog)
            func targets() async throws -> [String?] {
                let page = try await store.targets(TargetFilter(), after: nil, limit: 10)
                return page.items.map(\.status)
            }
            _ = try await store.recordEvents([.of(1, .accepted, number: 1)], now: now)
            let found5 = try await targets()
            #expect(found5 == ["pending", "pending", "pending"])
            _ = try await store.recordEvents(
                [.of(1, .bounced, number: 2), .of(1, .delivered, number: 3)], now: now)
            let found6 = try await targets()
            #expect(found6 == ["sent", "pending", "pending"])
            _ = try await store.recordEvents([.of(2, .sent, number: 4)], now: now)
            let found7 = try await targets()
            #expect(found7 == ["sent", "pending", "sent"])
        },
        ConformanceCase("webhook keys are set one by one, and removed") { backend in
            let store = try await backend.openOrganization("a")
            _ = try await store.setWebhookKeys([.eventsSecret: "s", .twilioAuthToken: "t"])
            let keys = try await store.setWebhookKeys([.twilioAuthToken: nil, .twilioCallbackURL: "u"])
            #expect(keys == WebhookKeys([.eventsSecret: "s", .twilioCallbackURL: "u"]))
            let read = try await store.webhookKeys()
            #expect(read == keys)
        },
    ]

    /// What events leave behind: rows, suppressions, behaviour, as text without what the order of writing decides.
    private static func state(
        _ backend: any StoreBackend, _ name: String, _ batches: [[DeliveryEvent]]
    ) async throws -> [String] {
        let store = try await backend.openOrganization(name)
        try await store.planBirthdays(20)
        for batch in batches { _ = try await store.recordEvents(batch, now: now) }
        var lines = try await store.schedules(ScheduleFilter(), after: nil, limit: 100).items.map {
            "\($0.id) \($0.status ?? "") \($0.skipReason ?? "") \($0.actualSendDatetime ?? "")"
        }
        lines += try await store.suppressions(contactID: nil, after: nil, limit: 1000).items.map {
            "\($0.contactID) \($0.channel ?? "") \($0.reason ?? "") \($0.createdAt ?? "")"
        }.sorted()
        let everything = try store.readEverything(limit: 100, try catalog())
        lines += everything.behaviours.map { "\($0)" }.sorted()
        return lines
    }
}
