import GRDB
import ScheduleStore
import SchedulingCore

/// Events of messages that no sender has reported yet: a provider's news may overtake the sender's.
struct ParkedEvents {
    /// Days for which an event waits.
    private static let retentionDays: Int64 = 7

    private let database: Database
    private let now: String
    private let insertion: RawStatement
    private let selection: RawStatement
    private let removal: RawStatement
    private let expiry: RawStatement

    init(_ database: Database, now: String) throws {
        self.database = database
        self.now = now
        insertion = try RawStatement(
            """
            INSERT OR IGNORE INTO parked_events (event_key, message_id, event, name, channel, source, at,
                suppression, url, tracking_id, metadata, received_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, database)
        selection = try RawStatement(
            """
            SELECT event_key, event, name, channel, source, at, suppression, url, tracking_id, metadata, message_id
            FROM parked_events WHERE message_id >= ?1 AND message_id < ?1 || char(1114111)
            ORDER BY at, event_key
            """, database)
        removal = try RawStatement("DELETE FROM parked_events WHERE event_key = ?", database)
        expiry = try RawStatement(
            """
            DELETE FROM parked_events WHERE event_key IN (
                SELECT event_key FROM parked_events WHERE received_at < ? ORDER BY received_at LIMIT 1000)
            """, database)
    }

    /// Parks an event; false where it is parked already.
    func insert(_ event: DeliveryEvent, messageID: String) throws -> Bool {
        insertion.bind(1, bytes: event.key)
        insertion.bind(2, messageID)
        insertion.bind(3, event.kind.rawValue)
        insertion.bind(4, event.name)
        insertion.bind(5, event.channel?.rawValue)
        insertion.bind(6, event.source)
        insertion.bind(7, event.at)
        insertion.bind(8, event.suppression?.rawValue)
        insertion.bind(9, event.url)
        insertion.bind(10, event.trackingID)
        insertion.bind(11, event.metadata)
        insertion.bind(12, now)
        try insertion.run()
        return database.changesCount > 0
    }

    /// Takes out the events of a message whose sender has reported it.
    func take(messageID: String) throws -> [DeliveryEvent] {
        selection.bind(1, messageID)
        var events: [DeliveryEvent] = []
        while try selection.step() {
            var event = DeliveryEvent(
                key: selection.blob(0), kind: selection.text(1).flatMap(DeliveryEventKind.init) ?? .other,
                name: selection.text(2) ?? "", subject: .message(selection.text(10) ?? ""),
                source: selection.text(4) ?? "", at: selection.integer(5))
            event.channel = selection.text(3).flatMap(SendChannel.init)
            event.suppression = selection.text(6).flatMap(DeliveryEvent.SuppressionCause.init)
            event.url = selection.text(7)
            event.trackingID = selection.text(8)
            event.metadata = selection.text(9)
            events.append(event)
        }
        for event in events {
            removal.bind(1, bytes: event.key)
            try removal.run()
        }
        return events
    }

    /// Forgets some of those that have waited too long.
    func purge() throws {
        guard let moment = LocalMoment(Array(now.utf8).span, in: ZoneOffsets()) else { return }
        let days = ParkedEvents.retentionDays
        expiry.bind(1, LocalMoment(seconds: moment.seconds - days * 86_400).text)
        try expiry.run()
    }
}
