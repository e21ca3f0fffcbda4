import HTTPHandling
import ScheduleStore
import SchedulingCore

/// Reads a status callback of Twilio.
enum TwilioCallback {
    /// Column `source` of suppressions that come of it.
    static let source = "twilio"

    private static let kinds: [String: DeliveryEventKind] = [
        "accepted": .accepted, "scheduled": .accepted, "queued": .accepted, "sending": .accepted,
        "sent": .sent, "delivered": .delivered, "read": .opened, "undelivered": .failed, "failed": .failed,
        "canceled": .cancelled,
    ]

    /// Error codes that mean that the contact is not to get text messages any more: it has answered STOP; its number
    /// is none of a mobile phone.
    private static let errorCodes: [String: DeliveryEvent.SuppressionCause] = [
        "21610": .unsubscribed, "21614": .hardBounced, "30006": .hardBounced,
    ]

    /// The event of a callback; nil for one of an unknown status, and for one that names no message.
    ///
    /// - Parameters:
    ///   - scheduleID: The row, where the callback's URL names it.
    ///   - unixSeconds: When it came: it does not say when something happened.
    static func event(
        _ form: [QueryItem], scheduleID: Int64?, unixSeconds: Int64
    ) throws(WebhookBatch.Mistake)
        -> DeliveryEvent?
    {
        func value(_ names: String...) -> String? {
            names.lazy.compactMap { name in form.first { $0.name == name }?.value }.first { !$0.isEmpty }
        }
        guard let status = value("MessageStatus", "SmsStatus") else { throw .missingEvent }
        guard let kind = kinds[status.lowercased()] else { return nil }
        let message = value("MessageSid", "SmsSid").map(DeliveryEvent.Subject.message)
        guard let subject = scheduleID.map(DeliveryEvent.Subject.schedule) ?? message else { return nil }
        let members = form.map { JSONValue.Member(name: $0.name, value: .string($0.value)) }
        var event = DeliveryEvent(
            key: EventKey.of(members, source: source), kind: kind, name: status, subject: subject,
            source: source, at: unixSeconds)
        event.channel = .sms
        if kind == .failed { event.suppression = value("ErrorCode").flatMap { errorCodes[$0] } }
        return event
    }
}
