import ScheduleStore
import SchedulingCore

/// Reads the events of our own webhook: those of other systems that know our rows and contacts.
enum OwnEvents {
    /// Column `source` of suppressions that come of them.
    static let source = "events"

    private static let fields: Set = ["event_id", "type", "schedule_id", "contact_id", "at", "metadata"]

    /// Names that mean something here; any other is kept as it is.
    private static let kinds: [String: DeliveryEventKind] = {
        var kinds: [String: DeliveryEventKind] = [
            "processed": .accepted, "bounce": .bounced, "canceled": .cancelled, "open": .opened,
            "click": .clicked, "complaint": .complained, "spamreport": .complained,
            "unsubscribe": .unsubscribed, "group_unsubscribe": .groupUnsubscribed,
            "group_resubscribe": .groupResubscribed,
        ]
        for kind in DeliveryEventKind.allCases where kind != .other { kinds[kind.rawValue] = kind }
        return kinds
    }()

    /// The event of an element.
    ///
    /// - Parameter unixSeconds: When an event happened that does not say it.
    static func event(
        _ members: [JSONValue.Member], unixSeconds: Int64
    ) throws(WebhookBatch.Mistake) -> DeliveryEvent {
        guard members.allSatisfy({ fields.contains($0.name) }) else { throw .unknownField }
        guard let name = members.text("type") else { throw .missingEvent }
        let kind = kinds[name] ?? .other
        let key = try self.key(members)
        let at = try moment(members) ?? unixSeconds
        var event = DeliveryEvent(
            key: key, kind: kind, name: name, subject: try subject(members), source: source, at: at)
        let metadata = try self.metadata(members)
        event.metadata = metadata.isEmpty ? nil : JSONValue.object(metadata).text
        event.channel = metadata.text("channel").flatMap(SendChannel.init)
        event.url = metadata.text("url")
        event.trackingID = metadata.text("tracking_id") ?? metadata.text("tracking_uuid")
        event.suppression = suppression(kind, metadata)
        return event
    }

    private static func key(_ members: [JSONValue.Member]) throws(WebhookBatch.Mistake) -> [UInt8] {
        switch members.first(where: { $0.name == "event_id" })?.value {
        case nil, .null: EventKey.of(members, source: source)
        case .string(let id) where !id.isEmpty: EventKey.of(id: id, source: source)
        case .number(let id): EventKey.of(id: id, source: source)
        default: throw .invalidEventID
        }
    }

    private static func subject(
        _ members: [JSONValue.Member]
    ) throws(WebhookBatch.Mistake) -> DeliveryEvent.Subject {
        let schedule = try members.id("schedule_id", .invalidScheduleID)
        let contact = try members.id("contact_id", .invalidContactID)
        guard let subject = schedule.map(DeliveryEvent.Subject.schedule) ?? contact.map({ .contact($0) })
        else {
            throw .missingSubject
        }
        return subject
    }

    private static func moment(_ members: [JSONValue.Member]) throws(WebhookBatch.Mistake) -> Int64? {
        guard let value = members.first(where: { $0.name == "at" })?.value, value != .null else { return nil }
        guard case .string(let text) = value, text.utf8.count > 10,
            let moment = LocalMoment(Array(text.utf8).span, in: ZoneOffsets())
        else { throw .invalidTimestamp }
        return moment.seconds
    }

    private static func metadata(
        _ members: [JSONValue.Member]
    ) throws(WebhookBatch.Mistake) -> [JSONValue.Member] {
        switch members.first(where: { $0.name == "metadata" })?.value {
        case nil, .null: return []
        case .object(let members): return members
        default: throw .invalidMetadata
        }
    }

    private static func suppression(
        _ kind: DeliveryEventKind, _ metadata: [JSONValue.Member]
    ) -> DeliveryEvent.SuppressionCause? {
        switch kind {
        case .complained: .complained
        case .unsubscribed: .unsubscribed
        case .groupUnsubscribed: .groupUnsubscribed
        case .bounced: ["soft", "blocked"].contains(metadata.text("type") ?? "") ? nil : .hardBounced
        default: nil
        }
    }
}
