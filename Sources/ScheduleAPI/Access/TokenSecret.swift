import Crypto

/// The secret of an access token: what a client sends, and the hash of it that is stored.
public struct TokenSecret: Sendable {
    /// Random bytes in a secret.
    public static let randomByteCount = 32

    /// What the client sends behind `Bearer`.
    public let text: String

    /// A new secret.
    ///
    /// - Parameter randomBytes: `randomByteCount` bytes that nobody can guess.
    public init(randomBytes: [UInt8]) { text = "es_" + Base64URL.encode(randomBytes) }

    /// A secret that a client has sent.
    init(text: String) { self.text = text }

    /// Its SHA-256 hash: 32 bytes.
    public var hash: [UInt8] { Array(SHA256.hash(data: Array(text.utf8))) }

    /// Whether two hashes are the same, in a time that does not depend on where they differ.
    static func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        var difference: UInt8 = 0
        for index in left.indices { difference |= left[index] ^ right[index] }
        return difference == 0
    }
}
