import Foundation
package import SchedulingCore
import Synchronization

/// The clocks of IANA time zones, from the system's time zone data, each made when it is first asked for.
package final class TimeZones: Sendable {
    /// Changes of a clock are looked up from 1970 to the end of 2100.
    private static let end = Date(timeIntervalSince1970: 4_133_980_800)

    private let known = Mutex<[String: ZoneOffsets]>([:])

    /// No clock yet.
    package init() {}

    /// The clock of a zone; nil where there is no zone of that name. Abbreviations such as `CST` and offsets
    /// such as `GMT+5` are no zones: they have no daylight saving.
    package func offsets(_ name: String) -> ZoneOffsets? {
        if let offsets = known.withLock({ $0[name] }) { return offsets }
        guard name == "UTC" || name.contains("/") || TimeZone.knownTimeZoneIdentifiers.contains(name),
            let zone = TimeZone(identifier: name)
        else { return nil }
        let offsets = Self.offsets(of: zone)
        known.withLock { $0[name] = offsets }
        return offsets
    }

    private static func offsets(of zone: TimeZone) -> ZoneOffsets {
        var date = Date(timeIntervalSince1970: 0)
        let initial = zone.secondsFromGMT(for: date)
        var transitions: [ZoneOffsets.Transition] = []
        while let next = zone.nextDaylightSavingTimeTransition(after: date), next > date, next < end {
            transitions.append(
                ZoneOffsets.Transition(
                    utcSeconds: Int64(next.timeIntervalSince1970), offset: zone.secondsFromGMT(for: next)))
            date = next
        }
        return ZoneOffsets(initialOffset: initial, transitions: transitions)
    }
}
