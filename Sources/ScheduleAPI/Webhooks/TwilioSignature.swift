import Crypto
package import HTTPHandling

/// Verifies status callbacks of Twilio: HMAC-SHA1 of the URL that was called, followed by the name and value of each
/// field of the form, in order of the names; a name with several values has each value once, in order.
package struct TwilioSignature: Sendable {
    private let key: SymmetricKey

    /// Verifies with the auth token of an account.
    package init(authToken: String) { key = SymmetricKey(data: Array(authToken.utf8)) }

    /// Whether a signature, in base 64, is that of a request. Takes the same time wherever it differs.
    package func verifies(_ signature: String, url: String, form: [QueryItem]) -> Bool {
        guard let code = Base64.decode(signature) else { return false }
        return HMAC<Insecure.SHA1>.isValidAuthenticationCode(
            code, authenticating: Self.signedBytes(url: url, form: form), using: key)
    }

    private static func signedBytes(url: String, form: [QueryItem]) -> [UInt8] {
        let fields = form.map { (Array($0.name.utf8), Array($0.value.utf8)) }.sorted { left, right in
            left.0 == right.0
                ? left.1.lexicographicallyPrecedes(right.1) : left.0.lexicographicallyPrecedes(right.0)
        }
        var bytes = Array(url.utf8)
        for (index, field) in fields.enumerated() where index == 0 || fields[index - 1] != field {
            bytes += field.0 + field.1
        }
        return bytes
    }
}
