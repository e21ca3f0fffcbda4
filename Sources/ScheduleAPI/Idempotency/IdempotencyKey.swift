import HTTPHandling
import HTTPTypes

/// The value of `Idempotency-Key`: what a client calls a request that it may send again.
enum IdempotencyKey {
    /// Longest key, in bytes.
    static let maximumBytes = 255

    /// The key of a request; nil where it has none.
    ///
    /// - Throws: 400 where it has several, or one that is empty, too long or not of visible ASCII characters.
    static func key(of request: ServerRequest) throws(HTTPProblem) -> String? {
        let values = request.fields[values: .idempotencyKey]
        guard let key = values.first else { return nil }
        guard values.count == 1, (1...maximumBytes).contains(key.utf8.count),
            key.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else {
            throw .invalidParameter(
                "Idempotency-Key", "invalid_value",
                "Expected one key of 1 to \(maximumBytes) visible ASCII characters.")
        }
        return key
    }
}

extension HTTPField.Name {
    /// `Idempotency-Key`.
    static let idempotencyKey: HTTPField.Name = HTTPField.Name(parsed: "idempotency-key") ?? .via
}
