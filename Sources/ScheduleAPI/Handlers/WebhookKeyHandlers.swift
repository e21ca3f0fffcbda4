import HTTPHandling
import HTTPTypes
import ScheduleStore

/// The keys that webhook messages are verified with: they can be set and never be read.
enum WebhookKeyHandlers {
    /// `PUT /v1/orgs/{org}/webhook-keys`: sets the keys that are given, removes those that are null.
    static func update(_ request: OrganizationRequest) async throws -> ServerResponse {
        try request.query.finish()
        var fields = try await request.base.jsonObject()
        var changes: [WebhookKeys.Name: String?] = [:]
        for name in WebhookKeys.Name.allCases {
            let value = fields.trimmed(name.rawValue, maximumBytes: 4096)
            if fields.isNull(name.rawValue) {
                changes.updateValue(nil, forKey: name)
            } else if let value {
                check(value, name, &fields)
                changes[name] = value
            } else if fields.has(name.rawValue) {
                fields.refuse(name.rawValue, "invalid_value", "A key is a text that is not empty.")
            }
        }
        try fields.finish()
        let keys = changes
        return try await request.change { store in
            try await store.setWebhookKeys(keys)
        } audit: { _ in
            guard !keys.isEmpty else { return nil }
            return AuditEvent(
                "webhook_keys", "updated",
                details: AuditEvent.details { writer in
                    writer.member("set", texts: keys.filter { $0.value != nil }.map(\.key.rawValue).sorted())
                    writer.member(
                        "removed", texts: keys.filter { $0.value == nil }.map(\.key.rawValue).sorted())
                })
        } answer: {
            .json($0.write)
        }
    }

    /// `GET /v1/orgs/{org}/webhook-keys`: which keys are set.
    static func get(_ request: OrganizationRequest) async throws -> ServerResponse {
        try request.query.finish()
        return .json(try await request.store().webhookKeys().write)
    }

    private static func check(
        _ value: String, _ name: WebhookKeys.Name, _ fields: inout JSONObjectReader
    ) {
        switch name {
        case .sendGridPublicKey:
            guard SendGridSignature(publicKey: value) == nil else { return }
            fields.refuse(
                name.rawValue, "invalid_key", "Expected a P-256 public key: base 64 of its DER form (SPKI).")
        case .twilioCallbackURL:
            let isURL = ["https://", "http://"].contains { value.hasPrefix($0) && value.count > $0.count }
            guard !isURL || value.contains("#") || value.contains(" ") else { return }
            fields.refuse(name.rawValue, "invalid_value", "Expected the URL that Twilio calls: https://….")
        case .twilioAuthToken, .eventsSecret: break
        }
    }
}
