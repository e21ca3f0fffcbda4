import SchedulingCore
import Testing

@Suite("Moments on the organisation's clock (SPEC 1, 10)")
struct LocalMomentTests {
    /// Six hours behind UTC, five from 8 March 2026 08:00 UTC on.
    let chicago = ZoneOffsets(
        initialOffset: -21_600, transitions: [.init(utcSeconds: 1_772_956_800, offset: -18_000)])

    private func read(_ text: String) -> LocalMoment? { LocalMoment(Array(text.utf8).span, in: chicago) }

    @Test(
        "Text without a zone is taken as it stands",
        arguments: [
            ("2026-03-01", 0), ("2026-03-01 08:30", 30_600), ("2026-03-01T08:30:15", 30_615),
            ("2026-03-01t08:30:15.987", 30_615), ("2026-03-01 23:59:59", 86_399),
        ])
    func local(text: String, second: Int) {
        #expect(read(text) == LocalMoment(date: "2026-03-01", secondOfDay: second))
    }

    @Test(
        "Text with a zone is converted to the organisation's clock",
        arguments: [
            ("2026-03-02T05:59:59Z", "2026-03-01 23:59:59"), ("2026-03-02T06:00:00Z", "2026-03-02 00:00:00"),
            ("2026-03-08T07:59:59Z", "2026-03-08 01:59:59"), ("2026-03-08T08:00:00Z", "2026-03-08 03:00:00"),
            ("2026-07-01T00:30:00+02:00", "2026-06-30 17:30:00"),
            ("2026-07-01 00:30:00-0330", "2026-06-30 23:00:00"),
            ("2026-07-01 12:00 +00", "2026-07-01 07:00:00"),
        ])
    func zoned(text: String, expected: String) {
        #expect(read(text) == read(expected))
        #expect(read(text) != nil)
    }

    @Test(
        "Anything else is no moment",
        arguments: [
            "", "2026-02-30", "2026-03-01 ", "2026-03-01x08:30", "2026-03-01 24:00", "2026-03-01 08:60",
            "2026-03-01 8:30", "2026-03-01 08:30:61", "2026-03-01 08:30Zx", "2026-03-01 08:30+24:00",
            "2026-03-01 08:30+5", "2026-03-01 08:30+05:3", "2026-03-01 08:30 CST",
        ])
    func refused(text: String) {
        #expect(read(text) == nil)
    }

    @Test("A moment before 1970 lies on its own date")
    func beforeEpoch() {
        #expect(LocalMoment(seconds: -1).date == "1969-12-31")
        #expect(LocalMoment(seconds: -86_400).date == "1969-12-31")
        #expect(LocalMoment(seconds: -86_401).date == "1969-12-30")
    }

    @Test("A time of day is read alone, with nothing behind it")
    func secondOfDay() {
        #expect(LocalMoment.secondOfDay(Array("08:30:00".utf8).span) == 30_600)
        #expect(LocalMoment.secondOfDay(Array("08:30".utf8).span) == 30_600)
        #expect(LocalMoment.secondOfDay(Array("08:30:00Z".utf8).span) == nil)
        #expect(LocalMoment.secondOfDay(Array("8:30".utf8).span) == nil)
    }

    @Test("The offset of a clock changes exactly at a transition")
    func transition() {
        #expect(chicago.local(utcSeconds: 1_772_956_799).seconds == 1_772_956_799 - 21_600)
        #expect(chicago.local(utcSeconds: 1_772_956_800).seconds == 1_772_956_800 - 18_000)
    }
}
