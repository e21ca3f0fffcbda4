import ScheduleStore
import SchedulingCore
import Testing

extension ConformanceCase {
    static let metrics: [ConformanceCase] = [
        ConformanceCase("metrics of an organisation without anything are zeros") { backend in
            let store = try await backend.openOrganization("a")
            let metrics = try await store.metrics(today: date("2026-01-05"), unixSeconds: 0)
            #expect(metrics == OrganizationMetrics())
            let summary = try await store.summary(today: date("2026-01-05"), unixSeconds: 0)
            #expect(summary == OrganizationSummary())
            let days = try await store.dayCounts(try date("2026-01-01")...(try date("2026-12-31")))
            #expect(days.isEmpty)
        },
        ConformanceCase("emails are counted by type, status and reason, by day and by state") { backend in
            let store = try await backend.openOrganization("a")
            try await store.planOfEveryKind()
            let metrics = try await store.metrics(today: date("2026-02-15"), unixSeconds: 0)
            #expect(metrics.contacts == 4)
            #expect(
                metrics.emails == [
                    EmailCount(
                        emailType: "birthday", status: "pre-scheduled", skipReason: nil, count: 2),
                    EmailCount(
                        emailType: "birthday", status: "skipped", skipReason: "birthday_window", count: 1),
                    EmailCount(
                        emailType: "campaign_rate_increase", status: "pre-scheduled", skipReason: nil,
                        count: 1),
                    EmailCount(
                        emailType: "campaign_rate_increase", status: "skipped", skipReason: "frequency_limit",
                        count: 1),
                ])
            #expect(
                metrics.dailyVolume == [
                    DailyVolume(date: "2026-02-15", count: 2), DailyVolume(date: "2026-02-16", count: 1),
                ])
            var california = StateCount(state: "CA")
            (california.emails, california.excluded) = (2, ["birthday_window": 1])
            var texas = StateCount(state: "TX")
            texas.emails = 3
            #expect(metrics.states == [california, texas])
            let days = try await store.dayCounts(try date("2026-02-15")...(try date("2026-02-16")))
            #expect(
                days.map { "\($0.date) \($0.emailType) \($0.status) \($0.count)" } == [
                    "2026-02-15 birthday pre-scheduled 1", "2026-02-15 birthday skipped 1",
                    "2026-02-15 campaign_rate_increase pre-scheduled 1",
                    "2026-02-15 campaign_rate_increase skipped 1", "2026-02-16 birthday pre-scheduled 1",
                ])
            let day = try await store.dayCounts(try date("2026-02-16")...(try date("2026-02-16")))
            #expect(day.map(\.count) == [1])
        },
        ConformanceCase("what becomes of a campaign's emails is counted once for each of them") { backend in
            let store = try await backend.openOrganization("a")
            let instance = try await store.planOfEveryKind()
            let events: [DeliveryEvent] = [
                .of(4, .accepted, number: 1), .of(4, .delivered, number: 2), .of(4, .opened, number: 3),
                .of(4, .opened, number: 4), .of(4, .clicked, number: 5), .of(4, .bounced, number: 6),
                .of(4, .unsubscribed, number: 7), .of(1, .delivered, number: 8),
            ]
            _ = try await store.recordEvents(events + events, now: now)
            let metrics = try await store.metrics(today: date("2026-02-15"), unixSeconds: 0)
            var count = CampaignCount(instanceID: instance)
            (count.campaignType, count.instanceName) = ("rate_increase", "Rates")
            (count.scheduled, count.sent, count.delivered, count.opened) = (1, 1, 1, 1)
            (count.clicked, count.bounced, count.unsubscribed) = (1, 1, 1)
            #expect(metrics.campaigns == [count])
        },
        ConformanceCase("what is due waits until a sender has it, and again when its lease has ended") {
            backend in
            let store = try await backend.openOrganization("a")
            try await store.planOfEveryKind()
            func backlog(_ day: String, at seconds: Int64 = 0) async throws -> Backlog {
                let today = try date(day)
                let summary = try await store.summary(today: today, unixSeconds: seconds)
                let metrics = try await store.metrics(today: today, unixSeconds: seconds)
                #expect(metrics.backlog == summary.backlog)
                return metrics.backlog
            }
            let early = try await backlog("2026-02-14")
            #expect(early == Backlog())
            let due = try await backlog("2026-02-16")
            #expect(due.due == 3 && due.oldestDue == "2026-02-15" && due.leased == 0)
            let claim = try await store.claimEmails(claimRequest(limit: 1), now: now)
            #expect(claim.items.count == 1)
            let claimed = try await backlog("2026-02-16", at: 59)
            #expect(claimed.due == 2 && claimed.leased == 1)
            let ended = try await backlog("2026-02-16", at: 60)
            #expect(ended.leased == 0)
        },
        ConformanceCase("runs are counted by state, the newest are told, and no dry run is a success") {
            backend in
            let store = try await backend.openOrganization("a")
            let first = try await store.startRun()
            _ = try await store.finishRun(first, .completed(report: "{}"), now: now)
            var request = RunRequest(kind: .full, today: try date("2026-01-06"))
            request.isDryRun = true
            _ = try await store.createRun(request, now: now)
            let dry = try #require(try await store.claimNextRun(now: now))
            _ = try await store.finishRun(dry, .completed(report: "{}"), now: now)
            for day in 1...25 {
                let today = try date("2026-03-01") + day
                _ = try await store.createRun(RunRequest(kind: .full, today: today), now: now)
            }
            let metrics = try await store.metrics(today: date("2026-01-05"), unixSeconds: 0)
            #expect(metrics.runs == [.completed: 2, .queued: 25])
            #expect(metrics.backlog.queuedRuns == 25)
            #expect(metrics.lastSuccess?.id == first.id && metrics.latestFullRun?.id == first.id)
            #expect(metrics.recentRuns.map(\.id) == (0..<20).map { dry.id + 25 - $0 })
            let summary = try await store.summary(today: date("2026-01-05"), unixSeconds: 0)
            #expect(summary.runs == metrics.runs && summary.lastSuccess?.id == first.id)
        },
        ConformanceCase("numbers follow other programs and every change of a contact") { backend in
            let store = try await backend.openOrganization("a")
            try await store.planOfEveryKind()
            try await backend.insert(
                [
                    "contact_id": 1, "email_type": "their own", "status": "queued",
                    "scheduled_send_date": "2026-02-20",
                ], into: "email_schedules", ofOrganization: "a")
            _ = try await store.insertSuppression(SuppressionDraft(contactID: 1), now: now)
            _ = try await store.insertSuppression(SuppressionDraft(contactID: 1, channel: .sms), now: now)
            var draft = ContactDraft(id: 4, given: .zipCode)
            draft.zipCode = "10001"
            _ = try await store.updateContact(id: 4, draft)
            _ = try await store.deleteContact(id: 2)
            let summary = try await store.summary(today: date("2026-02-15"), unixSeconds: 0)
            #expect(summary.contacts == 3 && summary.suppressedContacts == 1)
            #expect(summary.emails["queued"] == 1)
            let metrics = try await store.metrics(today: date("2026-02-15"), unixSeconds: 0)
            #expect(metrics.states.map(\.state).contains("NY"))
            #expect(metrics.emails.reduce(0) { $0 + $1.count } == summary.emails.values.reduce(0, +))
        },
    ]
}

extension OrganizationStore {
    /// Three contacts in Texas and the last one in California, with planned and skipped emails in rows 1 to 5; returns
    /// the campaign instance of the last two.
    @discardableResult
    fileprivate func planOfEveryKind() async throws -> Int64 {
        try await insertContacts(4)
        var draft = ContactDraft(id: 4, given: .zipCode)
        draft.zipCode = "90001"
        _ = try await updateContact(id: 4, draft)
        let instance = try await insertCampaignInstance(
            [.campaignType: "rate_increase", .instanceName: "Rates", .activeStartDate: "2026-02-01"], now: now
        ).record.id
        let catalog = try catalog()
        var skipped = try birthdayEmail(4, catalog)
        (skipped.skipReason, skipped.state) = (.birthdayWindow, StateCode("CA"))
        func campaign(_ contact: Int64, _ reason: SkipReason?) throws -> PlannedEmail {
            var email = try birthdayEmail(contact, catalog)
            email.type = catalog.type("campaign_rate_increase")
            (email.instanceID, email.skipReason) = (instance, reason)
            return email
        }
        try await plan(
            [
                try birthdayEmail(1, catalog), try birthdayEmail(2, catalog, on: "2026-02-16"), skipped,
                try campaign(4, nil), try campaign(1, .frequencyLimit),
            ], catalog)
        return instance
    }
}
