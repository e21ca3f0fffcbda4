import GRDB
public import ScheduleStore

extension SQLiteOrganizationStore {
    /// Hands due emails of a channel to a sender.
    public func claimEmails(_ request: ClaimRequest, now: String) async throws -> ClaimOutcome {
        var start: DueEmails.Start?
        if request.quietHours != nil {
            start = try await readTogether("find emails to claim") { try DueEmails.start($0, request) }
        }
        return try await write("claim emails") { [start] in
            try EmailClaims($0, request, from: start, now: now).run()
        }
    }

    /// Notes what senders say.
    public func recordReports(
        _ reports: [SendReport], now: String
    ) async throws -> SendReportOutcome {
        try await write("record what senders report") { database in
            try ReportRecorder(database, now: now).record(reports)
        }
    }

    /// Notes events, each once, and does what follows from them.
    public func recordEvents(_ events: [DeliveryEvent], now: String) async throws -> DeliveryEventOutcome {
        try await write("record events") { database in
            guard events.count >= EventCounts.worthwhileEvents, try TriggerSwitch.areAllOurs(database) else {
                return try EventRecorder(database, now: now).record(events)
            }
            return try TriggerSwitch.withoutTriggers(database) {
                let counts = try EventCounts(database)
                let outcome = try EventRecorder(database, now: now, counts: counts).record(events)
                try counts.store()
                return outcome
            }
        }
    }

    /// The keys that webhook messages are verified with.
    public func webhookKeys() async throws -> WebhookKeys {
        try await read("read webhook keys", WebhookKeyTable.keys)
    }

    /// Sets keys, or removes those that are nil.
    public func setWebhookKeys(_ changes: [WebhookKeys.Name: String?]) async throws -> WebhookKeys {
        try await write("set webhook keys") { database in
            for (name, value) in changes {
                if let value {
                    try database.execute(
                        sql: "INSERT OR REPLACE INTO webhook_keys (name, value) VALUES (?, ?)",
                        arguments: [name.rawValue, value])
                } else {
                    try database.execute(
                        sql: "DELETE FROM webhook_keys WHERE name = ?", arguments: [name.rawValue])
                }
            }
            return try WebhookKeyTable.keys(database)
        }
    }
}

/// The table `webhook_keys`.
enum WebhookKeyTable {
    @Sendable
    static func keys(_ database: Database) throws -> WebhookKeys {
        let rows = try RawStatement("SELECT name, value FROM webhook_keys", database)
        var keys = WebhookKeys()
        while try rows.step() {
            guard let name = rows.text(0).flatMap(WebhookKeys.Name.init), let value = rows.text(1) else {
                continue
            }
            keys.values[name] = value
        }
        return keys
    }
}
