import SchedulingCore
import Testing

@Suite("Exclusion windows (SPEC 3)")
struct WindowTests {
    private func exclusions(
        _ windows: ExclusionWindow..., born: CivilDate? = nil, effective: CivilDate? = nil,
        missingAnchor: SchedulingPolicy.MissingAnchor = .allow
    ) -> ContactExclusions {
        ContactExclusions(
            contact: Contact(id: 1, state: "TX", birthDate: born, effectiveDate: effective),
            rule: StateRule(windows: windows), missingAnchor: missingAnchor)
    }

    @Test("Without extension a window is b days before to a days after, both included")
    func noExtension() {
        let exclusions = exclusions(
            .birthday(daysBefore: 2, daysAfter: 1, preWindowExtensionDays: 0), born: "1950-06-15")
        let closed = (("2026-06-01" as CivilDate)...("2026-06-30" as CivilDate)).filter(exclusions.excludes)
        #expect(closed == ["2026-06-13", "2026-06-14", "2026-06-15", "2026-06-16"])
    }

    @Test("Effective-date windows begin with the effective date's own year")
    func ownYear() {
        let exclusions = exclusions(
            .effectiveDate(daysBefore: 30, daysAfter: 33, preWindowExtensionDays: 60), effective: "2026-06-15"
        )
        #expect(!exclusions.excludes("2025-06-15"))
        #expect(!exclusions.excludes("2025-03-17"))
        #expect(exclusions.excludes("2026-03-17"), "the window before the effective date itself")
        #expect(exclusions.excludes("2027-06-15"))
    }

    @Test("Birthday windows have no first year")
    func beforeBirth() {
        let exclusions = exclusions(
            .birthday(daysBefore: 0, daysAfter: 0, preWindowExtensionDays: 0), born: "2026-06-15")
        #expect(exclusions.excludes("2025-06-15"))
    }

    @Test("A window that reaches over more than a year is seen from every date in it")
    func longWindow() {
        let exclusions = exclusions(
            .effectiveDate(daysBefore: 0, daysAfter: 500, preWindowExtensionDays: 0), effective: "2026-12-31")
        #expect(exclusions.excludes("2028-05-14"))
        #expect(exclusions.excludes("2027-12-30"))
        #expect(!exclusions.excludes("2026-12-30"))
    }

    @Test("A rule counts only from effective_from to effective_until, both included")
    func effectivePeriod() {
        var window = ExclusionWindow.birthday(daysBefore: 0, daysAfter: 30, preWindowExtensionDays: 0)
        window.effectiveFrom = "2026-06-20"
        window.effectiveUntil = "2027-06-16"
        let exclusions = exclusions(window, born: "1950-06-15")
        #expect(!exclusions.excludes("2026-06-19"))
        #expect(exclusions.excludes("2026-06-20"))
        #expect(exclusions.excludes("2026-07-15"))
        #expect(exclusions.excludes("2027-06-16"))
        #expect(!exclusions.excludes("2027-06-17"))
        #expect(!exclusions.excludes("2028-06-15"))
    }

    @Test("A year-round rule may have an end")
    func yearRoundUntil() {
        var window = ExclusionWindow.yearRound
        window.effectiveUntil = "2026-06-30"
        let exclusions = exclusions(window)
        #expect(exclusions.excludes("2026-06-30"))
        #expect(!exclusions.excludes("2026-07-01"))
        #expect(exclusions.endOfStretch(containing: "2026-03-01") == "2026-06-30")
    }

    @Test("The age rule closes from the 76th birthday on")
    func age() {
        let exclusions = exclusions(ExclusionWindow(kind: .age(atLeast: 76)), born: "1950-06-15")
        #expect(!exclusions.excludes("2026-06-14"))
        #expect(exclusions.reason(on: "2026-06-15") == .age76Plus)
        #expect(exclusions.excludes("2060-01-01"))
        #expect(exclusions.endOfStretch(containing: "2026-06-15") == nil)
    }

    @Test("Who is born on 29 February is a year older on 28 February of a common year")
    func ageLeapDay() {
        let exclusions = exclusions(ExclusionWindow(kind: .age(atLeast: 75)), born: "1952-02-29")
        #expect(!exclusions.excludes("2027-02-27"))
        #expect(exclusions.excludes("2027-02-28"))
    }

    @Test(
        "Without birth date the age rule closes nothing, whatever missing anchors do",
        arguments: SchedulingPolicy.MissingAnchor.allCases)
    func ageWithoutBirth(missingAnchor: SchedulingPolicy.MissingAnchor) {
        let exclusions = exclusions(ExclusionWindow(kind: .age(atLeast: 76)), missingAnchor: missingAnchor)
        #expect(!exclusions.excludes("2026-06-15"))
    }

    @Test("A missing anchor closes nothing by default")
    func missingAnchorAllowed() {
        #expect(!exclusions(.birthday(daysBefore: 30, daysAfter: 60)).excludes("2026-06-15"))
        #expect(!exclusions(.effectiveDate(daysBefore: 30, daysAfter: 33)).excludes("2026-06-15"))
    }

    @Test("A missing anchor closes every date where the policy says skip")
    func missingAnchorSkips() {
        let birthday = exclusions(.birthday(daysBefore: 30, daysAfter: 60), missingAnchor: .skip)
        #expect(birthday.reason(on: "2026-06-15") == .missingAnchor)
        let effective = exclusions(
            .effectiveDate(daysBefore: 30, daysAfter: 33), born: "1950-06-15", missingAnchor: .skip)
        #expect(effective.reason(on: "2026-01-01") == .missingAnchor)
        let both = exclusions(
            .birthday(daysBefore: 30, daysAfter: 60), born: "1950-06-15", missingAnchor: .skip)
        #expect(both.reason(on: "2026-01-01") == nil, "the anchor that matters is there")
    }

    @Test("Where several windows hold the first reason in order is given")
    func precedence() {
        let wide = ExclusionWindow.birthday(daysBefore: 10, daysAfter: 10, preWindowExtensionDays: 0)
        let narrow = ExclusionWindow.effectiveDate(daysBefore: 0, daysAfter: 0, preWindowExtensionDays: 0)
        let exclusions = exclusions(
            ExclusionWindow(kind: .age(atLeast: 70)), narrow, wide, born: "1950-06-15",
            effective: "2010-06-15")
        #expect(exclusions.reason(on: "2026-06-15") == .birthdayWindow)
        #expect(exclusions.reason(on: "2026-06-01") == .age76Plus)
        #expect(SkipReason.allCases.sorted() == SkipReason.allCases)
    }

    @Test(
        "The reasons stand in the order of precedence under their stored names",
        arguments: [
            "suppressed", "year_round_exclusion", "birthday_window", "effective_date_window", "age_76_plus",
            "missing_anchor", "outside_campaign_dates", "campaign_conflict", "frequency_limit", "expired",
        ].enumerated().map { ($0.offset, $0.element) })
    func names(rank: Int, name: String) {
        #expect(SkipReason(rawValue: name)?.rank == rank)
    }
}

@Suite("Closed stretches (SPEC 3)")
struct ClosedStretchTests {
    private func window(_ before: Int, _ after: Int) -> ExclusionWindow {
        .birthday(daysBefore: before, daysAfter: after, preWindowExtensionDays: 0)
    }

    private func effectiveWindow(_ before: Int, _ after: Int) -> ExclusionWindow {
        .effectiveDate(daysBefore: before, daysAfter: after, preWindowExtensionDays: 0)
    }

    private func exclusions(
        _ windows: ExclusionWindow..., born: CivilDate = "1950-06-15", effective: CivilDate? = nil
    ) -> ContactExclusions {
        ContactExclusions(
            contact: Contact(id: 1, state: "TX", birthDate: born, effectiveDate: effective),
            rule: StateRule(windows: windows), missingAnchor: .allow)
    }

    @Test(
        "A stretch ends with its window",
        arguments: ["2026-06-05", "2026-06-15", "2026-06-25"] as [CivilDate])
    func single(date: CivilDate) {
        #expect(exclusions(window(10, 10)).endOfStretch(containing: date) == "2026-06-25")
    }

    @Test("Windows that overlap are one stretch")
    func overlapping() {
        let exclusions = exclusions(window(10, 10), effectiveWindow(5, 20), effective: "2010-06-25")
        #expect(exclusions.endOfStretch(containing: "2026-06-05") == "2026-07-15")
    }

    @Test("Windows that touch are one stretch")
    func touching() {
        // The first ends on 25 June, the second begins on 26 June.
        let exclusions = exclusions(window(10, 10), effectiveWindow(0, 5), effective: "2010-06-26")
        #expect(exclusions.endOfStretch(containing: "2026-06-15") == "2026-07-01")
    }

    @Test("One allowed day between two windows parts them")
    func apart() {
        let exclusions = exclusions(window(10, 10), effectiveWindow(0, 5), effective: "2010-06-27")
        #expect(exclusions.endOfStretch(containing: "2026-06-15") == "2026-06-25")
        #expect(exclusions.endOfStretch(containing: "2026-06-27") == "2026-07-02")
    }

    @Test("Windows of different years that touch are one stretch")
    func acrossYears() {
        // 15 June 2026 + 163 = 25 November; 15 June 2027 - 200 = 27 November. Two days more leave no gap.
        let open = exclusions(window(200, 163))
        #expect(open.endOfStretch(containing: "2026-06-15") == "2026-11-25")
        let closed = exclusions(window(200, 165))
        #expect(closed.endOfStretch(containing: "2026-06-15") == nil)
    }

    @Test("A stretch may end 800 days after the date, not 801", arguments: [(800, true), (801, false)])
    func limit(days: Int, found: Bool) {
        let exclusions = exclusions(effectiveWindow(0, days), effective: "2026-06-15")
        var long = ExclusionWindow.yearRound
        long.effectiveUntil = ("2026-06-15" as CivilDate) + days
        let yearRound = ContactExclusions(
            contact: Contact(id: 1, state: "TX"), rule: StateRule(long), missingAnchor: .allow)
        #expect((yearRound.endOfStretch(containing: "2026-06-15") != nil) == found)
        #expect(exclusions.endOfStretch(containing: "2026-06-15") == nil, "years overlap for ever")
    }

    @Test("Latest date: the day before the next window, and never past the limit")
    func lastAllowed() {
        let exclusions = exclusions(window(10, 10))
        #expect(exclusions.lastAllowed(from: "2026-05-01", through: "2026-12-31") == "2026-06-04")
        #expect(exclusions.lastAllowed(from: "2026-05-01", through: "2026-06-03") == "2026-06-03")
        #expect(exclusions.lastAllowed(from: "2026-06-04", through: "2026-12-31") == "2026-06-04")
        #expect(exclusions.lastAllowed(from: "2026-06-26", through: "2026-12-31") == "2026-12-31")
        #expect(exclusions.lastAllowed(from: "2026-06-26", through: "2026-06-26") == "2026-06-26")
    }

    @Test("Latest date stops at the first of several windows")
    func firstOfSeveral() {
        let exclusions = exclusions(window(10, 10), effectiveWindow(0, 0), effective: "2010-05-20")
        #expect(exclusions.lastAllowed(from: "2026-05-01", through: "2026-12-31") == "2026-05-19")
        #expect(exclusions.lastAllowed(from: "2026-05-21", through: "2026-12-31") == "2026-06-04")
    }
}
