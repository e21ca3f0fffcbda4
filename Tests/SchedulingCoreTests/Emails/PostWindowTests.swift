import SchedulingCore
import Testing

@Suite("Post-window emails (SPEC 4)")
struct PostWindowTests {
    /// A Californian born on 15 June: closed 17 March to 14 August.
    private func californian(on today: CivilDate) -> World {
        World(on: today, state: "CA", born: "1950-06-15")
    }

    @Test("An email skipped in a closed stretch gets one on the day after the stretch")
    func dayAfter() throws {
        var world = californian(on: "2026-03-01")
        world.run()
        #expect(
            world.schedule() == ["birthday 2026-06-01 skipped birthday_window", "post_window 2026-08-15"])
        let row = try world.only("post_window")
        #expect(row.event == .init("2026-08-14"))
        #expect(row.idealDate == "2026-08-15")
        #expect(row.priority == 8)
        #expect(row.emailTemplate == "post_window_email")
    }

    @Test("It survives the event until its stretch ends, in the same row")
    func survives() throws {
        var world = californian(on: "2026-03-01")
        world.run()
        let first = try world.only("post_window")
        world.runDaily(through: "2026-08-15")
        let rows = world.rows.filter { $0.type == "post_window" && $0.event.year == 2026 }
        #expect(rows == [first])
    }

    @Test("A stretch whose event is past still gets one, beside the coming year's")
    func closedOccurrence() {
        var world = californian(on: "2026-07-01")
        world.run()
        #expect(world.schedule(1, "post_window") == ["post_window 2026-08-15", "post_window 2027-08-15"])
    }

    @Test(
        "It may still be sent for seven days after its day",
        arguments: [("2026-08-21", true), ("2026-08-22", true), ("2026-08-23", false)] as [(CivilDate, Bool)])
    func grace(today: CivilDate, isMade: Bool) {
        var world = californian(on: today)
        world.run()
        #expect(world.rows.contains { $0.type == "post_window" && $0.event.year == 2026 } == isMade)
    }

    @Test("The stretch of an event of last year counts")
    func lastYear() {
        // 20 December 2025 + 60 = 18 February 2026.
        var world = World(on: "2026-01-10", state: "CA", born: "1950-12-20")
        world.run()
        #expect(world.schedule(1, "post_window") == ["post_window 2026-02-19", "post_window 2027-02-19"])
    }

    @Test("The stretch of an event of the year before last does not")
    func yearBeforeLast() {
        var window = ExclusionWindow.yearRound
        window.effectiveUntil = "2026-06-30"
        var world = World(on: "2026-01-10", born: "1950-12-31", effective: "2023-12-31")
        world.policy.stateRules["TX"] = StateRule(window)
        world.policy.timing.birthdayDaysBefore = 0
        // Committed in 2025; only the occurrence of 2024 is left, and that is too old.
        world.row(1, "birthday", "2025-12-31", "sent", event: "2025-12-31")
        world.row(1, "effective_date", "2025-12-01", "sent", event: "2025-12-31")
        world.run()
        #expect(world.schedule(1, "post_window").isEmpty)
    }

    /// Closed 26 May to 15 June by the birthday and 22 August to 1 October by the effective date; both
    /// ideal dates, 1 June and 1 September, lie inside.
    private func twoStretches(on today: CivilDate) -> World {
        var world = World(on: today, born: "1950-06-15", effective: "2019-10-01")
        world.policy.stateRules["TX"] = StateRule(
            .birthday(daysBefore: 20, daysAfter: 0, preWindowExtensionDays: 0),
            .effectiveDate(daysBefore: 40, daysAfter: 0, preWindowExtensionDays: 0))
        return world
    }

    @Test("Of several stretches that end in one year only the earliest gets one")
    func earliest() {
        var world = twoStretches(on: "2026-03-01")
        world.run()
        #expect(world.schedule(1, "post_window") == ["post_window 2026-06-16"])
    }

    @Test("When the earliest is past its grace, the next of the year takes its place")
    func nextOfYear() {
        var world = twoStretches(on: "2026-06-24")
        world.run()
        #expect(world.schedule(1, "post_window") == ["post_window 2026-10-02", "post_window 2027-06-16"])
    }

    @Test("Once one of a year is committed there is no other of that year")
    func onePerYear() {
        var world = twoStretches(on: "2026-06-24")
        world.row(1, "post_window", "2026-06-16", "sent", event: "2026-06-15")
        world.run()
        #expect(
            world.schedule(1, "post_window") == ["post_window 2026-06-16 sent", "post_window 2027-06-16"])
    }

    @Test("A committed one without event year has that of the day before its date")
    func committedWithoutYear() {
        // The stretch ends on 31 December 2025, so the email of 1 January has event year 2025.
        var world = World(on: "2026-01-03", born: "1950-12-31")
        world.policy.stateRules["TX"] = StateRule(
            .birthday(daysBefore: 30, daysAfter: 0, preWindowExtensionDays: 0))
        world.row(1, "post_window", "2026-01-01", "sent")
        world.run()
        #expect(
            world.schedule(1, "post_window") == ["post_window 2026-01-01 sent", "post_window 2027-01-01"])
    }

    @Test(
        "Windows that touch push it to the day after the last",
        arguments: [("2019-08-15", "2026-09-15"), ("2019-08-16", "2026-08-15")] as [(CivilDate, CivilDate)])
    func touching(effective: CivilDate, date: CivilDate) {
        // The birthday window ends on 14 August; the second closes 31 days from the effective date on.
        var world = californian(on: "2026-03-01")
        world.change(1) { $0.effectiveDate = effective }
        world.policy.stateRules["CA"]?.windows.append(
            .effectiveDate(daysBefore: 0, daysAfter: 30, preWindowExtensionDays: 0))
        world.run()
        #expect(world.schedule(1, "post_window") == ["post_window \(date)"])
    }

    @Test("The effective date itself is no anniversary and makes none")
    func ownYear() {
        // Missouri: closed until 6 March 2026, and again until 6 March 2027.
        var world = World(on: "2026-02-10", state: "MO", effective: "2026-02-01")
        world.run()
        #expect(
            world.schedule() == [
                "effective_date 2027-01-02 skipped effective_date_window", "post_window 2027-03-07",
            ])
    }

    @Test("A first anniversary years ahead has one as well")
    func farAhead() {
        var world = World(on: "2026-03-01", state: "MO", effective: "2027-06-15")
        world.run()
        #expect(
            world.schedule() == [
                "effective_date 2028-05-16 skipped effective_date_window", "post_window 2028-07-19",
            ])
    }

    @Test("A stretch that never ends gets none")
    func endless() {
        var world = World(on: "2026-03-01", state: "NY", born: "1950-06-15")
        world.run()
        #expect(world.schedule() == ["birthday 2026-06-01 skipped year_round_exclusion"])
    }

    @Test(
        "A stretch may end 800 days after the ideal date and no later",
        arguments: [(800, true), (801, false)])
    func limit(days: Int, isMade: Bool) {
        var window = ExclusionWindow.yearRound
        window.effectiveUntil = ("2026-06-01" as CivilDate) + days
        var world = World(on: "2026-03-01", born: "1950-06-15")
        world.policy.stateRules["TX"] = StateRule(window)
        world.run()
        // The occurrence of 2025 is past and its own 800 days end earlier.
        #expect(world.rows.contains { $0.type == "post_window" } == isMade)
    }

    @Test("An event that is over and was committed gets none")
    func committedEvent() {
        var world = californian(on: "2026-07-01")
        world.row(1, "birthday", "2026-06-01", "sent", event: "2026-06-15")
        world.run()
        #expect(world.schedule(1, "post_window") == ["post_window 2027-08-15"])
    }

    @Test(
        "A past event that was skipped for good gets none, unless it merely expired",
        arguments: [("frequency_limit", false), ("expired", true), ("birthday_window", true)])
    func finalSkip(reason: String, isMade: Bool) {
        var world = californian(on: "2026-07-01")
        world.row(1, "birthday", "2026-06-01", "skipped", event: "2026-06-15") { $0.skipReason = reason }
        world.run()
        #expect(world.rows.contains { $0.type == "post_window" && $0.event.year == 2026 } == isMade)
    }

    @Test("An open event whose row expired for good gets none, since nothing is emitted for it")
    func openAndExpired() {
        var world = californian(on: "2026-06-05")
        world.row(1, "birthday", "2026-06-01", "skipped", event: "2026-06-15") { $0.skipReason = "expired" }
        world.run()
        #expect(world.schedule() == ["birthday 2026-06-01 skipped expired"])
    }

    @Test("A suppressed contact gets none")
    func suppressed() {
        var world = californian(on: "2026-03-01")
        world.suppress(1)
        world.run()
        #expect(world.schedule() == ["birthday 2026-06-01 skipped suppressed"])
    }

    @Test("A campaign email skipped in a stretch makes none")
    func campaign() {
        var world = World(on: "2026-03-01", state: "CA", born: "1950-06-15")
        world.row(1, "birthday", "2026-06-01", "scheduled", event: "2026-06-15")
        world.instance(7, of: "rate_increase")
        world.target(1, instance: 7, on: "2026-06-15")
        world.run()
        #expect(
            world.schedule() == [
                "birthday 2026-06-01 scheduled",
                "campaign_rate_increase 2026-06-01 #7 skipped birthday_window",
            ])
    }

    @Test("An AEP email skipped in a stretch gets one too")
    func aep() {
        var world = World(on: "2026-03-01", state: "VA", born: "1950-09-20")
        world.policy.aep = .init()
        world.run()
        // 20 September + 30 = 20 October; birthday and AEP lie in the same stretch.
        #expect(world.schedule(1, "post_window") == ["post_window 2026-10-21"])
    }
}
