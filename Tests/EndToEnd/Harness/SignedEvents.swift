import Crypto
import Foundation

/// Messages to a service's own webhook, signed with a secret.
struct SignedEvents {
    let secret: String

    /// Sends events to an organisation.
    func send(
        _ body: String, to organization: String, _ client: KeepAliveClient
    ) throws -> RunningService.Answer {
        let time = Int(Date().timeIntervalSince1970)
        let code = HMAC<SHA256>.authenticationCode(
            for: Data("\(time)\(body)".utf8), using: SymmetricKey(data: Data(secret.utf8)))
        let digits = code.map { String(format: "%02x", $0) }.joined()
        return try client.send(
            "POST", "/v1/orgs/\(organization)/webhooks/events", body,
            fields: ["X-Webhook-Timestamp: \(time)", "X-Webhook-Signature: \(digits)"])
    }
}
