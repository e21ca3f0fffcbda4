import ScheduleStore
import SchedulingCore
import SeededRandomness
import Testing

/// Whether a row meets a filter, in the plainest words.
private func meets(_ row: ScheduleRecord, _ filter: ScheduleFilter) -> Bool {
    if let id = filter.contactID, row.contactID != id { return false }
    if let type = filter.emailType, row.emailType != type { return false }
    if let status = filter.status, row.status != status { return false }
    if let id = filter.campaignInstanceID, row.campaignInstanceID != id { return false }
    if let id = filter.runID, row.schedulerRunID != id { return false }
    let day = row.scheduledSendDate ?? ""
    if let from = filter.from, day < from.description { return false }
    if let to = filter.to, day.isEmpty || day > to.description { return false }
    return true
}

extension ConformanceCase {
    static let schedules: [ConformanceCase] = [
        ConformanceCase("a filter gives the rows that meet it, page by page") { backend in
            let store = try await backend.openOrganization("a")
            let seed = UInt64.random(in: 0...UInt64.max)
            var random = SeededGenerator(seed: seed)
            func pick<Value>(_ values: [Value]) -> Value {
                values[Int.random(in: values.indices, using: &random)]
            }
            for number in 1...150 {
                try await backend.insert(
                    [
                        "contact_id": .number(pick([1, 2, 3])), "email_type": pick(["aep", "birthday"]),
                        "status": pick(["sent", "skipped", "pre-scheduled"]),
                        "scheduled_send_date": pick(["2026-01-01", "2026-01-02", "2026-01-03", nil]),
                        "campaign_instance_id": pick([7, 8, nil]), "scheduler_run_id": pick([1, 2, nil]),
                        "event_year": .number(Int64(number)), "event_month": 1, "event_day": 1,
                    ], into: "email_schedules", ofOrganization: "a")
            }
            let all = try await store.schedules(ScheduleFilter(), after: nil, limit: 1000).items
            #expect(all.count == 150, "seed \(seed)")
            for _ in 1...60 {
                var filter = ScheduleFilter()
                filter.contactID = pick([1, nil, nil])
                filter.emailType = pick(["aep", nil, nil])
                filter.status = pick(["sent", "skipped", nil])
                filter.from = pick([try date("2026-01-02"), nil])
                filter.to = pick([try date("2026-01-02"), nil])
                filter.campaignInstanceID = pick([7, nil, nil])
                filter.runID = pick([2, nil, nil])
                var found: [ScheduleRecord] = []
                for try await page in store.schedulePages(filter, pageSize: 4) {
                    #expect(page.count <= 4 && !page.isEmpty, "seed \(seed)")
                    found += page
                }
                #expect(found == all.filter { meets($0, filter) }, "seed \(seed) \(filter)")
            }
        },
        ConformanceCase("a contact's schedule is in order of its dates") { backend in
            let store = try await backend.openOrganization("a")
            for (year, day) in ["2026-03-01", "2026-01-01", "2026-02-01"].enumerated() {
                try await backend.insert(
                    [
                        "contact_id": 1, "email_type": "birthday", "status": "sent",
                        "event_year": .number(Int64(year)), "scheduled_send_date": .text(day),
                    ], into: "email_schedules", ofOrganization: "a")
            }
            let days = try await store.schedules(ofContact: 1).map(\.scheduledSendDate)
            #expect(days == ["2026-01-01", "2026-02-01", "2026-03-01"])
        },
    ]
}
