import ScheduleStore
import SchedulingCore

/// Reads the events of SendGrid's event webhook.
enum SendGridEvents {
    /// Column `source` of suppressions that come of them.
    static let source = "sendgrid"

    private static let kinds: [String: DeliveryEventKind] = [
        "processed": .accepted, "deferred": .deferred, "delivered": .delivered, "bounce": .bounced,
        "dropped": .dropped, "open": .opened, "click": .clicked, "spamreport": .complained,
        "unsubscribe": .unsubscribed, "group_unsubscribe": .groupUnsubscribed,
        "group_resubscribe": .groupResubscribed,
    ]

    /// Why SendGrid drops an email, where that means that the contact is not to be contacted any more.
    private static let dropReasons: [String: DeliveryEvent.SuppressionCause] = [
        "bounced address": .hardBounced, "invalid": .hardBounced, "unsubscribed address": .unsubscribed,
        "spam reporting address": .complained,
    ]

    /// The event of an element; nil for one of an unknown kind, and for one that names no email.
    static func event(_ members: [JSONValue.Member]) throws(WebhookBatch.Mistake) -> DeliveryEvent? {
        guard let name = members.text("event") else { throw .missingEvent }
        guard let kind = kinds[name] else { return nil }
        guard let at = try members.id("timestamp", .invalidTimestamp) else { throw .invalidTimestamp }
        let subject: DeliveryEvent.Subject
        if let id = try members.id("schedule_id", .invalidScheduleID) {
            subject = .schedule(id)
        } else if let message = members.text("sg_message_id") {
            subject = .message(message)
        } else {
            return nil
        }
        let key =
            members.text("sg_event_id").map { EventKey.of(id: $0, source: source) }
            ?? EventKey.of(members, source: source)
        var event = DeliveryEvent(key: key, kind: kind, name: name, subject: subject, source: source, at: at)
        event.channel = .email
        event.suppression = suppression(kind, members)
        if kind == .clicked { event.url = members.text("url") }
        return event
    }

    private static func suppression(
        _ kind: DeliveryEventKind, _ members: [JSONValue.Member]
    ) -> DeliveryEvent.SuppressionCause? {
        switch kind {
        case .complained: .complained
        case .unsubscribed: .unsubscribed
        case .groupUnsubscribed: .groupUnsubscribed
        // A `blocked` message was refused for now: the address exists.
        case .bounced: members.text("type") == "blocked" ? nil : .hardBounced
        case .dropped: members.text("reason").flatMap { dropReasons[$0.lowercased()] }
        default: nil
        }
    }
}
