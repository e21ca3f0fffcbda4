import BenchmarkSupport
import Foundation

/// A message to a webhook, with the fields that it is signed with.
struct SignedMessage: Sendable {
    let body: String
    let fields: [String]
}

/// Whose messages they are; the last part of the webhook's path.
enum EventSource: String, CaseIterable {
    case sendGrid = "sendgrid"
    case own = "events"

    /// Events in a message.
    static let eventsOfMessage = 500

    /// The key that the service is told.
    var keyName: String { self == .sendGrid ? "sendgrid_public_key" : "events_secret" }

    /// Messages about emails in the order of their dates, of a date in no order: as they are sent. Each is about others.
    func bodies(_ count: Int, in space: Workspace) throws -> [String] {
        try space.sqlite(
            "planned.db", ".output \(space.path("bodies"))",
            """
            SELECT json_group_array(json(event)) FROM (
                SELECT \(event) AS event, row_number() OVER (ORDER BY scheduled_send_date, random()) - 1 AS number
                FROM email_schedules WHERE status = 'pre-scheduled' LIMIT \(count * Self.eventsOfMessage))
            GROUP BY number / \(Self.eventsOfMessage)
            """)
        let bodies = try String(contentsOfFile: space.path("bodies"), encoding: .utf8).split(separator: "\n")
        guard bodies.count == count else {
            throw BenchmarkFailure("\(count) messages need more emails, of more contacts")
        }
        return bodies.map(String.init)
    }

    /// What an event of a row is, as SQL.
    private var event: String {
        switch self {
        case .sendGrid:
            """
            json_object('email', 'contact@example.com', 'timestamp', 1767600000 + id % 100000,
                'event', json_extract('["click","open","open","deferred","processed","processed","processed",
                    "delivered","delivered","delivered"]', '$[' || (id % 10) || ']'),
                'sg_event_id', hex(randomblob(16)), 'sg_message_id', hex(randomblob(16)),
                'schedule_id', CAST(id AS TEXT), 'url', 'https://example.com/offers?contact=' || contact_id,
                'useragent', 'Mozilla/5.0 (X11; Linux x86_64)', 'ip', '192.0.2.1')
            """
        case .own:
            """
            json_object('event_id', hex(randomblob(16)),
                'type', json_extract('["clicked","opened","delivered"]', '$[' || (id % 3) || ']'),
                'schedule_id', id, 'at', '2026-01-06T12:00:00Z',
                'metadata', json_object('url', 'https://example.com/offers'))
            """
        }
    }
}

/// Signs messages as their source does, for the moment it was made.
struct EventSigner {
    private let source: EventSource
    private let time = Int(Date().timeIntervalSince1970)
    private let signed: String
    private let privateKey: String
    /// What the service is told; the shared secret where there is no other key.
    let publicKey: String

    /// Makes a key.
    init(_ source: EventSource, in space: Workspace) throws {
        self.source = source
        signed = space.path("signed")
        privateKey = space.path("key.pem")
        publicKey =
            source == .own
            ? "secret"
            : try shell(
                """
                openssl ecparam -name prime256v1 -genkey -noout -out '\(privateKey)' \
                && openssl ec -in '\(privateKey)' -pubout -outform DER 2> /dev/null | base64 --wrap 0
                """)
    }

    /// Signs a message.
    func sign(_ body: String) throws -> SignedMessage {
        try "\(time)\(body)".write(toFile: signed, atomically: false, encoding: .utf8)
        switch source {
        case .sendGrid:
            let signature = try shell(
                "openssl dgst -sha256 -sign '\(privateKey)' '\(signed)' | base64 --wrap 0")
            return SignedMessage(
                body: body,
                fields: [
                    "X-Twilio-Email-Event-Webhook-Timestamp: \(time)",
                    "X-Twilio-Email-Event-Webhook-Signature: \(signature)",
                ])
        case .own:
            let code = try shell("openssl dgst -sha256 -hmac '\(publicKey)' -r '\(signed)' | cut -d ' ' -f 1")
            return SignedMessage(
                body: body, fields: ["X-Webhook-Timestamp: \(time)", "X-Webhook-Signature: \(code)"])
        }
    }
}

/// What a line of shell prints.
private func shell(_ line: String) throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = ["-c", line]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw BenchmarkFailure(line) }
    return text.trimmingCharacters(in: .whitespacesAndNewlines)
}
