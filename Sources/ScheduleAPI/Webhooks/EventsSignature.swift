import Crypto

/// Verifies messages to our own webhook: HMAC-SHA256 of the timestamp and the body, in lower-case hexadecimal digits.
package struct EventsSignature: Sendable {
    /// Seconds by which a message may be older or newer than now.
    package static let toleranceSeconds: Int64 = 300

    private let key: SymmetricKey

    /// Verifies with a secret.
    package init(secret: String) { key = SymmetricKey(data: Array(secret.utf8)) }

    /// Whether a signature is that of a Unix timestamp followed by a body, and the message is of now. Takes the same
    /// time wherever the signature differs.
    package func verifies(
        _ signature: String, timestamp: String, body: [UInt8], unixSeconds: Int64
    ) -> Bool {
        guard let code = Self.bytes(signature), let sent = PathParameters.positiveInteger(timestamp),
            (unixSeconds - Self.toleranceSeconds...unixSeconds + Self.toleranceSeconds).contains(sent)
        else { return false }
        return HMAC<SHA256>.isValidAuthenticationCode(
            code, authenticating: Array(timestamp.utf8) + body, using: key)
    }

    private static func bytes(_ text: String) -> [UInt8]? {
        let digits = text.utf8.compactMap { digit -> UInt8? in
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
            default: nil
            }
        }
        guard digits.count == text.utf8.count, digits.count == 64 else { return nil }
        return stride(from: 0, to: 64, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }
}
