import SchedulingCore
import Testing

@Suite struct QuietHoursTests {
    /// 2026-03-01 00:00:00 UTC.
    private static let midnight: Int64 = 1_772_323_200

    /// Whether a contact is left alone so many seconds after midnight in UTC.
    private static func areKept(_ zip: String?, after seconds: Int64, standard: Int = -6 * 3600) -> Bool {
        let hours = ["America/New_York": -5, "America/Los_Angeles": -8]
        return QuietHours(
            utcSeconds: midnight + seconds, standard: ZoneOffsets(initialOffset: standard)
        ) { name in
            hours[name].map { ZoneOffsets(initialOffset: $0 * 3600) }
        }.areKept(forZIP: Array((zip ?? "").utf8).span)
    }

    /// Seconds of the day, and whether they are quiet.
    private static let seconds: [(Int64, Bool)] = [
        (28_799, true), (28_800, false), (75_599, false), (75_600, true), (0, true),
    ]

    @Test(arguments: seconds)
    func `messages go out from eight up to nine in the evening of the contact's own clock`(
        _ local: Int64, _ isQuiet: Bool
    ) {
        #expect(Self.areKept("10001", after: local + 5 * 3600) == isQuiet)
        #expect(Self.areKept(" 90001-1234 ", after: local + 8 * 3600) == isQuiet)
    }

    @Test(arguments: [nil, "", "xyz", "60601"])
    func `a contact whose clock is not known has the organisation's`(_ zip: String?) {
        #expect(Self.areKept(zip, after: 14 * 3600 - 1))
        #expect(!Self.areKept(zip, after: 14 * 3600))
    }
}
