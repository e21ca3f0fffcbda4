/// The time of day at which text messages may be sent, on the clock of whoever gets them: from 08:00 up to, and
/// not including, 21:00.
public struct QuietHours: Sendable {
    /// Seconds since 1970-01-01 00:00:00 UTC of the moment that is judged.
    private let utcSeconds: Int64
    /// The organisation's clock, for a ZIP code without a time zone of its own.
    private let standard: ZoneOffsets
    private let zipTable: ZIPTable
    private let zone: @Sendable (_ name: String) -> ZoneOffsets?

    /// First second of the day at which a message may be sent.
    static let opening = 8 * 3600
    /// First second of the day at which no message may be sent any more.
    static let closing = 21 * 3600

    /// The quiet hours as they are at a moment.
    ///
    /// - Parameters:
    ///   - standard: The organisation's clock.
    ///   - zone: The clock of an IANA time zone, nil where there is no such zone.
    public init(
        utcSeconds: Int64, standard: ZoneOffsets, zipTable: ZIPTable = .bundled,
        zone: @escaping @Sendable (_ name: String) -> ZoneOffsets?
    ) {
        self.utcSeconds = utcSeconds
        self.standard = standard
        self.zipTable = zipTable
        self.zone = zone
    }

    /// Whether a contact with a ZIP code is not to be disturbed.
    public func areKept(forZIP zip: String?) -> Bool {
        let bytes = Array((zip ?? "").utf8)
        let trimmed = String(decoding: bytes[bytes.span.trimmedRange], as: UTF8.self)
        let clock = zipTable.timeZone(ofZIP: trimmed).flatMap(zone) ?? standard
        let moment = clock.local(utcSeconds: utcSeconds)
        let second = moment.seconds - LocalMoment(date: moment.date).seconds
        return second < Int64(QuietHours.opening) || second >= Int64(QuietHours.closing)
    }
}
