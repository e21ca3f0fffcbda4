import SeededRandomness

/// Events as providers and other systems tell them, from a seed: of every kind, in whatever order, some twice.
struct EventStream {
    private static let sendGridNames =
        ["processed", "delivered", "delivered", "open", "open", "click"].flatMap(eightTimes)
        + [
            "deferred", "deferred", "bounce", "bounce", "dropped", "spamreport", "unsubscribe",
            "group_unsubscribe", "group_resubscribe", "levitated",
        ]
    private static let ownNames =
        ["accepted", "sent", "delivered", "opened", "clicked", "visited"].flatMap(eightTimes)
        + ["eligibility_answered", "failed", "cancelled", "bounced", "complained", "unsubscribed"]
    private static let textStatuses = [
        "queued", "sent", "delivered", "delivered", "read", "undelivered", "failed", "canceled", "pondering",
    ]

    private static func eightTimes(_ name: String) -> [String] { Array(repeating: name, count: 8) }

    private var random: SeededGenerator
    private let rows: ClosedRange<Int>
    private let contacts: ClosedRange<Int>
    private var number = 0

    /// Events of rows and contacts with ids of a range, some of which may not exist.
    init(seed: UInt64, rows: ClosedRange<Int>, contacts: ClosedRange<Int>) {
        random = SeededGenerator(seed: seed)
        self.rows = rows
        self.contacts = contacts
    }

    /// An event of SendGrid's.
    mutating func sendGrid() -> String {
        number += 1
        let name = random.pick(Self.sendGridNames)
        let row = random.number(rows)
        let subject =
            random.chance(0.3)
            ? #""sg_message_id":"m\#(row).filter0001.16648""# : #""schedule_id":"\#(row)""#
        var event =
            #"{"event":"\#(name)","timestamp":\#(random.number(1_767_600_000...1_768_600_000)),\#(subject)"#
        if random.chance(0.9) { event += #","sg_event_id":"event-\#(number)""# }
        switch name {
        case "click": event += #","url":"https://example.com/\#(row)""#
        case "bounce": event += #","type":"\#(random.pick(["bounce", "blocked"]))""#
        case "dropped":
            event += #","reason":"\#(random.pick(["Bounced Address", "Invalid SMTPAPI header"]))""#
        default: break
        }
        return event + "}"
    }

    /// An event of another system's, of a row or of a contact.
    mutating func own() -> String {
        number += 1
        let name = random.pick(Self.ownNames)
        let subject =
            random.chance(0.2)
            ? #""contact_id":\#(random.number(contacts))"# : #""schedule_id":\#(random.number(rows))"#
        let second = random.number(10...59)
        return #"{"event_id":"\#(number)","type":"\#(name)",\#(subject),"at":"2026-01-06T12:30:\#(second)Z","#
            + #""metadata":{"main_questions_yes_count":\#(random.number(0...2))}}"#
    }

    /// A status of a text message and the row that it is of.
    mutating func text() -> (status: String, row: Int) {
        (random.pick(Self.textStatuses), random.number(rows))
    }

    /// What a sender says of an email.
    mutating func reportStatus() -> String {
        random.pick(["sent", "sent", "sent", "accepted", "delivered", "bounced", "failed", "sending"])
    }

    /// The same events in another order, some of them twice.
    mutating func disorder(_ events: [String], repeating share: Double) -> [String] {
        let again = Int(Double(events.count) * share)
        return (events + (0..<again).map { _ in random.pick(events) }).shuffled(using: &random)
    }
}

extension Array {
    /// The elements in parts of a size, the last of which may be smaller.
    func parts(of size: Int) -> [[Element]] {
        stride(from: 0, to: count, by: size).map { Array(self[$0..<Swift.min($0 + size, count)]) }
    }
}
