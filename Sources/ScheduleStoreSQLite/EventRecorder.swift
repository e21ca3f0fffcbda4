import GRDB
import ScheduleStore
import SchedulingCore

/// Notes events and does what follows from them, inside a transaction.
struct EventRecorder {
    private let counts: EventCounts?
    private let news: EmailNews
    private let reports: ReportTable
    private let parked: ParkedEvents
    private let list: DoNotContactList
    private let contact: RawStatement
    private let click: RawStatement
    private let behaviour: RawStatement

    /// - Parameter counts: Counts what changes; nil where triggers do.
    init(_ database: Database, now: String, counts: EventCounts? = nil) throws {
        self.counts = counts
        news = try EmailNews(database, now: now, counts: counts)
        reports = try ReportTable(database)
        parked = try ParkedEvents(database, now: now)
        list = try DoNotContactList(database, now: now, counts: counts)
        contact = try RawStatement("SELECT 1 FROM contacts WHERE id = ?", database)
        click = try RawStatement(
            """
            INSERT INTO tracking_clicks (contact_id, tracking_id, schedule_id, clicked_at, url)
            VALUES (?, ?, ?, ?, ?)
            """, database)
        behaviour = try RawStatement(
            "INSERT INTO contact_events (contact_id, event_type, metadata, created_at) VALUES (?, ?, ?, ?)",
            database)
    }

    /// Notes events in their order.
    func record(_ events: [DeliveryEvent]) throws -> DeliveryEventOutcome {
        var outcome = DeliveryEventOutcome()
        var touched: Set<Int64> = []
        for event in events { outcome.results.append(try record(event, &touched)) }
        try parked.purge()
        outcome.touched = Touched(contactIDs: touched.sorted())
        return outcome
    }

    private func record(
        _ event: DeliveryEvent, _ touched: inout Set<Int64>
    ) throws -> DeliveryEventOutcome.Result {
        switch event.subject {
        case .schedule(let id):
            guard let row = try news.row(id) else { return .unknownID }
            return try record(event, row, event.channel, &touched)
        case .message(let text):
            guard let (id, channel) = try reports.row(ofMessage: text), let row = try news.row(id) else {
                return try parked.insert(event, messageID: text) ? .ignored : .duplicate
            }
            return try record(event, row, channel, &touched)
        case .contact(let id):
            guard try exists(contactID: id) else { return .unknownID }
            let isNew = try news.note(
                event.kind, key: event.key, rowID: 0, contactID: id, channel: event.channel, at: event.at)
            guard isNew else { return .duplicate }
            try followBehaviour(event, contactID: id, rowID: nil, event.channel ?? .email, &touched)
            return .applied
        }
    }

    /// Notes an event of a row.
    func record(
        _ event: DeliveryEvent, _ row: EmailNews.Row, _ channel: SendChannel?, _ touched: inout Set<Int64>
    ) throws -> DeliveryEventOutcome.Result {
        let channel = try channel ?? news.channel(of: row)
        try counts?.willChange(row)
        let isNew = try news.note(
            event.kind, key: event.key, rowID: row.id, contactID: row.contactID, channel: channel,
            at: event.at)
        guard isNew else { return .duplicate }
        try news.follow(event.kind, row, channel, at: event.at)
        try followBehaviour(event, contactID: row.contactID, rowID: row.id, channel, &touched)
        return .applied
    }

    private func followBehaviour(
        _ event: DeliveryEvent, contactID: Int64, rowID: Int64?, _ channel: SendChannel,
        _ touched: inout Set<Int64>
    ) throws {
        if event.kind == .clicked {
            click.bind(1, contactID)
            click.bind(2, event.trackingID)
            click.bind(3, rowID)
            click.bind(4, InstantText.rfc3339(event.at))
            click.bind(5, event.url)
            try click.run()
        } else if event.kind.isBehaviour {
            behaviour.bind(1, contactID)
            behaviour.bind(2, event.name)
            behaviour.bind(3, event.metadata)
            behaviour.bind(4, InstantText.rfc3339(event.at))
            try behaviour.run()
        }
        if let cause = event.suppression {
            if try list.add(contactID, channel, cause, source: event.source, at: event.at) {
                touched.insert(contactID)
            }
        } else if event.kind == .groupResubscribed {
            if try list.resubscribe(contactID, source: event.source, at: event.at) {
                touched.insert(contactID)
            }
        }
    }

    private func exists(contactID: Int64) throws -> Bool {
        contact.bind(1, contactID)
        defer { contact.reset() }
        return try contact.step()
    }
}
