import Foundation

/// A message to a webhook in a file, and the fields that it is signed with.
struct SignedMessage {
    /// Events of a message.
    static let events = 500

    let file: String
    let fields: [String]

    /// Whose message it is.
    enum Source: String, CaseIterable {
        case sendGrid = "sendgrid"
        case own = "events"

        /// The key that the service is told.
        var keyName: String { self == .sendGrid ? "sendgrid_public_key" : "events_secret" }

        /// Makes a key.
        func signer(in space: Workspace) throws -> Signer {
            guard self == .sendGrid else { return Signer(source: self, privateKey: "", publicKey: "secret") }
            let key = space.path("key.pem")
            try shell("openssl ecparam -name prime256v1 -genkey -noout -out '\(key)'")
            let text = try shell("openssl ec -in '\(key)' -pubout -outform DER 2>/dev/null | base64 -w 0")
            return Signer(source: self, privateKey: key, publicKey: text)
        }

        /// What an event of a row is, as SQL.
        fileprivate var event: String {
            switch self {
            case .sendGrid:
                """
                json_object('email', 'contact@example.com', 'timestamp', 1767600000 + abs(random() % 100000),
                    'event', CASE abs(random() % 10) WHEN 0 THEN 'click' WHEN 1 THEN 'open' WHEN 2 THEN 'open'
                        WHEN 3 THEN 'deferred' WHEN 4 THEN 'processed' WHEN 5 THEN 'processed'
                        WHEN 6 THEN 'processed' ELSE 'delivered' END,
                    'sg_event_id', hex(randomblob(16)), 'sg_message_id', hex(randomblob(16)),
                    'schedule_id', CAST(id AS TEXT), 'url', 'https://example.com/offers?contact=' || contact_id,
                    'useragent', 'Mozilla/5.0 (X11; Linux x86_64)', 'ip', '192.0.2.1')
                """
            case .own:
                """
                json_object('event_id', hex(randomblob(16)), 'type', CASE abs(random() % 3) WHEN 0 THEN 'clicked'
                        WHEN 1 THEN 'opened' ELSE 'delivered' END,
                    'schedule_id', id, 'at', '2026-01-06T12:00:00Z',
                    'metadata', json_object('url', 'https://example.com/offers'))
                """
            }
        }
    }

    /// A key to sign with.
    struct Signer {
        let source: Source
        let privateKey: String
        let publicKey: String
    }

    /// Writes a message about rows chosen at random, and signs it for this moment.
    init(_ signer: Signer, number: Int, in space: Workspace) throws {
        file = space.path("message-\(number)")
        try space.sqlite(
            "planned.db", ".output \(file)",
            """
            SELECT json_group_array(json(event)) FROM (SELECT \(signer.source.event) AS event
            FROM (SELECT abs(random()) % (SELECT max(id) FROM email_schedules) + 1 AS chosen
                FROM json_each('[' || substr(replace(hex(zeroblob(\(Self.events))), '00', ',0'), 2) || ']'))
            JOIN email_schedules ON id = chosen)
            """.replacing("\n", with: " "))
        let time = Int(Date().timeIntervalSince1970)
        let digest = "{ printf '%s' \(time); cat '\(file)'; } | openssl dgst -sha256"
        switch signer.source {
        case .sendGrid:
            let signature = try shell("\(digest) -sign '\(signer.privateKey)' | base64 -w 0")
            fields = [
                "X-Twilio-Email-Event-Webhook-Timestamp: \(time)",
                "X-Twilio-Email-Event-Webhook-Signature: \(signature)",
            ]
        case .own:
            let code = try shell("\(digest) -hmac '\(signer.publicKey)' -r | cut -d ' ' -f 1")
            fields = ["X-Webhook-Timestamp: \(time)", "X-Webhook-Signature: \(code)"]
        }
    }
}

/// What a line of shell prints.
@discardableResult
private func shell(_ line: String) throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/bash")
    process.arguments = ["-c", line]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw BenchmarkFailure(line) }
    return text.trimmingCharacters(in: .whitespacesAndNewlines)
}
