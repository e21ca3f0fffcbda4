import SchedulingCore
import Testing

@Suite("The default state rules, at their edges (SPEC 3)")
struct DefaultStateRuleTests {
    /// A window as the law writes it, for an anchor of 15 June.
    struct Window: CustomTestStringConvertible {
        let state: StateCode
        let first: CivilDate
        let last: CivilDate
        var testDescription: String { "\(state)" }
    }

    /// First day: 15 June − b − 60. Last day: 15 June + a. Reckoned by hand.
    static let birthdayWindows = [
        Window(state: "CA", first: "2026-03-17", last: "2026-08-14"),
        Window(state: "ID", first: "2026-04-16", last: "2026-08-17"),
        Window(state: "KY", first: "2026-04-16", last: "2026-08-14"),
        Window(state: "MD", first: "2026-04-16", last: "2026-07-15"),
        // From 1 June: 2 April to 31 July.
        Window(state: "NV", first: "2026-04-02", last: "2026-07-31"),
        Window(state: "OK", first: "2026-04-16", last: "2026-08-14"),
        Window(state: "OR", first: "2026-04-16", last: "2026-07-16"),
        Window(state: "VA", first: "2026-04-16", last: "2026-07-15"),
    ]

    private func exclusions(
        _ state: StateCode, born: CivilDate? = nil, effective: CivilDate? = nil
    ) -> ContactExclusions {
        World(on: "2026-01-01").catalog().exclusions(
            of: Contact(id: 1, state: state, birthDate: born, effectiveDate: effective))
    }

    @Test("A birthday window is closed from its first to its last day", arguments: birthdayWindows)
    func birthdayInside(window: Window) {
        let exclusions = exclusions(window.state, born: "1950-06-15")
        for date in window.first...window.last {
            #expect(exclusions.reason(on: date) == .birthdayWindow, "\(date)")
        }
    }

    @Test("A birthday window is open one day before and one day after", arguments: birthdayWindows)
    func birthdayOutside(window: Window) {
        let exclusions = exclusions(window.state, born: "1950-06-15")
        #expect(!exclusions.excludes(window.first - 1))
        #expect(!exclusions.excludes(window.last + 1))
    }

    @Test("The Missouri window hangs on the effective date, 90 days before to 33 after")
    func missouri() {
        let exclusions = exclusions("MO", born: "1950-01-01", effective: "2019-06-15")
        #expect(!exclusions.excludes("2026-03-16"))
        #expect(exclusions.reason(on: "2026-03-17") == .effectiveDateWindow)
        #expect(exclusions.reason(on: "2026-07-18") == .effectiveDateWindow)
        #expect(!exclusions.excludes("2026-07-19"))
        #expect(!exclusions.excludes("2026-01-01"), "the birthday does not matter")
    }

    @Test(
        "Connecticut, Massachusetts, New York and Washington are closed all year",
        arguments: ["CT", "MA", "NY", "WA"] as [StateCode])
    func yearRound(state: StateCode) {
        let exclusions = exclusions(state)
        for date: CivilDate in ["1999-01-01", "2026-02-28", "2026-12-31", "2099-07-01"] {
            #expect(exclusions.reason(on: date) == .yearRoundExclusion)
        }
    }

    @Test("A state without rule is never closed", arguments: ["TX", "FL", "DC", "PR"] as [StateCode])
    func noRule(state: StateCode) {
        let exclusions = exclusions(state, born: "1950-06-15", effective: "2019-06-15")
        for date in ("2026-01-01" as CivilDate)...("2026-12-31" as CivilDate) {
            #expect(!exclusions.excludes(date))
        }
    }

    @Test("Exactly thirteen states have a rule")
    func states() {
        #expect(
            StateRule.defaults().keys.sorted() == [
                "CA", "CT", "ID", "KY", "MA", "MD", "MO", "NV", "NY", "OK", "OR", "VA", "WA",
            ])
    }

    @Test(
        "The Nevada window is the same for every day of the birth month",
        arguments: ["1950-06-01", "1950-06-30"] as [CivilDate])
    func monthStart(born: CivilDate) {
        let exclusions = exclusions("NV", born: born)
        #expect(!exclusions.excludes("2026-04-01"))
        #expect(exclusions.excludes("2026-04-02"))
        #expect(exclusions.excludes("2026-07-31"))
        #expect(!exclusions.excludes("2026-08-01"))
    }

    @Test("A birthday in early January closes days of the year before")
    func earlyJanuary() {
        // 5 January 2027 − 90 days = 7 October 2026; 5 January 2026 + 60 = 6 March 2026.
        let exclusions = exclusions("CA", born: "1950-01-05")
        #expect(!exclusions.excludes("2026-10-06"))
        #expect(exclusions.excludes("2026-10-07"))
        #expect(exclusions.excludes("2026-12-31"))
        #expect(exclusions.excludes("2026-01-01"))
        #expect(exclusions.excludes("2026-03-06"))
        #expect(!exclusions.excludes("2026-03-07"))
    }

    @Test("A birthday in late December closes days of the year after")
    func lateDecember() {
        // 28 December 2025 + 63 days = 1 March 2026.
        let exclusions = exclusions("ID", born: "1950-12-28")
        #expect(exclusions.excludes("2026-03-01"))
        #expect(!exclusions.excludes("2026-03-02"))
        #expect(!exclusions.excludes("2026-10-28"))
        #expect(exclusions.excludes("2026-10-29"))
    }

    @Test("A window on 29 February hangs on 28 February in a common year")
    func leapDay() {
        let exclusions = exclusions("MD", born: "1952-02-29")
        #expect(exclusions.excludes("2026-03-30"))
        #expect(!exclusions.excludes("2026-03-31"))
        #expect(exclusions.excludes("2028-03-30"), "29 February 2028 + 30")
        #expect(!exclusions.excludes("2028-03-31"))
        #expect(!exclusions.excludes("2025-12-29"))
        #expect(exclusions.excludes("2025-12-30"), "28 February 2026 - 60")
    }
}
