/// The time of day at which text messages may be sent, on the clock of whoever gets them: from 08:00 up to, and
/// not including, 21:00.
public struct QuietHours: Sendable {
    private let zipTable: ZIPTable
    /// Whether they are kept in each time zone of the table.
    private let areKeptInZone: [Bool]
    /// Whether they are kept where a ZIP code has no time zone of its own.
    private let areKeptElsewhere: Bool

    /// First second of the day at which a message may be sent.
    static let opening = 8 * 3600
    /// First second of the day at which no message may be sent any more.
    static let closing = 21 * 3600

    /// The quiet hours as they are at a moment.
    ///
    /// - Parameters:
    ///   - utcSeconds: Seconds since 1970-01-01 00:00:00 UTC of that moment.
    ///   - standard: The organisation's clock, for a ZIP code without a time zone of its own.
    ///   - zone: The clock of an IANA time zone, nil where there is no such zone.
    public init(
        utcSeconds: Int64, standard: ZoneOffsets, zipTable: ZIPTable = .bundled,
        zone: (_ name: String) -> ZoneOffsets?
    ) {
        func areKept(on clock: ZoneOffsets) -> Bool {
            let moment = clock.local(utcSeconds: utcSeconds)
            let second = moment.seconds - LocalMoment(date: moment.date).seconds
            return second < Int64(QuietHours.opening) || second >= Int64(QuietHours.closing)
        }
        self.zipTable = zipTable
        areKeptInZone = zipTable.timeZones.map { areKept(on: zone($0) ?? standard) }
        areKeptElsewhere = areKept(on: standard)
    }

    /// Whether a contact with a ZIP code is not to be disturbed.
    public func areKept(forZIP zip: Span<UInt8>) -> Bool {
        let zone = zipTable.timeZone(ofZIP: zip.extracting(zip.trimmedRange))
        return zone.map { areKeptInZone[$0] } ?? areKeptElsewhere
    }
}
