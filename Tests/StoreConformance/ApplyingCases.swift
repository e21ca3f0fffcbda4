import ScheduleStore
import SchedulingCore
import SeededRandomness
import Testing

extension ConformanceCase {
    static let applying: [ConformanceCase] = [
        ConformanceCase("an inserted email is read back as it was planned") { backend in
            let store = try await backend.openOrganization("a")
            let catalog = try catalog()
            var email = try birthdayEmail(4, catalog)
            email.skipReason = .birthdayWindow
            email.smsTemplate = catalog.symbol("birthday_sms")
            var campaign = try birthdayEmail(4, catalog, event: "2026-04-01", on: "2026-03-18")
            campaign.type = catalog.type("campaign_rate_increase")
            campaign.instanceID = 7
            campaign.emailTemplate = catalog.symbol("rate_email")
            let counts = try store.makeRunWriter().apply(
                [.insert(email), .insert(campaign)], runID: 3, catalog: catalog, now: now,
                checkpoint: .after(4))
            #expect(counts.inserted == 2 && counts.updated == 0 && counts.deleted == 0)
            let rows = try store.readEverything(limit: 5, catalog).rows.sorted { $0.id < $1.id }
            #expect(rows[0].status == .skipped && rows[0].skipReason == .known(.birthdayWindow))
            #expect(rows[0].event == email.event && rows[0].idealDate == email.idealDate)
            #expect(rows[0].emailTemplate == email.emailTemplate && rows[0].smsTemplate == email.smsTemplate)
            #expect(rows[0].scheduledTime == email.time && rows[0].priority == 5)
            #expect(
                rows[1].type == campaign.type && rows[1].instanceID == 7 && rows[1].status == .preScheduled)
            let record = try #require(try await store.schedules(ofContact: 4).first)
            #expect(record.emailType == "birthday" && record.scheduledSendDate == "2026-02-15")
            #expect(record.schedulerRunID == 3 && record.createdAt == now && record.updatedAt == now)
            #expect(record.skipReason == "birthday_window" && record.metadata == nil)
        },
        ConformanceCase("a follow-up says what it follows") { backend in
            let store = try await backend.openOrganization("a")
            let catalog = try catalog()
            var email = try birthdayEmail(4, catalog)
            email.type = .followupClicked
            email.idealDate = nil
            email.initialID = 77
            email.initialType = .birthday
            _ = try store.makeRunWriter().apply(
                [.insert(email)], runID: 1, catalog: catalog, now: now, checkpoint: .after(4))
            let record = try #require(try await store.schedules(ofContact: 4).first)
            #expect(record.initialScheduleID == 77 && record.idealSendDate == nil)
            #expect(
                record.metadata == """
                    {"initial_schedule_id":77,"initial_email_type":"birthday",\
                    "behavior":"followup_2_clicked_no_hq"}
                    """)
        },
        ConformanceCase("a row is updated, expired and deleted in place") { backend in
            let store = try await backend.openOrganization("a")
            let catalog = try catalog()
            let writer = try store.makeRunWriter()
            let plans = try (1...3).map { try birthdayEmail(Int64($0), catalog) }
            _ = try writer.apply(
                plans.map(RowChange.insert), runID: 1, catalog: catalog, now: now, checkpoint: .after(3))
            var moved = plans[0]
            moved.date = try date("2026-02-17")
            moved.skipReason = .frequencyLimit
            moved.emailTemplate = .null
            let counts = try writer.apply(
                [.update(rowID: 1, moved), .expire(rowID: 2), .delete(rowID: 3)], runID: 2, catalog: catalog,
                now: "later", checkpoint: .after(3))
            #expect(counts.inserted == 0 && counts.updated == 2 && counts.deleted == 1)
            let first = try #require(try await store.schedules(ofContact: 1).first)
            #expect(first.id == 1 && first.scheduledSendDate == "2026-02-17" && first.status == "skipped")
            #expect(first.skipReason == "frequency_limit" && first.emailTemplate == nil)
            #expect(first.schedulerRunID == 2 && first.updatedAt == "later" && first.createdAt == now)
            let second = try #require(try await store.schedules(ofContact: 2).first)
            #expect(
                second.status == "skipped" && second.skipReason == "expired" && second.schedulerRunID == 2)
            #expect(second.scheduledSendDate == "2026-02-15" && second.emailTemplate == "birthday_email")
            let third = try await store.schedules(ofContact: 3)
            #expect(third.isEmpty)
        },
        ConformanceCase("where contacts count in smoothing is kept for any ids, replaced, and forgotten") {
            backend in
            let store = try await backend.openOrganization("a")
            let catalog = try catalog()
            let seed = UInt64.random(in: 0...UInt64.max)
            var random = SeededGenerator(seed: seed)
            let ids = [.min, -257, -256, -1, 0, 255, 256, 511, 1_000_000, .max - 1, .max] as [Int64]
            var kept: [Int64: CivilDate] = [:]
            for step in 1...20 {
                let shares = ids.filter { _ in random.chance(0.5) }.map { id in
                    let day = CivilDate(dayNumber: Int32(random.number(-800_000...3_000_000)))
                    return SmoothingShare(contactID: id, idealDate: random.chance(0.6) ? day : nil)
                }
                for share in shares { kept[share.contactID] = share.idealDate }
                let part = ChangePart(
                    changes: [], smoothingShares: shares,
                    checkpoint: RunCheckpoint(
                        runID: 1, phase: "survey", lastContactID: nil, batchNumber: step, contactsDone: 0))
                _ = try store.makeRunWriter().apply([part], runID: 1, catalog: catalog, now: now)
                let wanted = kept.sorted { $0.key < $1.key }.map {
                    SmoothingShare(contactID: $0.key, idealDate: $0.value)
                }
                #expect(try store.readEverything(limit: 5, catalog).smoothingShares == wanted, "seed \(seed)")
                let reader = try store.makeRunReader()
                defer { reader.close() }
                var batch = ContactBatch()
                try reader.readContacts(ids: [-256, 0, 511], catalog: catalog, into: &batch)
                #expect(
                    batch.smoothingShares == wanted.filter { [-256, 0, 511].contains($0.contactID) },
                    "seed \(seed)")
            }
        },
        ConformanceCase("a row that was committed meanwhile is left alone") { backend in
            let store = try await backend.openOrganization("a")
            let catalog = try catalog()
            try await backend.insert(
                [
                    "contact_id": 1, "email_type": "birthday", "status": "accepted", "event_year": 2026,
                    "scheduled_send_date": "2026-02-15",
                ], into: "email_schedules", ofOrganization: "a")
            let before = try await store.schedules(ofContact: 1)
            let changes: [RowChange] = [
                .delete(rowID: 1), .expire(rowID: 1), .update(rowID: 1, try birthdayEmail(1, catalog)),
            ]
            for change in changes {
                let counts = try store.makeRunWriter().apply(
                    [change], runID: 2, catalog: catalog, now: now, checkpoint: .after(1))
                #expect(counts.updated == 0 && counts.deleted == 0)
            }
            let after = try await store.schedules(ofContact: 1)
            #expect(after == before)
        },
        ConformanceCase("a target gets the status of its email") { backend in
            let store = try await backend.openOrganization("a")
            for _ in 1...2 {
                try await backend.insert(
                    ["contact_id": 1, "campaign_instance_id": 7], into: "contact_campaigns",
                    ofOrganization: "a")
            }
            let counts = try store.makeRunWriter().apply(
                [.target(rowID: 1, isSkipped: false), .target(rowID: 2, isSkipped: true)], runID: 1,
                catalog: try catalog(), now: now, checkpoint: .after(1))
            #expect(counts.targets == 2)
            let targets = try store.readEverything(limit: 5, try catalog()).targets
            #expect(targets.map(\.status) == [.scheduled, .skipped])
        },
        ConformanceCase("no two rows have one identity, and a batch that tries stores nothing") { backend in
            let store = try await backend.openOrganization("a")
            let catalog = try catalog()
            let writer = try store.makeRunWriter()
            let email = try birthdayEmail(1, catalog)
            _ = try writer.apply(
                [.insert(email)], runID: 1, catalog: catalog, now: now, checkpoint: .after(1, batch: 1))
            var same = email
            same.date = try date("2026-02-20")
            let code = await errorCode {
                _ = try writer.apply(
                    [.insert(try birthdayEmail(0, catalog)), .insert(same)], runID: 1, catalog: catalog,
                    now: now,
                    checkpoint: .after(9, batch: 2))
            }
            #expect(code == .constraint)
            let rows = try store.readEverything(limit: 5, catalog).rows
            #expect(rows.map(\.contactID) == [1])
            let checkpoint = try writer.loadCheckpoint(runID: 1)
            #expect(checkpoint?.batchNumber == 1)
        },
        ConformanceCase("identities differ by year, instance, trigger date and initial email") { backend in
            let store = try await backend.openOrganization("a")
            let catalog = try catalog()
            var changes: [RowChange] = []
            for event in ["2026-03-01", "2027-03-01"] {
                changes.append(.insert(try birthdayEmail(1, catalog, event: event)))
            }
            for (instance, event) in [(7, "2026-03-01"), (7, "2026-03-02"), (8, "2026-03-01")] {
                var email = try birthdayEmail(1, catalog, event: event)
                email.type = catalog.type("campaign_rate_increase")
                email.instanceID = Int64(instance)
                changes.append(.insert(email))
            }
            // The last one is of another contact, as plain SQL may have it.
            for (contact, initial) in [(1, 11), (1, 12), (2, 11)] {
                var email = try birthdayEmail(Int64(contact), catalog)
                email.type = .followupCold
                email.initialID = Int64(initial)
                changes.append(.insert(email))
            }
            let counts = try store.makeRunWriter().apply(
                changes, runID: 1, catalog: catalog, now: now, checkpoint: .after(1))
            #expect(counts.inserted == 8)
            var otherType = try birthdayEmail(1, catalog)
            otherType.type = .followupAnsweredYes
            otherType.initialID = 11
            let clash = otherType
            let code = await errorCode {
                _ = try store.makeRunWriter().apply(
                    [.insert(clash)], runID: 1, catalog: catalog, now: now, checkpoint: .after(1))
            }
            #expect(code == .constraint)
        },
        ConformanceCase("a large batch comes out whole, and its checkpoint last") { backend in
            let store = try await backend.openOrganization("a")
            let catalog = try catalog()
            let writer = try store.makeRunWriter()
            let changes = try (1...30_000).map { RowChange.insert(try birthdayEmail(Int64($0), catalog)) }
            let counts = try writer.apply(
                changes, runID: 1, catalog: catalog, now: now, checkpoint: .after(30_000))
            #expect(counts.inserted == 30_000)
            let rows = try store.readEverything(limit: 10_000, catalog).rows
            #expect(rows.count == 30_000)
            let deletions = rows.map { RowChange.delete(rowID: $0.id) }
            let deleted = try writer.apply(
                deletions, runID: 1, catalog: catalog, now: now, checkpoint: .after(30_000, batch: 2))
            #expect(deleted.deleted == 30_000)
            let checkpoint = try writer.loadCheckpoint(runID: 1)
            #expect(checkpoint == .after(30_000, batch: 2))
        },
        ConformanceCase("counts per day are replaced as a whole") { backend in
            let store = try await backend.openOrganization("a")
            let writer = try store.makeRunWriter()
            let first = try [3, 1, 2].map {
                DayCount(day: try date("2026-01-0\($0)"), effectiveDateIdealCount: $0, finalCount: 10 * $0)
            }
            try writer.saveDayCounts(runID: 1, first)
            let loaded = try writer.loadDayCounts()
            #expect(loaded == first.sorted { $0.day < $1.day })
            try writer.saveDayCounts(runID: 2, [])
            let none = try writer.loadDayCounts()
            #expect(none.isEmpty)
        },
        ConformanceCase("a reader sees a whole batch or nothing of it while batches are written") { backend in
            let store = try await backend.openOrganization("a")
            let catalog = try catalog()
            let writer = try store.makeRunWriter()
            let plans = try (1...100).map { number in
                try (1...20).map { RowChange.insert(try birthdayEmail(Int64(number * 100 + $0), catalog)) }
            }
            let writing = Task.detached {
                for plan in plans {
                    _ = try writer.apply(plan, runID: 1, catalog: catalog, now: now, checkpoint: .after(1))
                }
            }
            var seen = 0
            while seen < 2000 {
                let page = try await store.schedules(ScheduleFilter(), after: nil, limit: 5000)
                #expect(page.items.count % 20 == 0 && page.items.count >= seen)
                seen = page.items.count
            }
            try await writing.value
        },
    ]
}
