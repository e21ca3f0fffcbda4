import SchedulingCore
import Testing

@Suite("Anniversary emails and which occurrence they are for (SPEC 4)")
struct AnniversaryTests {
    @Test("A birthday email is due 14 days before the birthday")
    func birthday() throws {
        var world = World(on: "2026-03-01", born: "1950-06-15")
        world.run()
        let row = try world.only("birthday")
        #expect(row.line == "birthday 2026-06-01")
        #expect(row.idealDate == "2026-06-01")
        #expect(row.event == .init("2026-06-15"))
        #expect(row.priority == 5)
        #expect(row.time == "08:30:00")
        #expect(row.instanceID == nil)
        #expect(row.initialID == nil)
    }

    @Test("An effective-date email is due 30 days before the anniversary")
    func effectiveDate() throws {
        var world = World(on: "2026-03-01", effective: "2019-06-15")
        world.run()
        let row = try world.only("effective_date")
        #expect(row.line == "effective_date 2026-05-16")
        #expect(row.event == .init("2026-06-15"))
        #expect(row.priority == 5)
    }

    @Test(
        "An effective date whose first anniversary no date can be written for has none",
        arguments: [("TX", "9999-12-31"), ("MO", "9999-01-01")] as [(StateCode, CivilDate)])
    func endOfTime(state: StateCode, effective: CivilDate) {
        var world = World(on: "2026-03-01", state: state, effective: effective)
        world.run()
        #expect(world.rows.isEmpty)
    }

    @Test("The year behind 9999 has no occurrence")
    func behindEndOfTime() {
        var world = World(on: "9999-12-20", effective: "2019-06-15")
        world.run()
        #expect(world.rows.isEmpty)
    }

    @Test("A contact without dates gets no anniversary email")
    func noDates() {
        var world = World(on: "2026-03-01", state: "CA")
        world.run()
        #expect(world.rows.isEmpty)
    }

    @Test(
        "A birthday occurrence is open until the eve of the birthday",
        arguments: [
            ("1950-03-15", "2026-03-15"), ("1950-03-14", "2026-03-14"), ("1950-03-02", "2026-03-02"),
            ("1950-03-01", "2027-03-01"), ("1950-02-28", "2027-02-28"),
        ] as [(CivilDate, CivilDate)])
    func openBirthday(born: CivilDate, event: CivilDate) throws {
        var world = World(on: "2026-03-01", born: born)
        world.run()
        #expect(try world.only("birthday").event == .init(event))
    }

    @Test(
        "An effective-date occurrence is open until the eve of the anniversary",
        arguments: [("2019-03-02", "2026-03-02"), ("2019-03-01", "2027-03-01")] as [(CivilDate, CivilDate)])
    func openEffectiveDate(effective: CivilDate, event: CivilDate) throws {
        var world = World(on: "2026-03-01", effective: effective)
        world.run()
        #expect(try world.only("effective_date").event == .init(event))
    }

    @Test(
        "The first policy anniversary is a year after the effective date",
        arguments: [
            ("2025-06-15", "2026-06-15"), ("2026-06-15", "2027-06-15"), ("2026-01-15", "2027-01-15"),
            ("2030-01-01", "2031-01-01"),
        ] as [(CivilDate, CivilDate)])
    func firstAnniversary(effective: CivilDate, event: CivilDate) throws {
        var world = World(on: "2026-03-01", effective: effective)
        world.run()
        #expect(try world.only("effective_date").event == .init(event))
    }

    @Test("A birthday early in January has its email in December")
    func yearBoundary() throws {
        var world = World(on: "2026-12-20", born: "1950-01-05")
        world.run()
        let row = try world.only("birthday")
        #expect(row.date == "2026-12-22")
        #expect(row.event == .init("2027-01-05"))
    }

    @Test("An email after its event may belong to last year's event")
    func afterEvent() throws {
        var world = World(on: "2027-01-01", born: "1950-12-25")
        world.policy.timing.birthdayDaysBefore = -20
        world.run()
        let row = try world.only("birthday")
        #expect(row.date == "2027-01-14")
        #expect(row.event == .init("2026-12-25"))
    }

    @Test("An email after its event is open up to its ideal date", arguments: [(0, 2026), (1, 2027)])
    func afterEventDeadline(daysLater: Int, year: Int32) throws {
        var world = World(on: ("2026-06-18" as CivilDate) + daysLater, born: "1950-06-15")
        world.policy.timing.birthdayDaysBefore = -3
        world.run()
        #expect(try world.only("birthday").event.year == year)
    }

    @Test("An email on the day of its event is open on that day")
    func onTheDay() throws {
        var world = World(on: "2026-06-15", born: "1950-06-15")
        world.policy.timing.birthdayDaysBefore = 0
        world.run()
        #expect(try world.only("birthday").line == "birthday 2026-06-15")
    }

    @Test(
        "A birthday of 29 February is 28 February in a common year",
        arguments: [("2026-01-01", "2026-02-28"), ("2028-01-01", "2028-02-29")] as [(CivilDate, CivilDate)])
    func leapDay(today: CivilDate, event: CivilDate) throws {
        var world = World(on: today, born: "1952-02-29")
        world.run()
        let row = try world.only("birthday")
        #expect(row.event == .init(event))
        #expect(row.date == event - 14)
    }

    @Test("Each type has one row at most")
    func oneEach() {
        var world = World(on: "2026-03-01", born: "1950-06-15", effective: "2019-10-01")
        world.policy.aep = .init()
        world.run()
        #expect(world.schedule() == ["birthday 2026-06-01", "effective_date 2026-09-01", "aep 2026-09-15"])
    }

    @Test("An email whose ideal date is excluded is skipped there, with the reason")
    func excluded() throws {
        var world = World(on: "2026-03-01", state: "MO", effective: "2019-06-15")
        world.run()
        let row = try world.only("effective_date")
        #expect(row.line == "effective_date 2026-05-16 skipped effective_date_window")
        #expect(row.idealDate == "2026-05-16")
    }

    @Test("An excluded ideal date in the past is skipped there too")
    func excludedInPast() throws {
        var world = World(on: "2026-06-10", state: "CA", born: "1950-06-15")
        world.run()
        #expect(try world.only("birthday").line == "birthday 2026-06-01 skipped birthday_window")
    }
}

@Suite("AEP dates (SPEC 4)")
struct EnrolmentTests {
    private func world(on today: CivilDate = "2026-03-01", dates: (Int, Int)...) -> World {
        var world = World(on: today)
        world.policy.aep.dates = dates.map { .init(month: $0.0, day: $0.1) }
        return world
    }

    @Test("The email is due on 15 September by default, with priority 3")
    func byDefault() throws {
        var world = World(on: "2026-03-01", born: nil)
        world.policy.aep = .init()
        world.run()
        let row = try world.only("aep")
        #expect(row.line == "aep 2026-09-15")
        #expect(row.event == .init("2026-09-15"))
        #expect(row.priority == 3)
    }

    @Test(
        "It makes sense until 30 days after its date",
        arguments: [("2026-09-15", 2026), ("2026-10-15", 2026), ("2026-10-16", 2027)] as [(CivilDate, Int32)])
    func open(today: CivilDate, year: Int32) throws {
        var world = world(on: today, dates: (9, 15))
        world.add(1)
        world.run()
        #expect(try world.only("aep").event.year == year)
    }

    @Test("A date late in the year is open in the next one")
    func acrossYears() throws {
        var world = world(on: "2027-01-10", dates: (12, 20))
        world.add(1)
        world.run()
        #expect(try world.only("aep").event == .init("2026-12-20"))
    }

    /// FNV-1a of `1_aep` to `6_aep` modulo 3 is 0 2 1 2 0 1.
    @Test(
        "Each contact gets one of several dates by its hash",
        arguments: [
            (1, "aep 2026-09-15"), (2, "aep 2026-10-15"), (3, "aep 2026-10-01"), (4, "aep 2026-10-15"),
            (5, "aep 2026-09-15"), (6, "aep 2026-10-01"),
        ] as [(Int64, String)])
    func byHash(id: Int64, line: String) {
        var world = world(dates: (9, 15), (10, 1), (10, 15))
        world.add(id)
        world.run()
        #expect(world.schedule(id) == [line])
    }

    @Test("Where the choice is excluded, the first date in order that is not takes its place")
    func excludedChoice() {
        var world = world(dates: (9, 15), (10, 1), (10, 15))
        // Maryland, 20 August: closed 21 June to 19 September.
        world.add(1, in: "MD", born: "1950-08-20")
        // Maryland, 30 November: closed 1 October to 30 December.
        world.add(2, in: "MD", born: "1950-11-30")
        world.run()
        #expect(world.schedule(1, "aep") == ["aep 2026-10-01"])
        #expect(world.schedule(2, "aep") == ["aep 2026-09-15"])
    }

    @Test(
        "A choice is excluded from the first to the last day of a window",
        arguments: [
            ("1950-11-14", "09-01"), ("1950-11-15", "09-15"), ("1950-08-16", "09-20"),
            ("1950-08-15", "09-15"),
        ]
            as [(CivilDate, String)])
    func windowEdge(born: CivilDate, date: String) {
        // Maryland closes 60 days before to 30 after; FNV-1a of `2_aep` modulo 2 is 0: 15 September.
        var world = date == "09-01" ? world(dates: (9, 15), (9, 1)) : world(dates: (9, 15), (9, 20))
        world.add(2, in: "MD", born: born)
        world.run()
        #expect(world.schedule(2, "aep") == ["aep 2026-\(date)"])
    }

    @Test("Where all are excluded, the choice stands and is skipped")
    func allExcluded() {
        var world = world(dates: (9, 15), (10, 1), (10, 15))
        world.add(2, in: "MD", born: "1950-10-20")
        world.run()
        #expect(world.schedule(2, "aep") == ["aep 2026-10-15 skipped birthday_window"])
        #expect(world.schedule(2, "post_window") == ["post_window 2026-11-20"])
    }

    @Test("The exclusion is that of the year in question")
    func ofItsYear() {
        var world = world(on: "2026-10-20", dates: (9, 15), (10, 1))
        // FNV-1a of `2_aep` modulo 2 is 0: 15 September. Closed in 2026 only.
        var window = ExclusionWindow.yearRound
        window.effectiveUntil = "2026-12-31"
        world.policy.stateRules["TX"] = StateRule(window)
        world.policy.aep.sendWithinDays = 5
        world.add(2)
        world.run()
        #expect(world.schedule(2, "aep") == ["aep 2027-09-15"])
    }

    @Test("The date 29 February is 28 February in a common year")
    func leapDay() {
        var world = world(on: "2026-02-01", dates: (2, 29))
        world.add(1)
        world.run()
        #expect(world.schedule() == ["aep 2026-02-28"])
    }
}
