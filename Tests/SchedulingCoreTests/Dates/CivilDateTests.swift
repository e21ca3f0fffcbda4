import SchedulingCore
import Testing

@Suite("Civil dates (SPEC 1)")
struct CivilDateTests {
    @Test(
        "A date has the day number of the Gregorian calendar",
        arguments: [
            ("1970-01-01", 0), ("1969-12-31", -1), ("2000-02-29", 11_016), ("2000-03-01", 11_017),
            ("2026-03-01", 20_513), ("1900-03-01", -25_508), ("0000-01-01", -719_528),
            ("9999-12-31", 2_932_896),
        ] as [(CivilDate, Int32)])
    func dayNumber(date: CivilDate, number: Int32) {
        #expect(date.dayNumber == number)
        #expect(CivilDate(dayNumber: number) == date)
    }

    @Test("Every day from 1896 to 2104 follows the one before and reads back as it is written")
    func everyDay() {
        var date: CivilDate = "1896-01-01"
        var (year, month, day) = (1896, 1, 1)
        while year < 2105 {
            #expect(date.components == (year, month, day))
            #expect(CivilDate(date.description) == date)
            date = date + 1
            day += 1
            if day > CivilDate.daysInMonth(month, year: year) { (month, day) = (month + 1, 1) }
            if month > 12 { (year, month) = (year + 1, 1) }
        }
    }

    @Test(
        "Text that is no real YYYY-MM-DD date is refused",
        arguments: [
            "", " ", "2026-3-01", "2026-03-1", "26-03-01", "2026-03-01 ", " 2026-03-01", "2026-03-011",
            "2026/03/01", "2026-00-10", "2026-13-01", "2026-01-00", "2026-01-32", "2026-04-31", "2025-02-29",
            "1900-02-29", "2026-02-30", "20260301", "2026-03-0x", "+026-03-01", "-026-03-01", "٢٠٢٦-03-01",
            "2026-03-01T00:00:00",
        ])
    func refused(text: String) {
        #expect(CivilDate(text) == nil)
    }

    @Test("The last day of February is real in leap years only", arguments: [2000, 2024, 1600, 0])
    func leapDay(year: Int) {
        #expect(CivilDate.isLeap(year))
        #expect(CivilDate(year: year, month: 2, day: 29) != nil)
        #expect(CivilDate(year: year + 1, month: 2, day: 29) == nil)
    }

    @Test(
        "A hundredth year is a leap year only every four hundred years", arguments: [1700, 1800, 1900, 2100])
    func centuries(year: Int) {
        #expect(!CivilDate.isLeap(year))
    }

    @Test(
        "An anniversary of 29 February is 28 February in a common year",
        arguments: [
            (2023, "2023-02-28"), (2024, "2024-02-29"), (2025, "2025-02-28"), (2100, "2100-02-28"),
        ] as [(Int, CivilDate)])
    func leapAnniversary(year: Int, expected: CivilDate) {
        #expect(CivilDate(anniversaryOfMonth: 2, day: 29, in: year) == expected)
    }

    @Test("An anniversary of 28 February is that day in a leap year too")
    func commonAnniversary() {
        #expect(CivilDate(anniversaryOfMonth: 2, day: 28, in: 2024) == "2024-02-28")
    }

    @Test("Days are added and subtracted across months, leap days and years")
    func arithmetic() {
        #expect(("2024-02-28" as CivilDate) + 2 == "2024-03-01")
        #expect(("2025-02-28" as CivilDate) + 1 == "2025-03-01")
        #expect(("2026-01-01" as CivilDate) - 1 == "2025-12-31")
        #expect(("2026-03-01" as CivilDate) - ("2025-03-01" as CivilDate) == 365)
        #expect(("2025-03-01" as CivilDate).distance(to: "2026-03-01") == 365)
    }

    @Test("A sum beyond every year stops at the last day number instead of overflowing")
    func clamps() {
        #expect((CivilDate(dayNumber: .max) + 1).dayNumber == .max)
        #expect((CivilDate(dayNumber: .min) - 1).dayNumber == .min)
    }
}
