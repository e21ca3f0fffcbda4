public import SchedulingCore

/// When an organisation's daily run is due: once for each date, at a time of day on the organisation's clock.
///
/// 1. The run of a date is due at the first moment at which the clock shows the time of day, or a later one where
///    the clock skips it. When the clock is set back and shows it again, the date is done.
/// 2. Of the runs that were missed, while no process was there or runs were paused, the latest one is made good.
public struct DailySchedule: Hashable, Sendable {
    /// What is to be done now.
    public enum Decision: Hashable, Sendable {
        /// The run of this date is due.
        case due(CivilDate)
        /// Nothing before this moment, in seconds since 1970-01-01 00:00:00 UTC.
        case wait(untilUTCSeconds: Int64)
    }

    /// The time of day, in seconds.
    public var secondOfDay: Int

    /// A schedule for a time of day.
    ///
    /// - Parameter secondOfDay: 0 to 86,399.
    public init(secondOfDay: Int) { self.secondOfDay = secondOfDay }

    /// Reads `HH:MM`; nil for any other text.
    public init?(_ text: String) {
        guard let second = LocalMoment.secondOfDay(Array(text.utf8).span) else { return nil }
        self.init(secondOfDay: second)
    }

    /// Decides what is to be done at a moment.
    ///
    /// - Parameters:
    ///   - last: The latest date whose run was asked for; nil where there is none.
    ///   - since: The moment before which nothing was missed, such as that at which the organisation was added.
    ///   - now: Seconds since 1970-01-01 00:00:00 UTC, as is `since`.
    ///   - zone: The organisation's clock.
    public func decide(last: CivilDate?, since: Int64, now: Int64, zone: ZoneOffsets) -> Decision {
        let date = latest(at: now, zone)
        let isDone = last.map { $0 >= date } ?? false
        if !isDone, moment(of: date, zone) >= since { return .due(date) }
        return .wait(untilUTCSeconds: moment(of: max(date, last ?? date) + 1, zone))
    }

    /// The latest date whose moment has come.
    private func latest(at now: Int64, _ zone: ZoneOffsets) -> CivilDate {
        // The clock may have been set back over midnight: its own date is then not the latest one.
        var date = zone.local(utcSeconds: now).date + 1
        while moment(of: date, zone) > now { date = date - 1 }
        return date
    }

    private func moment(of date: CivilDate, _ zone: ZoneOffsets) -> Int64 {
        zone.utcSeconds(reaching: LocalMoment(date: date, secondOfDay: secondOfDay))
    }
}
