/// The answer to a request that may come again, under its idempotency key. The store does not know what is in it.
public struct KeptAnswer: Hashable, Sendable {
    /// Names the request: who makes it, of what, and its key. Tells none of these.
    public var id: [UInt8]
    /// A digest of the whole request.
    public var fingerprint: [UInt8]
    /// The answer, sealed.
    public var content: [UInt8]
    /// When it was given, as text for columns.
    public var createdAt: String
    /// The last moment at which it is found.
    public var expiresAt: String

    /// An answer.
    public init(
        id: [UInt8], fingerprint: [UInt8], content: [UInt8], createdAt: String, expiresAt: String
    ) {
        self.id = id
        self.fingerprint = fingerprint
        self.content = content
        self.createdAt = createdAt
        self.expiresAt = expiresAt
    }
}

/// Keeps answers for clients that ask again.
public protocol AnswerStore: Sendable {
    /// The answer of a request, nil where there is none or it has expired.
    func keptAnswer(id: [UInt8], now: String) async throws -> KeptAnswer?
    /// Keeps an answer, in place of an older one of the same request, and forgets those that have expired.
    func keepAnswer(_ answer: KeptAnswer) async throws
}
