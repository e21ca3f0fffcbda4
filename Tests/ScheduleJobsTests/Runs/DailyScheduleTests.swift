import ScheduleJobs
import SchedulingCore
import Testing

/// When daily runs are due, over the changes of real and made-up clocks.
@Suite struct DailyScheduleTests {
    /// Chicago in 2026: 02:00 becomes 03:00 on 8 March, 02:00 becomes 01:00 on 1 November.
    private static let chicago = ZoneOffsets(
        initialOffset: -21_600,
        transitions: [
            .init(utcSeconds: utc("2026-03-08T08:00:00Z"), offset: -18_000),
            .init(utcSeconds: utc("2026-11-01T07:00:00Z"), offset: -21_600),
        ])
    /// A clock that is set back from 00:00 to 23:00 of the day before, and forward from 00:00 to 01:00.
    private static let midnight = ZoneOffsets(
        transitions: [
            .init(utcSeconds: utc("2026-02-22T00:00:00Z"), offset: -3_600),
            .init(utcSeconds: utc("2026-10-18T01:00:00Z"), offset: 0),
        ])
    /// A clock that skips 30 December 2011 (UTC-10 becomes UTC+14).
    private static let samoa = ZoneOffsets(
        initialOffset: -36_000, transitions: [.init(utcSeconds: utc("2011-12-30T10:00:00Z"), offset: 50_400)])

    private static let zones = [
        "chicago": chicago, "midnight": midnight, "samoa": samoa, "utc": ZoneOffsets(),
    ]

    private static func utc(_ text: String) -> Int64 {
        LocalMoment(Array(text.utf8).span, in: ZoneOffsets())?.seconds ?? 0
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let zone: String
        let time: String
        /// The last date that has its run.
        let last: String?
        let now: String
        /// The date that is due, or the moment to wait for.
        let expected: String

        init(_ zone: String, _ time: String, last: String?, _ now: String, _ expected: String) {
            self.zone = zone
            self.time = time
            self.last = last
            self.now = now
            self.expected = expected
        }

        var testDescription: String { "\(zone) \(time) last \(last ?? "none") at \(now): \(expected)" }
    }

    @Test(arguments: [
        // An ordinary day.
        Case("utc", "02:00", last: "2026-01-04", "2026-01-05T01:59:59Z", "2026-01-05T02:00:00Z"),
        Case("utc", "02:00", last: "2026-01-04", "2026-01-05T02:00:00Z", "2026-01-05"),
        Case("utc", "02:00", last: "2026-01-05", "2026-01-05T02:00:00Z", "2026-01-06T02:00:00Z"),
        Case("utc", "00:00", last: "2026-01-04", "2026-01-05T00:00:00Z", "2026-01-05"),
        // Nobody was there at two o'clock, for a day or for a month: once, for the latest date.
        Case("utc", "02:00", last: "2026-01-04", "2026-01-05T09:00:00Z", "2026-01-05"),
        Case("utc", "02:00", last: "2025-12-01", "2026-01-05T01:00:00Z", "2026-01-04"),
        Case("utc", "02:00", last: "2026-01-04", "2026-01-05T01:00:00Z", "2026-01-05T02:00:00Z"),
        Case("utc", "23:30", last: "2026-01-03", "2026-01-05T08:00:00Z", "2026-01-04"),
        Case("utc", "02:00", last: nil, "2026-01-05T09:00:00Z", "2026-01-05"),
        // The clock was set back: the date stays done.
        Case("utc", "02:00", last: "2026-01-05", "2026-01-04T12:00:00Z", "2026-01-06T02:00:00Z"),
        // 02:30 is skipped: due when the clock jumps.
        Case("chicago", "02:30", last: "2026-03-07", "2026-03-08T07:59:59Z", "2026-03-08T08:00:00Z"),
        Case("chicago", "02:30", last: "2026-03-07", "2026-03-08T08:00:00Z", "2026-03-08"),
        Case("chicago", "02:30", last: "2026-03-08", "2026-03-08T08:30:00Z", "2026-03-09T07:30:00Z"),
        // 01:30 comes twice: due the first time, and not again.
        Case("chicago", "01:30", last: "2026-10-31", "2026-11-01T06:29:59Z", "2026-11-01T06:30:00Z"),
        Case("chicago", "01:30", last: "2026-10-31", "2026-11-01T06:30:00Z", "2026-11-01"),
        Case("chicago", "01:30", last: "2026-11-01", "2026-11-01T07:10:00Z", "2026-11-02T07:30:00Z"),
        Case("chicago", "01:30", last: "2026-11-01", "2026-11-01T07:30:00Z", "2026-11-02T07:30:00Z"),
        // Missed the first time, made good before the clock shows it again.
        Case("chicago", "01:30", last: "2026-10-31", "2026-11-01T07:10:00Z", "2026-11-01"),
        // 02:30 of that day comes once, in standard time.
        Case("chicago", "02:30", last: "2026-10-31", "2026-11-01T08:29:59Z", "2026-11-01T08:30:00Z"),
        // The clock goes back over midnight, after the run of 23:30.
        Case("midnight", "23:30", last: "2026-02-20", "2026-02-21T23:30:00Z", "2026-02-21"),
        Case("midnight", "23:30", last: "2026-02-21", "2026-02-22T00:10:00Z", "2026-02-23T00:30:00Z"),
        Case("midnight", "00:15", last: "2026-02-21", "2026-02-22T00:10:00Z", "2026-02-22T01:15:00Z"),
        Case("midnight", "00:30", last: "2026-10-17", "2026-10-18T01:00:00Z", "2026-10-18"),
        // A day that does not exist is due when the next one begins, and both are one moment: the latest counts.
        Case("samoa", "00:00", last: "2011-12-29", "2011-12-30T10:00:00Z", "2011-12-31"),
    ])
    func `the run of a date is due once, at the first moment that shows its time`(_ test: Case) throws {
        let zone = try #require(Self.zones[test.zone])
        let schedule = try #require(DailySchedule(test.time))
        let decision = schedule.decide(
            last: test.last.flatMap { CivilDate($0) }, since: .min, now: Self.utc(test.now), zone: zone)
        let expected =
            test.expected.contains("T")
            ? DailySchedule.Decision.wait(untilUTCSeconds: Self.utc(test.expected))
            : .due(try #require(CivilDate(test.expected)))
        #expect(decision == expected)
    }

    @Test func `what was due before the organisation was there is not made good`() throws {
        let schedule = DailySchedule(secondOfDay: 7200)
        let now = Self.utc("2026-01-05T09:00:00Z")
        let late = schedule.decide(last: nil, since: now - 60, now: now, zone: ZoneOffsets())
        #expect(late == .wait(untilUTCSeconds: Self.utc("2026-01-06T02:00:00Z")))
        let early = schedule.decide(
            last: nil, since: Self.utc("2026-01-05T02:00:00Z"), now: now, zone: ZoneOffsets())
        #expect(early == .due(try #require(CivilDate("2026-01-05"))))
    }

    @Test(arguments: ["chicago", "midnight"], ["00:00", "00:30", "01:30", "02:30", "23:30"])
    func `looked after every ten minutes for a year, each date has one run`(
        _ name: String, _ time: String
    ) throws {
        let zone = try #require(Self.zones[name])
        let schedule = try #require(DailySchedule(time))
        var now = Self.utc("2025-12-31T12:00:00Z")
        let since = now
        var last: CivilDate?
        var dates: [CivilDate] = []
        while now < Self.utc("2026-12-31T12:00:00Z") {
            if case .due(let date) = schedule.decide(last: last, since: since, now: now, zone: zone) {
                dates.append(date)
                last = date
            }
            now += 600
        }
        #expect(dates.count == 365)
        #expect(zip(dates, dates.dropFirst()).allSatisfy { $1 - $0 == 1 })
    }
}
