import SchedulingCore
import Testing

@Suite("Kept dates (SPEC 7.1)")
struct KeptDateTests {
    /// A birthday email with the ideal date 1 June that an earlier run put on another day.
    private func world(
        on today: CivilDate = "2026-03-01", planned date: CivilDate, _ edit: (inout Row) -> Void = { _ in }
    ) -> World {
        var world = World(on: today, born: "1950-06-15")
        world.run()
        world.edit("birthday") {
            $0.date = date
            $0.idealDate = "2026-06-01"
            $0.event = .init("2026-06-15")
            edit(&$0)
        }
        return world
    }

    @Test(
        "A planned email stays on the day it was given",
        arguments: ["2026-05-20", "2026-06-03", "2026-06-14"] as [CivilDate])
    func stays(date: CivilDate) {
        var world = world(planned: date)
        let before = world.rows
        #expect(world.run().changes.isEmpty)
        #expect(world.rows == before)
    }

    @Test("A date of today is kept")
    func today() {
        var world = world(planned: "2026-06-03")
        world.today = "2026-06-03"
        world.run()
        #expect(world.schedule() == ["birthday 2026-06-03"])
    }

    @Test("A date before today is not kept")
    func past() throws {
        var world = world(planned: "2026-06-03")
        world.today = "2026-06-04"
        world.run()
        #expect(try #require(world.only("birthday").date) > "2026-06-04")
    }

    @Test(
        "A skip for conflict or frequency keeps its date and is judged anew",
        arguments: ["campaign_conflict", "frequency_limit"])
    func skipped(reason: String) {
        var world = world(planned: "2026-06-03") { ($0.status, $0.skipReason) = ("skipped", reason) }
        world.run()
        #expect(world.schedule() == ["birthday 2026-06-03"])
    }

    @Test(
        "A skip for any other reason keeps no date",
        arguments: ["suppressed", "expired", "birthday_window", "holiday", nil])
    func otherSkip(reason: String?) {
        var world = world(planned: "2026-06-03") { ($0.status, $0.skipReason) = ("skipped", reason) }
        world.run()
        #expect(world.schedule() == ["birthday 2026-06-01"])
    }

    @Test("A date is not kept when the ideal date has changed")
    func otherIdeal() {
        var world = world(planned: "2026-06-03")
        world.change(1) { $0.birthDate = "1950-06-16" }
        world.run()
        #expect(world.schedule() == ["birthday 2026-06-02"])
    }

    @Test("A date is not kept when its row has no ideal date")
    func noIdeal() {
        var world = world(planned: "2026-06-03") { $0.idealDate = nil }
        world.run()
        #expect(world.schedule() == ["birthday 2026-06-01"])
    }

    @Test("A date is not kept past the deadline")
    func deadline() {
        var world = world(planned: "2026-06-15")
        world.run()
        #expect(world.schedule() == ["birthday 2026-06-01"])
    }

    @Test("A date is not kept when it is excluded by now")
    func excluded() {
        var world = world(planned: "2026-06-03")
        world.policy.stateRules["TX"] = StateRule(
            .birthday(daysBefore: 12, daysAfter: 0, preWindowExtensionDays: 0))
        world.run()
        #expect(world.schedule() == ["birthday 2026-06-01"])
    }

    @Test("An email that ignores windows keeps an excluded date")
    func ignoresWindows() {
        var world = World(on: "2026-03-01", state: "NY")
        world.instance(7, of: "regulatory_notice")
        world.target(1, instance: 7, on: "2026-06-01")
        world.run()
        world.edit("campaign_regulatory_notice") { $0.date = "2026-06-05" }
        world.run()
        #expect(world.schedule() == ["campaign_regulatory_notice 2026-06-05 #7"])
    }

    @Test("A replan forgets the date, in the same row")
    func replan() throws {
        var world = world(planned: "2026-06-03")
        let id = try world.only("birthday").id
        world.run(replans: true)
        #expect(world.schedule() == ["birthday 2026-06-01"])
        #expect(try world.only("birthday").id == id)
    }

    @Test("The cap moves no kept email, however full its day")
    func cap() {
        var world = World(on: "2026-03-01")
        world.totalContacts = 1
        world.add(1...4, born: "1950-06-15")
        for id in 1...4 as ClosedRange<Int64> {
            world.row(id, "birthday", "2026-06-01", event: "2026-06-15") { $0.idealDate = "2026-06-01" }
        }
        let outcome = world.run()
        #expect(world.load() == ["2026-06-01": 4])
        #expect(outcome.run.unsettled.isEmpty)
        #expect(outcome.report.overCapDays == ["2026-06-01"])
    }

    @Test("Smoothing moves no kept email, though it counts")
    func smoothing() {
        var world = World(on: "2026-03-01")
        world.totalContacts = 10
        world.add(1...2, effective: "2019-06-15")
        world.row(1, "effective_date", "2026-05-16", event: "2026-06-15") { $0.idealDate = "2026-05-16" }
        world.run()
        // The limit is 1, so two on 16 May are too many: the second moves, by hash, to 14 May.
        #expect(world.schedule(1) == ["effective_date 2026-05-16"])
        #expect(world.schedule(2) == ["effective_date 2026-05-14"])
    }
}

@Suite("Catching up on what is overdue (SPEC 7.3, 7.4)")
struct CatchUpTests {
    /// FNV-1a of `1_birthday_0_2026-03-14_catchup` modulo 7 is 6, that of contact 2 is 3.
    @Test(
        "An overdue email goes to one of the next seven days by its hash",
        arguments: [(1, "2026-03-08"), (2, "2026-03-05")] as [(Int64, CivilDate)])
    func spread(id: Int64, date: CivilDate) {
        var world = World(on: "2026-03-01")
        world.add(id, born: "1950-03-14")
        world.run()
        #expect(world.schedule(id) == ["birthday \(date)"])
    }

    @Test("Its ideal date stays what it was")
    func ideal() throws {
        var world = World(on: "2026-03-01", born: "1950-03-14")
        world.run()
        #expect(try world.only("birthday").idealDate == "2026-02-28")
    }

    /// FNV-1a of `1_birthday_0_2026-03-05_catchup` modulo 3 is 1.
    @Test("Days after the deadline are no candidates")
    func deadline() {
        var world = World(on: "2026-03-01", born: "1950-03-05")
        world.run()
        #expect(world.schedule() == ["birthday 2026-03-03"])
    }

    @Test("Excluded days are no candidates")
    func excluded() {
        // Closed 4 to 14 March: candidates are 2 and 3 March.
        var world = World(on: "2026-03-01", born: "1950-03-14")
        world.policy.stateRules["TX"] = StateRule(
            .birthday(daysBefore: 10, daysAfter: 0, preWindowExtensionDays: 0))
        world.run()
        let hash = FNVHash("1_birthday_0_2026-03-14_catchup")
        #expect(world.schedule() == ["birthday 2026-03-0\(2 + hash.index(in: 2))"])
    }

    @Test("The spread is that of the policy")
    func spreadDays() {
        var world = World(on: "2026-03-01", born: "1950-03-14")
        world.policy.load.catchUpSpreadDays = 1
        world.run()
        #expect(world.schedule() == ["birthday 2026-03-02"])
    }

    /// FNV-1a of `1_campaign_rate_increase_7_2026-03-10_catchup` modulo 7 is 6.
    @Test("The hash of a campaign email has its type and instance")
    func campaign() {
        var world = World(on: "2026-03-01", born: nil)
        world.instance(7, of: "rate_increase")
        world.target(1, instance: 7, on: "2026-03-10")
        world.run()
        #expect(world.schedule() == ["campaign_rate_increase 2026-03-08 #7"])
    }

    @Test("On the last day there is no later candidate, and today is taken")
    func lastDay() {
        var world = World(on: "2026-03-01", born: "1950-03-02")
        world.run()
        #expect(world.schedule() == ["birthday 2026-03-01"])
    }

    @Test("Where every later day is excluded today is taken, if it is allowed")
    func todayBeforeWindow() {
        // Closed 2 to 14 March.
        var world = World(on: "2026-03-01", born: "1950-03-14")
        world.policy.stateRules["TX"] = StateRule(
            .birthday(daysBefore: 12, daysAfter: 0, preWindowExtensionDays: 0))
        world.run()
        #expect(world.schedule() == ["birthday 2026-03-01"])
    }

    @Test("Without candidate it is skipped at its planned date with the reason that excludes tomorrow")
    func noCandidate() {
        // Closed 1 to 14 March; the ideal date, 28 February, was allowed.
        var world = World(on: "2026-03-01", born: "1950-03-14")
        world.policy.stateRules["TX"] = StateRule(
            .birthday(daysBefore: 13, daysAfter: 0, preWindowExtensionDays: 0))
        world.run()
        #expect(world.schedule() == ["birthday 2026-02-28 skipped birthday_window"])
    }

    @Test("Where nothing excludes tomorrow the reason is expired")
    func expired() {
        // Today is the deadline and the last closed day.
        var window = ExclusionWindow.yearRound
        window.effectiveFrom = "2026-03-01"
        window.effectiveUntil = "2026-03-01"
        var world = World(on: "2026-03-01", born: "1950-03-02")
        world.policy.stateRules["TX"] = StateRule(window)
        world.run()
        #expect(world.schedule() == ["birthday 2026-02-16 skipped expired"])
    }

    @Test("A smoothed email whose planned date is past catches up")
    func smoothedIntoPast() {
        // FNV-1a modulo 5 of contacts 1 to 3 is 2, 0, 0: planned on 1 March, 27 and 27 February.
        var world = World(on: "2026-03-01")
        world.totalContacts = 10
        world.add(1...3, effective: "2019-03-31")
        world.run()
        #expect(world.schedule(1) == ["effective_date 2026-03-01"])
        for id in 2...3 as ClosedRange<Int64> {
            let hash = FNVHash("\(id)_effective_date_0_2026-03-31_catchup")
            #expect(
                world.schedule(id) == ["effective_date \(("2026-03-02" as CivilDate) + hash.index(in: 7))"])
        }
    }
}
