import SchedulingCore
import Testing

@Suite("What a run reports (SPEC 12)")
struct ReportTests {
    @Test("Contacts processed, invalid ones by reason, and mismatches are counted")
    func contacts() {
        var world = World(on: "2026-03-01")
        world.add(1...6)
        world.change(2) { $0.invalidity = .missingZIP }
        world.change(3) { $0.invalidity = .missingZIP }
        world.change(4) { ($0.invalidity, $0.hasStateZIPMismatch) = (.invalidDate, true) }
        world.change(5) { $0.hasStateZIPMismatch = true }
        let outcome = world.run()
        #expect(outcome.report.contactsProcessed == 3)
        #expect(outcome.report.invalid == [.missingZIP: 2, .invalidDate: 1])
        #expect(outcome.report.stateZIPMismatches == 1)
        #expect(outcome.run.contactsDone == 6)
    }

    @Test("Rows are counted by type and skip reason, follow-ups too")
    func rows() {
        var world = World(on: "2026-03-01")
        world.add(1...2, born: "1950-06-15")
        world.add(3, in: "CA", born: "1950-06-15")
        world.add(4, in: "NY", born: "1950-06-15")
        world.row(1, "aep", "2026-02-28", "sent", event: "2026-02-28")
        let report = world.run().report
        let counts = Dictionary(
            uniqueKeysWithValues: report.rows.map { kind, count in
                ("\(world.catalog().name(of: kind.type)) \(kind.skipReason?.rawValue ?? "-")", count)
            })
        #expect(
            counts == [
                "birthday -": 2, "birthday birthday_window": 1, "birthday year_round_exclusion": 1,
                "post_window -": 1, "followup_1_cold -": 1,
            ])
    }

    @Test("Inserted, updated, deleted and unchanged rows are counted")
    func changes() {
        var world = World(on: "2026-03-01")
        world.add(1...4, born: "1950-06-15")
        world.run()
        world.change(1) { $0.birthDate = nil }
        world.change(2) { $0.birthDate = "1950-06-16" }
        world.add(5, born: "1950-06-15")
        world.row(6, "aep", "2026-02-01", event: "2026-02-01")
        let report = world.run().report
        #expect(report.inserted == 1)
        #expect(report.updated == 2)
        #expect(report.deleted == 1)
        #expect(report.unchanged == 2)
    }

    @Test("Daily volume is reported by ideal, target and final date, without skipped emails")
    func volume() {
        var world = World(on: "2026-03-01")
        world.totalContacts = 15
        // A cap of 1 and a limit of 1.
        world.add(1, born: "1950-03-14")
        world.add(2...3, effective: "2019-06-15")
        world.add(4, in: "NY", born: "1950-06-15")
        let volume = world.run().report.volume
        func lines(_ counts: DayCounts) -> [String] { counts.entries.map { "\($0.day) \($0.count)" } }
        #expect(lines(volume.ideal) == ["2026-02-28 1", "2026-05-16 2"])
        // Both move to 14 May by their hash.
        #expect(lines(volume.target) == ["2026-03-08 1", "2026-05-14 2"])
        #expect(lines(volume.final) == ["2026-03-08 1", "2026-05-14 1", "2026-05-15 1"])
    }

    @Test("Exclusions are counted by state and reason, with the emails of each state beside them")
    func exclusions() {
        var world = World(on: "2026-03-01")
        world.add(1, in: "CA", born: "1950-06-15", effective: "2019-12-15")
        world.add(2, in: "NY", born: "1950-06-15", effective: "2019-12-15")
        world.add(3, in: "TX", born: "1950-06-15")
        world.add(4, in: "NY", born: "1950-06-15")
        world.suppress(4)
        let report = world.run().report
        let exclusions = report.exclusions.map { "\($0.key.state) \($0.key.reason.rawValue) \($0.value)" }
        #expect(exclusions.sorted() == ["CA birthday_window 1", "NY year_round_exclusion 2"])
        #expect(report.emailsByState == ["CA": 3, "NY": 3, "TX": 1])
    }

    @Test("Days over cap are reported in order")
    func overCap() {
        var cap = CapWorld()
        cap.add(9, on: 30, instance: 1, lastDay: 30)
        cap.add(9, on: 2, instance: 2, lastDay: 2)
        #expect(cap.world.run().report.overCapDays == [CapWorld.day + 2, CapWorld.day + 30])
    }

    @Test("A full run keeps its counts per day, of effective dates and of everything placed")
    func counts() {
        var world = World(on: "2026-03-01")
        world.totalContacts = 100
        world.add(1...3, effective: "2019-06-15")
        world.add(4, effective: "2019-06-15")
        world.row(4, "effective_date", "2026-05-20", "scheduled", event: "2026-06-15")
        let run = world.run().run
        #expect(run.smoothing["2026-05-16"] == 4)
        #expect(run.dailyLoad.entries.map(\.count).reduce(0, +) == 4)
        #expect(run.dailyLoad["2026-05-20"] == 1)
    }

    @Test("A run with nothing to wait for is settled in its first pass")
    func settled() {
        var world = World(on: "2026-03-01")
        world.add(1...5, born: "1950-06-15")
        #expect(world.run().run.unsettled.ids == [1, 2, 3, 4, 5])
        let second = world.run()
        #expect(second.run.unsettled.isEmpty)
        #expect(second.run.contactsDone == 5)
    }

    @Test(
        "More than ten thousand unsettled contacts are not remembered one by one",
        arguments: [(0, true), (1, false)])
    func manyUnsettled(more: Int64, areKnown: Bool) {
        var world = World(on: "2026-03-01")
        world.totalContacts = 100
        var run = SchedulingRun(catalog: world.catalog())
        var batch = ContactBatch()
        batch.contacts = (1...(10_000 + more)).map {
            Contact(id: $0, state: "TX", birthDate: "1950-06-15")
        }
        run.survey(batch) { _ in }
        #expect((run.unsettled.ids != nil) == areKnown)
        #expect(!run.unsettled.isEmpty)
    }

    @Test("Counts of days far away are kept as well as those close by")
    func farDays() {
        var counts = DayCounts(around: "2026-03-01")
        for day in ["1900-01-01", "2026-03-01", "2024-10-17", "2024-10-16", "9999-12-31"] as [CivilDate] {
            counts[day] += 2
            counts[day] -= 1
        }
        #expect(
            counts.entries.map(\.day) == [
                "1900-01-01", "2024-10-16", "2024-10-17", "2026-03-01", "9999-12-31",
            ])
        counts["9999-12-31"] = 0
        #expect(counts.entries.count == 4)
        #expect(counts["2050-01-01"] == 0)
    }
}
