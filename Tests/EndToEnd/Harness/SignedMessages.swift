import Crypto
import Foundation

/// Messages to an organisation's webhooks, each signed as its sender does it.
struct SignedMessages: Sendable {
    private static let callback = "https://hooks.example.com/twilio"
    private static let authToken = "12345"

    private let organization: String
    private let key = P256.Signing.PrivateKey()
    private let own = SignedEvents(secret: "a secret")

    init(organization: String) { self.organization = organization }

    private func path(_ webhook: String) -> String { "/v1/orgs/\(organization)/webhooks/\(webhook)" }

    /// Tells the service the keys.
    func setKeys(_ client: KeepAliveClient) throws {
        let answer = try client.send(
            "PUT", "/v1/orgs/\(organization)/webhook-keys",
            """
            {"sendgrid_public_key":"\(key.publicKey.derRepresentation.base64EncodedString())",
             "twilio_auth_token":"\(Self.authToken)","twilio_callback_url":"\(Self.callback)",
             "events_secret":"\(own.secret)"}
            """)
        guard answer.status == 200 else { throw Failure("keys: \(answer.status) \(answer.body)") }
    }

    /// Sends events of SendGrid's.
    func sendGrid(_ events: [String], _ client: KeepAliveClient) throws -> RunningService.Answer {
        let body = "[\(events.joined(separator: ","))]"
        let signature = try key.signature(for: Data("1600112502\(body)".utf8))
        return try client.send(
            "POST", path("sendgrid"), body,
            fields: [
                "X-Twilio-Email-Event-Webhook-Timestamp: 1600112502",
                "X-Twilio-Email-Event-Webhook-Signature: "
                    + signature.derRepresentation.base64EncodedString(),
            ])
    }

    /// Sends a status of a text message, for a row.
    func twilio(_ status: String, of row: Int, _ client: KeepAliveClient) throws -> RunningService.Answer {
        let query = "?schedule_id=\(row)"
        let signed = "\(Self.callback)\(query)MessageSidSM\(row)MessageStatus\(status)"
        let code = HMAC<Insecure.SHA1>.authenticationCode(
            for: Data(signed.utf8), using: SymmetricKey(data: Data(Self.authToken.utf8)))
        return try client.send(
            "POST", path("twilio") + query, "MessageSid=SM\(row)&MessageStatus=\(status)",
            type: "application/x-www-form-urlencoded",
            fields: ["X-Twilio-Signature: \(Data(code).base64EncodedString())"])
    }

    /// Sends events of our own.
    func events(_ events: [String], _ client: KeepAliveClient) throws -> RunningService.Answer {
        try own.send("[\(events.joined(separator: ","))]", to: organization, client)
    }
}
