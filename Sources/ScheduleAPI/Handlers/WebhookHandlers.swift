import HTTPHandling
import HTTPTypes
import ScheduleStore
import SchedulingCore

/// Messages that tell what became of emails. They come without an access token: the signature is the access, and what
/// a message says is not looked at before it is verified.
enum WebhookHandlers {
    /// `POST /v1/orgs/{org}/webhooks/sendgrid`
    static func sendGrid(_ request: APIRequest) async throws -> ServerResponse {
        let message = try await WebhookMessage(request)
        guard let signature = message.field("X-Twilio-Email-Event-Webhook-Signature"),
            let timestamp = message.field("X-Twilio-Email-Event-Webhook-Timestamp"),
            let key = message.keys.values[.sendGridPublicKey].flatMap(SendGridSignature.init(publicKey:)),
            key.verifies(signature, timestamp: timestamp, body: message.body)
        else { throw WebhookMessage.unsigned }
        try request.query.finish()
        return try await message.store(from: "sendgrid") {
            WebhookBatch(try JSONObjectReader.document(message.body).elements) {
                members throws(WebhookBatch.Mistake) in
                try SendGridEvents.event(members)
            }
        }
    }

    /// `POST /v1/orgs/{org}/webhooks/twilio`
    static func twilio(_ request: APIRequest) async throws -> ServerResponse {
        let message = try await WebhookMessage(request)
        guard let signature = message.field("X-Twilio-Signature"),
            let token = message.keys.values[.twilioAuthToken],
            let url = message.keys.values[.twilioCallbackURL],
            let form = try? QueryItem.parse(form: message.body),
            TwilioSignature(authToken: token).verifies(
                signature, url: url + request.request.querySuffix(behind: url), form: form)
        else { throw WebhookMessage.unsigned }
        var query = request.query
        let scheduleID = query.positiveInteger(.scheduleID)
        var batch = WebhookBatch()
        do throws(WebhookBatch.Mistake) {
            if query.has(.scheduleID), scheduleID == nil { throw .invalidScheduleID }
            batch.add(
                try TwilioCallback.event(
                    form, scheduleID: scheduleID, unixSeconds: request.services.unixSeconds()))
        } catch {
            batch.reject(error)
        }
        return try await message.store(from: "twilio") { batch }
    }

    /// `POST /v1/orgs/{org}/webhooks/events`
    static func events(_ request: APIRequest) async throws -> ServerResponse {
        let message = try await WebhookMessage(request)
        let now = request.services.unixSeconds()
        guard let signature = message.field("X-Webhook-Signature"),
            let timestamp = message.field("X-Webhook-Timestamp"),
            let secret = message.keys.values[.eventsSecret],
            EventsSignature(secret: secret).verifies(
                signature, timestamp: timestamp, body: message.body, unixSeconds: now)
        else { throw WebhookMessage.unsigned }
        try request.query.finish()
        return try await message.store(from: "events") {
            WebhookBatch(try JSONObjectReader.document(message.body).elements) {
                members throws(WebhookBatch.Mistake) in
                try OwnEvents.event(members, unixSeconds: now)
            }
        }
    }
}

/// A message to an organisation's webhook, with the keys to verify it.
private struct WebhookMessage {
    let request: OrganizationRequest
    let keys: WebhookKeys
    let body: [UInt8]

    /// Reads a message. An organisation that does not exist has no key, and is not told from one without.
    init(_ request: APIRequest) async throws {
        guard let id = request.parameters["org"],
            let organization = try await request.environment.organization(id: id)
        else { throw Self.unsigned }
        self.request = OrganizationRequest(base: request, organization: organization)
        keys = try await self.request.store().webhookKeys()
        if keys.values.isEmpty { throw Self.unsigned }
        body = try await request.request.body.collect(upTo: request.services.jsonBodyBytes)
    }

    /// Why a message is refused: the same whatever is wrong with its signature.
    static let unsigned = HTTPProblem.api(
        .unsigned, detail: "Set the key, and sign every message with it.",
        fields: [.wwwAuthenticate: #"Signature realm="email-scheduler""#])

    /// The value of a field that comes once; nil for any other.
    func field(_ name: String) -> String? {
        guard let name = HTTPField.Name(name) else { return nil }
        let values = request.base.request.fields[values: name]
        return values.count == 1 ? values[0] : nil
    }

    /// One entry for a message, unless nothing of it was new.
    private static func audit(_ outcome: DeliveryEventOutcome) -> AuditEvent? {
        let applied = outcome.results.count { $0 == .applied }
        guard applied > 0 else { return nil }
        return AuditEvent(
            "events", "recorded",
            details: AuditEvent.details { writer in
                writer.member("received", outcome.results.count)
                writer.member("applied", applied)
            })
    }

    /// Stores the events of a message that is verified, plans anew whom they concern, and answers what became of
    /// them.
    ///
    /// - Parameter source: Whose message it is.
    func store(from source: String, _ read: () throws -> WebhookBatch) async throws -> ServerResponse {
        try await request.base.once(in: request.store()) {
            let batch = try read()
            if batch.events.isEmpty { return .json { batch.write(DeliveryEventOutcome(), to: &$0) } }
            return try await request.change(by: "webhook \(source)") {
                try await $0.recordEvents(batch.events, now: request.base.now)
            } verbAudit: { outcome in
                (outcome as? DeliveryEventOutcome).flatMap(Self.audit)
            } answer: { outcome, _ in
                .json { batch.write(outcome, to: &$0) }
            }
        }
    }
}

extension ServerRequest {
    /// The query as it came, to be put behind a URL; empty where there is none.
    fileprivate func querySuffix(behind url: String) -> String {
        guard let mark = target.firstIndex(of: "?"), target.index(after: mark) != target.endIndex else {
            return ""
        }
        return (url.contains("?") ? "&" : "?") + target[target.index(after: mark)...]
    }
}
