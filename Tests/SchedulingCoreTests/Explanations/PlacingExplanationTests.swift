import SchedulingCore
import Testing

@Suite("Explanations of the date that an email gets")
struct PlacingExplanationTests {
    @Test("A plan that was made is kept, and its row agrees")
    func kept() throws {
        var world = World(on: "2026-01-01", born: "1950-07-20")
        let standing = world.run().standing
        world.today = "2026-01-02"
        let email = try world.explained("birthday", standing: standing)
        #expect(email.step(.keptDate)?.outcome == .kept)
        #expect(email.rowID == 1 && email.rowAgrees == true)
        #expect(
            email.sentence == """
                The birthday email for 2026-07-20 is planned on 2026-07-06, 14 days before; the date that an earlier \
                run gave it stands.
                """)
        world.change(1) { $0.birthDate = "1950-07-21" }
        let moved = try world.explained("birthday", standing: standing)
        #expect(moved.step(.keptDate)?.cause == .idealDateChanged)
        #expect(moved.rowID == 1 && moved.rowAgrees == false)
    }

    @Test("Smoothing shows the count, the limit and the dates to choose from")
    func smoothing() throws {
        var world = World(on: "2026-01-01")
        world.totalContacts = 100
        world.add(2...6, effective: "2020-03-01")
        let standing = world.run().standing
        world.add(7, effective: "2020-03-01")
        let email = try world.explained("effective_date", of: 7, standing: standing)
        let step = try #require(email.step(.smoothing))
        #expect(step.count == 6 && step.limit == 2)
        #expect(
            step.candidates == ["2026-01-28", "2026-01-29", "2026-01-30", "2026-01-31", "2026-02-01"])
        #expect(step.candidates.contains(try #require(step.resultDate)))
        #expect(step.outcome == (step.resultDate == "2026-01-30" ? .passed : .moved))
        #expect(email.date == step.resultDate)
    }

    @Test("An overdue email shows the days it can be caught up on")
    func catchUp() throws {
        let world = World(on: "2026-01-05", born: "1950-01-12")
        let email = try world.explained("birthday")
        let step = try #require(email.step(.catchUp))
        #expect(step.outcome == .moved && step.date == "2025-12-29")
        #expect(step.candidates.first == "2026-01-06" && step.candidates.last == "2026-01-11")
        #expect(step.candidates.count == 6)
        #expect(email.date == step.resultDate)
        #expect(email.sentence.hasSuffix("; caught up, because 2025-12-29 is past."))
    }

    @Test("An overdue email without a legal day is skipped for what forbids tomorrow")
    func noCatchUp() throws {
        var world = World(on: "2026-01-05", born: "1950-01-12")
        var window = ExclusionWindow.yearRound
        window.effectiveFrom = "2026-01-05"
        world.policy.stateRules["TX"] = StateRule(window)
        let email = try world.explained("birthday")
        #expect(email.skipReason == .yearRoundExclusion)
        #expect(
            email.sentence == """
                The birthday email for 2026-01-12 is not sent: its date 2025-12-29 is past, and what follows lies in \
                TX's year-round exclusion from 2026-01-05 on.
                """)
    }

    @Test("The daily cap shows what each day would carry")
    func dailyCap() throws {
        var capped = CapWorld()
        capped.add(8)
        let standing = capped.world.run().standing
        capped.add(1)
        let email = try capped.world.explained("campaign_type1", of: 9, standing: standing)
        let step = try #require(email.step(.dailyCap))
        #expect(step.outcome == .moved && step.count == 9 && step.limit == 8 && step.cap == 7)
        #expect(step.days.map(\.date) == ["2026-05-04", "2026-05-05"])
        #expect(step.days.map(\.count) == [9, 1])
        #expect(email.date == "2026-05-05")
        #expect(
            email.sentence.contains(
                "carried on from 2026-05-04, which would have 9 emails where 8 may be"))
    }

    @Test("An email that has no other day stays on a full one")
    func pinned() throws {
        var capped = CapWorld()
        capped.add(8)
        let standing = capped.world.run().standing
        capped.add(1, instance: 2, lastDay: 0)
        let email = try capped.world.explained("campaign_type2", of: 9, standing: standing)
        let step = try #require(email.step(.dailyCap))
        #expect(step.outcome == .passed && step.count == 9 && step.limit == 8)
        #expect(email.date == "2026-05-04")
    }

    @Test("A frequency skip names the emails that count")
    func frequency() throws {
        var world = World(on: "2026-07-01", born: "1950-07-20")
        world.row(1, "aep", "2026-06-28", "sent")
        world.row(1, "effective_date", "2026-06-30", "sent")
        let email = try world.explained("birthday")
        let step = try #require(email.step(.frequencyLimit))
        #expect(step.count == 3 && step.limit == 2 && step.periodDays == 14)
        #expect(step.counted.map(\.rowID) == [1, 2])
        #expect(
            email.sentence == """
                The birthday email for 2026-07-20 is not sent: it would be email 3 within 14 days, and 2 are allowed, \
                beside aep on 2026-06-28, effective_date on 2026-06-30.
                """)
    }
}
