import ScheduleStore
import SchedulingCore
import Testing

extension ConformanceCase {
    static let claims: [ConformanceCase] = [
        ConformanceCase("due emails are handed out, the most important first, then the oldest") { backend in
            let store = try await backend.openOrganization("a")
            try await store.insertContacts(6)
            let catalog = try catalog()
            func email(_ contact: Int64, _ priority: Int64?, _ day: String) throws -> PlannedEmail {
                var email = try birthdayEmail(contact, catalog, on: day)
                email.priority = priority
                return email
            }
            try await store.plan(
                [
                    try email(1, 5, "2026-02-15"), try email(2, nil, "2026-02-14"),
                    try email(3, 1, "2026-02-15"),
                    try email(4, 5, "2026-02-14"), try email(5, 1, "2026-02-16"),
                    try email(6, 12, "2026-02-01"),
                ], catalog)
            let first = try await store.claimEmails(claimRequest(limit: 2), now: now)
            let second = try await store.claimEmails(claimRequest(), now: now)
            #expect((first.items + second.items).map(\.email.id) == [3, 4, 1, 2, 6])
            #expect(first.items.allSatisfy { $0.attempt == 1 && $0.email.status == "processing" })
            #expect(first.items[0].contact.email == "contact3@example.com")
            #expect(try #require(second.items.first).lease > first.items[0].lease)
            let statuses = try await store.statuses()
            #expect(
                statuses == [
                    "processing", "processing", "processing", "processing", "pre-scheduled", "processing",
                ])
        },
        ConformanceCase("priorities and dates of other programs stop no claim") { backend in
            let store = try await backend.openOrganization("a")
            try await store.planBirthdays(1)
            for (number, priority) in ["high", "urgent", SeedValue.text("7.5"), 3, nil].enumerated() {
                try await backend.insert(
                    [
                        "contact_id": 1, "email_type": .text("own_\(number)"), "status": "pre-scheduled",
                        "scheduled_send_date": "2026-02-10", "priority": priority,
                    ], into: "email_schedules", ofOrganization: "a")
            }
            try await backend.insert(
                [
                    "contact_id": 1, "email_type": "own", "status": "pre-scheduled",
                    "scheduled_send_date": nil,
                ],
                into: "email_schedules", ofOrganization: "a")
            let outcome = try await store.claimEmails(claimRequest(), now: now)
            #expect(outcome.items.count + outcome.skipped.count == 6)
        },
        ConformanceCase("eight claimers at once get different emails, all of them once") { backend in
            let store = try await backend.openOrganization("a")
            try await store.planBirthdays(800)
            let claimed = try await withThrowingTaskGroup(of: [Int64].self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        var ids: [Int64] = []
                        while true {
                            let items = try await store.claimEmails(claimRequest(limit: 17), now: now).items
                            if items.isEmpty { return ids }
                            ids += items.map(\.email.id)
                        }
                    }
                }
                return try await group.reduce(into: [Int64]()) { $0 += $1 }
            }
            #expect(claimed.sorted() == Array(1...800))
        },
        ConformanceCase("an email whose lease has ended without news is somebody else's") { backend in
            let store = try await backend.openOrganization("a")
            try await store.planBirthdays(2)
            let first = try await store.claimEmails(claimRequest(limit: 1, at: 100), now: now)
            let meanwhile = try await store.claimEmails(claimRequest(at: 159), now: now)
            #expect(meanwhile.items.map(\.email.id) == [2])
            let second = try await store.claimEmails(claimRequest(at: 160), now: now)
            let item = try #require(second.items.first)
            #expect(second.items.count == 1 && item.email.id == 1 && item.attempt == 2)
            #expect(item.lease > first.items[0].lease)
            // Late news of the first sender is kept and changes nothing.
            let late = try await store.report(first.items[0], .failed)
            #expect(late == .staleLease)
            let standing = try await store.row(1)
            #expect(standing.status == "processing")
            let own = try await store.report(item, .sent, at: 170)
            #expect(own == .recorded)
            let sent = try await store.row(1)
            #expect(sent.status == "sent" && sent.actualSendDatetime == "1970-01-01T00:02:50Z")
            let third = try await store.claimEmails(claimRequest(at: 1000), now: now)
            #expect(third.items.map(\.email.id) == [2])
        },
        ConformanceCase("nobody gets an email again of which nobody knows whether it was sent") { backend in
            let store = try await backend.openOrganization("a")
            try await store.planBirthdays(3)
            let first = try await store.claimEmails(claimRequest(at: 0), now: now).items
            try #require(first.count == 3)
            try await store.report(first[0], .sending)
            try await store.report(first[1], .unconfirmed)
            var second = try await store.claimEmails(claimRequest(at: 60), now: now)
            #expect(second.items.map(\.email.id) == [3])
            #expect(second.unconfirmed == 1)
            var statuses = try await store.statuses()
            #expect(statuses == ["unconfirmed", "unconfirmed", "processing"])
            // The first sender has sent it after all, while the second one has it.
            let late = try await store.report(first[2], .sent, message: "m3")
            #expect(late == .staleLease)
            second = try await store.claimEmails(claimRequest(at: 120), now: now)
            #expect(second.items.isEmpty && second.unconfirmed == 1)
            // Later news still counts.
            try await store.report(first[0], .sent)
            statuses = try await store.statuses()
            #expect(statuses == ["sent", "unconfirmed", "unconfirmed"])
        },
        ConformanceCase("an email that is handed out again and again is given up") { backend in
            let store = try await backend.openOrganization("a")
            try await store.planBirthdays(1)
            for attempt in 1...ClaimRequest.attemptLimit {
                let outcome = try await store.claimEmails(claimRequest(at: Int64(attempt) * 60), now: now)
                #expect(outcome.items.map(\.attempt) == [Int64(attempt)])
            }
            let last = try await store.claimEmails(claimRequest(at: 6000), now: now)
            #expect(last.items.isEmpty && last.unconfirmed == 1)
        },
        ConformanceCase("what may not be sent any more is skipped with its reason") { backend in
            let store = try await backend.openOrganization("a")
            try await store.planBirthdays(3)
            _ = try await store.insertSuppression(SuppressionDraft(contactID: 2), now: now)
            var draft = ContactDraft(id: 3, given: .zipCode)
            draft.zipCode = "10001"
            _ = try await store.updateContact(id: 3, draft)
            let outcome = try await store.claimEmails(claimRequest(), now: now)
            #expect(outcome.items.map(\.email.id) == [1])
            #expect(
                outcome.skipped == [
                    ClaimOutcome.Skip(id: 2, reason: .suppressed),
                    ClaimOutcome.Skip(id: 3, reason: .yearRoundExclusion),
                ])
            let rows = try await store.schedules(ScheduleFilter(), after: 1, limit: 10).items
            #expect(rows.map(\.status) == ["skipped", "skipped"])
            #expect(rows.map(\.skipReason) == ["suppressed", "year_round_exclusion"])
            // So is an email whose sender died.
            _ = try await store.insertSuppression(SuppressionDraft(contactID: 1), now: now)
            let again = try await store.claimEmails(claimRequest(at: 60), now: now)
            #expect(again.items.isEmpty && again.skipped.map(\.id) == [1])
        },
        ConformanceCase("emails claimed together leave each other no more room than the rules say") {
            backend in
            let store = try await backend.openOrganization("a")
            try await store.insertContacts(1)
            let catalog = try catalog()
            var emails: [PlannedEmail] = []
            for type in [EmailType.birthday, .effectiveDate, .aep] {
                var email = try birthdayEmail(1, catalog)
                email.type = type
                emails.append(email)
            }
            try await store.plan(emails, catalog)
            let outcome = try await store.claimEmails(claimRequest(), now: now)
            #expect(outcome.items.map(\.email.id) == [1, 2])
            #expect(outcome.skipped == [ClaimOutcome.Skip(id: 3, reason: .frequencyLimit)])
        },
        ConformanceCase("a row with both templates is handed to one sender of each channel") { backend in
            let store = try await backend.openOrganization("a")
            try await store.planBirthdays(2, withText: true)
            let email = try await store.claimEmails(claimRequest(limit: 1), now: now).items
            let texts = try await store.claimEmails(claimRequest(.sms), now: now).items
            #expect(email.map(\.email.id) == [1] && texts.map(\.email.id) == [1, 2])
            let rest = try await store.claimEmails(claimRequest(), now: now).items
            #expect(rest.map(\.email.id) == [2])
            for channel in SendChannel.allCases {
                let none = try await store.claimEmails(claimRequest(channel), now: now)
                #expect(none.items.isEmpty && none.skipped.isEmpty)
            }
            // What became of the text message is not what became of the email.
            try await store.report(email[0], .sent)
            try await store.report(texts[0], .failed)
            let row = try await store.row(1)
            #expect(row.status == "sent")
        },
        ConformanceCase("text messages wait for the morning, those who want none get none") { backend in
            let store = try await backend.openOrganization("a")
            try await store.planBirthdays(3, withText: true)
            let night = try await store.claimEmails(claimRequest(.sms, hour: 7), now: now)
            #expect(night.items.isEmpty && night.skipped.isEmpty && night.held == 3)
            _ = try await store.insertSuppression(SuppressionDraft(contactID: 2, channel: .sms), now: now)
            let day = try await store.claimEmails(claimRequest(.sms, hour: 8), now: now)
            #expect(day.items.map(\.email.id) == [1, 3])
            #expect(day.skipped == [ClaimOutcome.Skip(id: 2, reason: .suppressed)])
            let row = try await store.row(2)
            #expect(row.status == "pre-scheduled" && row.smsTemplate == nil)
            let emails = try await store.claimEmails(claimRequest(), now: now)
            #expect(emails.items.map(\.email.id) == [1, 2, 3])
        },
        ConformanceCase("text messages that wait for the morning hold up no others") { backend in
            let store = try await backend.openOrganization("a")
            try await store.planBirthdays(6, withText: true)
            for id in [1, 2, 4, 5] as [Int64] {
                var draft = ContactDraft(id: id, given: .zipCode)
                draft.zipCode = "85001"
                _ = try await store.updateContact(id: id, draft)
            }
            let emails = try await store.claimEmails(claimRequest(limit: 3), now: now)
            #expect(emails.items.map(\.email.id) == [1, 2, 3])
            let asleep = ["America/Phoenix": -7]
            let first = try await store.claimEmails(claimRequest(.sms, limit: 1, offsets: asleep), now: now)
            #expect(first.items.map(\.email.id) == [3])
            let second = try await store.claimEmails(claimRequest(.sms, offsets: asleep), now: now)
            #expect(second.items.map(\.email.id) == [6] && second.held == 4)
            let none = try await store.claimEmails(claimRequest(.sms, offsets: asleep), now: now)
            #expect(none.items.isEmpty && none.skipped.isEmpty && none.held == 4)
            let morning = try await store.claimEmails(claimRequest(.sms), now: now)
            #expect(morning.items.map(\.email.id) == [1, 2, 4, 5] && morning.held == 0)
        },
        ConformanceCase("a row that was cancelled or planned again meanwhile is not handed out twice") {
            backend in
            let store = try await backend.openOrganization("a")
            try await store.planBirthdays(1)
            let item = try #require(try await store.claimEmails(claimRequest(at: 0), now: now).items.first)
            try await store.report(item, .cancelled)
            let outcome = try await store.claimEmails(claimRequest(at: 60), now: now)
            #expect(outcome.items.isEmpty && outcome.skipped.isEmpty)
        },
    ]
}
