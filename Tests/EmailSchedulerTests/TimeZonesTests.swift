import EmailScheduler
import SchedulingCore
import Testing

@Suite struct TimeZonesTests {
    private let zones = TimeZones()

    @Test(arguments: [
        // UTC moment, zone, local date and time.
        ("2026-01-05T05:59:59Z", "America/Chicago", "2026-01-04T23:59:59"),
        ("2026-01-05T06:00:00Z", "America/Chicago", "2026-01-05T00:00:00"),
        ("2026-03-08T07:59:59Z", "America/Chicago", "2026-03-08T01:59:59"),
        ("2026-03-08T08:00:00Z", "America/Chicago", "2026-03-08T03:00:00"),
        ("2026-11-01T06:30:00Z", "America/Chicago", "2026-11-01T01:30:00"),
        ("2026-11-01T07:30:00Z", "America/Chicago", "2026-11-01T01:30:00"),
        ("2099-07-01T12:00:00Z", "America/New_York", "2099-07-01T08:00:00"),
        ("2026-07-01T12:00:00Z", "America/Phoenix", "2026-07-01T05:00:00"),
        ("2026-07-01T12:00:00Z", "Pacific/Honolulu", "2026-07-01T02:00:00"),
        ("2026-07-01T12:00:00Z", "UTC", "2026-07-01T12:00:00"),
    ])
    func `a zone's clock shows its local time`(_ moment: String, _ name: String, _ local: String) throws {
        let offsets = try #require(zones.offsets(name))
        let bytes = (Array(moment.utf8), Array(local.utf8))
        #expect(LocalMoment(bytes.0.span, in: offsets) == LocalMoment(bytes.1.span, in: ZoneOffsets()))
    }

    @Test(arguments: [
        "", "CST", "EST5EDT4", "GMT+5", "Mars/Base", "../etc/passwd", "America/chicago/x", "UTC ",
    ])
    func `what is no zone has no clock`(_ name: String) {
        #expect(zones.offsets(name) == nil)
    }
}
