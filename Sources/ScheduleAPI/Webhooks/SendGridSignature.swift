import Crypto

/// Verifies messages of SendGrid's event webhook: ECDSA over P-256 with SHA-256, of the timestamp and the body.
package struct SendGridSignature: Sendable {
    /// What stands before the point in the DER form of every public key on P-256 (RFC 5480, section 2): that it is an
    /// elliptic curve's, and which one. Read byte by byte, so that one text only stands for a key.
    private static let header: [UInt8] = [
        0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06, 0x08, 0x2A, 0x86,
        0x48,
        0xCE, 0x3D, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
    ]

    private let key: P256.Signing.PublicKey

    /// Verifies with a public key: base 64 of its DER form (SPKI); nil where it is none.
    package init?(publicKey text: String) {
        guard let bytes = Base64.decode(text), bytes.starts(with: Self.header),
            let key = try? P256.Signing.PublicKey(
                x963Representation: Array(bytes.dropFirst(Self.header.count)))
        else { return nil }
        self.key = key
    }

    /// Whether a signature, base 64 of its DER form, is that of a timestamp followed by a body.
    package func verifies(_ signature: String, timestamp: String, body: [UInt8]) -> Bool {
        guard let bytes = Base64.decode(signature),
            let signature = try? P256.Signing.ECDSASignature(derRepresentation: bytes)
        else { return false }
        return key.isValidSignature(signature, for: Array(timestamp.utf8) + body)
    }
}
