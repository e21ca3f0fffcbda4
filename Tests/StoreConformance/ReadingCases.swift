import ScheduleStore
import SchedulingCore
import SeededRandomness
import Testing

extension ConformanceCase {
    static let reading: [ConformanceCase] = [
        ConformanceCase("a store without contacts is read in one batch") { backend in
            let store = try await backend.openOrganization("a")
            let everything = try store.readEverything(limit: 5, try catalog())
            #expect(everything.contacts.isEmpty && everything.rows.isEmpty)
        },
        ConformanceCase("batches of any size give the same, rows of lost contacts among it") { backend in
            let store = try await backend.openOrganization("a")
            let seed = UInt64.random(in: 0...UInt64.max)
            var random = SeededGenerator(seed: seed)
            let ids = Set((0..<40).map { _ in Int64.random(in: 1...99, using: &random) })
            for id in ids { _ = try await store.insertContact(ContactDraft(id: id)) }
            for number in 1...120 {
                let contactID = Int64.random(in: -5...110, using: &random)
                try await backend.insert(
                    [
                        "contact_id": .number(contactID), "email_type": "birthday", "status": "sent",
                        "event_year": .number(Int64(number)), "scheduled_send_date": "2026-01-01",
                    ], into: "email_schedules", ofOrganization: "a")
            }
            let whole = try store.readEverything(limit: 1000, try catalog())
            #expect(whole.contacts.map(\.id) == ids.sorted(), "seed \(seed)")
            #expect(whole.rows.count == 120, "seed \(seed)")
            #expect(whole.rows.map(\.contactID) == whole.rows.map(\.contactID).sorted(), "seed \(seed)")
            for limit in [1, 2, 3, 7, ids.count - 1, ids.count, ids.count + 1] {
                let parts = try store.readEverything(limit: limit, try catalog())
                #expect(parts.contacts.map(\.id) == whole.contacts.map(\.id), "seed \(seed) limit \(limit)")
                #expect(Set(parts.rows) == Set(whole.rows), "seed \(seed) limit \(limit)")
                #expect(parts.rows.count == whole.rows.count, "seed \(seed) limit \(limit)")
            }
        },
        ConformanceCase("listed contacts come with their rows, and nobody else's") { backend in
            let store = try await backend.openOrganization("a")
            try await store.insertContacts(9)
            for id in 1...9 {
                try await backend.insert(
                    [
                        "contact_id": .number(Int64(id)), "email_type": "aep", "status": "sent",
                        "event_year": 2025,
                    ],
                    into: "email_schedules", ofOrganization: "a")
            }
            let reader = try store.makeRunReader()
            defer { reader.close() }
            var batch = ContactBatch()
            try reader.readContacts(ids: [2, 3, 7, 50], catalog: try catalog(), into: &batch)
            #expect(batch.contacts.map(\.id) == [2, 3, 7])
            #expect(batch.rows.map(\.contactID) == [2, 3, 7])
            try reader.readContacts(ids: [], catalog: try catalog(), into: &batch)
            #expect(batch.contacts.isEmpty && batch.rows.isEmpty)
        },
        ConformanceCase("a committed row has its moment of sending, in the organisation's zone") { backend in
            let store = try await backend.openOrganization("a")
            try await backend.insert(
                ["contact_id": 1, "tracking_id": "abc"], into: "tracking_clicks", ofOrganization: "a")
            let rows: [(status: SeedValue, actual: SeedValue)] = [
                ("sent", "2026-01-02T15:00:00Z"), ("delivered", nil),
                ("pre-scheduled", "2026-01-02 09:00:00"),
                ("bounced", "not a moment"),
            ]
            for (year, row) in rows.enumerated() {
                try await backend.insert(
                    [
                        "contact_id": 1, "email_type": "birthday", "status": row.status,
                        "event_year": .number(Int64(2020 + year)), "scheduled_send_date": "2026-01-01",
                        "scheduled_send_time": "08:30:00", "actual_send_datetime": row.actual,
                        "metadata": "{\"tracking_uuid\": \"abc\"}",
                    ], into: "email_schedules", ofOrganization: "a")
            }
            let catalog = RunCatalog(
                today: try date("2026-01-05"), policy: SchedulingPolicy(),
                facts: RunCatalog.Facts(totalContacts: 0), zone: ZoneOffsets(initialOffset: -6 * 3600))
            let read = try store.readEverything(limit: 9, catalog).rows.sorted { $0.id < $1.id }
            let scheduled = LocalMoment(date: try date("2026-01-01"), secondOfDay: 8 * 3600 + 1800)
            #expect(read[0].sendMoment == LocalMoment(date: try date("2026-01-02"), secondOfDay: 9 * 3600))
            #expect(read[1].sendMoment == scheduled)
            #expect(read[2].sendMoment == nil)
            #expect(read[3].sendMoment == scheduled)
            #expect(read.map(\.trackingID) == [FNVHash("abc").value, FNVHash("abc").value, nil, nil])
        },
        ConformanceCase("values that are null, malformed or unknown are read as such") { backend in
            let store = try await backend.openOrganization("a")
            try await backend.insert(
                [
                    "contact_id": 1, "email_type": "campaign_gone", "status": "whatever", "skip_reason": "",
                    "scheduled_send_date": "soon", "event_year": "2026", "event_month": "x", "priority": nil,
                    "email_template": "nobody's", "metadata": "{",
                ], into: "email_schedules", ofOrganization: "a")
            let row = try #require(try store.readEverything(limit: 9, try catalog()).rows.first)
            #expect(row.type == .unknownCampaign)
            #expect(row.status == .ended)
            #expect(row.skipReason == .none)
            #expect(row.scheduledDate == nil && row.sendMoment == nil)
            #expect(row.event == StoredEmail.EventColumns(year: 2026))
            #expect(row.priority == nil)
            #expect(row.emailTemplate == .unknown && row.smsTemplate == .null)
        },
        ConformanceCase("a suppression is one of e-mail, of SMS, or none for a run") { backend in
            let store = try await backend.openOrganization("a")
            let channels: [SeedValue] = [nil, "email", "fax", "all", "", "sms", " SMS ", "Email"]
            for (id, channel) in channels.enumerated() {
                try await backend.insert(
                    ["contact_id": .number(Int64(id)), "channel": channel], into: "suppressions",
                    ofOrganization: "a")
            }
            let read = try store.readEverything(limit: 9, try catalog()).suppressions
            #expect(read.map(\.contactID) == [0, 1, 3, 4, 5, 6, 7])
            #expect(read.map(\.channel) == [.email, .email, .email, .email, .sms, .sms, .email])
        },
        ConformanceCase("targets have their date and status, null for pending") { backend in
            let store = try await backend.openOrganization("a")
            let rows: [(SeedValue, SeedValue)] = [
                (nil, nil), ("2026-03-01", "pending"), ("", "scheduled"), ("31.12.2026", "skipped"),
                (nil, "cancelled"),
            ]
            for (id, row) in rows.enumerated() {
                try await backend.insert(
                    [
                        "contact_id": .number(Int64(id)), "campaign_instance_id": 7, "trigger_date": row.0,
                        "status": row.1,
                    ], into: "contact_campaigns", ofOrganization: "a")
            }
            let read = try store.readEverything(limit: 9, try catalog()).targets
            #expect(read.map(\.status) == [.pending, .pending, .scheduled, .skipped, .other])
            #expect(read.map(\.triggerDate) == [nil, try date("2026-03-01"), nil, nil, nil])
            #expect(read.map(\.hasInvalidTriggerDate) == [false, false, false, true, false])
            let reader = try store.makeRunReader()
            defer { reader.close() }
            let ids = try reader.contactIDs(campaignInstanceID: 7, after: 0, limit: 3)
            #expect(ids == [1, 2, 3])
        },
        ConformanceCase("clicks and answers are read with what follow-ups need") { backend in
            let store = try await backend.openOrganization("a")
            let clicks: [[String: SeedValue]] = [
                ["contact_id": 1, "tracking_id": "abc", "clicked_at": "2026-01-02 09:15:00"],
                ["contact_id": 2, "tracking_id": "", "schedule_id": 9, "clicked_at": "2026-01-02"],
            ]
            for click in clicks {
                try await backend.insert(click, into: "tracking_clicks", ofOrganization: "a")
            }
            let answers: [SeedValue] = [
                "{\"has_medical_conditions\": true}", "{\"main_questions_yes_count\": 2}",
                "{\"has_medical_conditions\": false, \"main_questions_yes_count\": 0}", "{broken", nil,
                "{\"has_medical_conditions\": \"no\", \"main_questions_yes_count\": \"none\"}",
            ]
            for metadata in answers {
                try await backend.insert(
                    [
                        "contact_id": 3, "event_type": "eligibility_answered", "metadata": metadata,
                        "created_at": "2026-01-02 10:00:00",
                    ], into: "contact_events", ofOrganization: "a")
            }
            try await backend.insert(
                ["contact_id": 3, "event_type": "opened"], into: "contact_events", ofOrganization: "a")
            let read = try store.readEverything(limit: 9, try catalog()).behaviours
            #expect(read[0].kind == .click(scheduleID: nil, trackingID: FNVHash("abc").value))
            #expect(read[0].moment == LocalMoment(date: try date("2026-01-02"), secondOfDay: 9 * 3600 + 900))
            #expect(read[1].kind == .click(scheduleID: 9, trackingID: nil))
            let yes = read.dropFirst(2).map { $0.kind == .answered(withYes: true) }
            #expect(yes == [true, true, false, false, false, false])
        },
        ConformanceCase("the facts of a run have the defaults of null columns") { backend in
            let store = try await backend.openOrganization("a")
            try await store.insertContacts(3)
            for name in ["plain", "regulatory_notice"] {
                try await backend.insert(
                    ["name": .text(name)], into: "campaign_types", ofOrganization: "a")
            }
            try await backend.insert(
                [
                    "name": "full", "respect_exclusion_windows": 0, "enable_followups": 0,
                    "days_before_event": 14,
                    "target_all_contacts": 1, "priority": 2, "active": 0, "respect_frequency_limits": 0,
                ], into: "campaign_types", ofOrganization: "a")
            let audiences: [SeedValue] = [nil, "[]", "[\"CA\", \" tx \"]", "[\"Texas\"]", "{broken"]
            for (index, audience) in audiences.enumerated() {
                try await backend.insert(
                    [
                        "id": .number(Int64(index + 1)), "campaign_type": "plain", "audience": audience,
                        "active_start_date": "2026-01-01", "active_end_date": "", "email_template": "t",
                    ], into: "campaign_instances", ofOrganization: "a")
            }
            let facts = try store.runFacts()
            #expect(facts.totalContacts == 3)
            #expect(facts.campaignTypes[0] == CampaignType(name: "plain"))
            #expect(facts.campaignTypes[1].respectsFrequencyLimits == false)
            var full = CampaignType(name: "full")
            full.respectsExclusionWindows = false
            full.enablesFollowups = false
            full.daysBeforeEvent = 14
            full.targetsAllContacts = true
            full.priority = 2
            full.isActive = false
            full.respectsFrequencyLimits = false
            #expect(facts.campaignTypes[2] == full)
            let states = facts.instances.map { $0.audience.map(\.description).sorted() }
            #expect(states == [[], [], ["CA", "TX"], ["ZZ"], ["ZZ"]])
            #expect(facts.instances[0].startDate == (try date("2026-01-01")))
            #expect(facts.instances[0].endDate == nil)
            #expect(facts.instances[0].templates == TemplatePair(email: "t"))
        },
    ]
}
