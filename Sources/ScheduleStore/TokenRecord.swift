/// A stored access token. The secret itself is never stored.
public struct TokenRecord: Hashable, Sendable {
    /// What a token allows.
    public enum Scope: String, CaseIterable, Sendable {
        /// Everything, organisations and tokens included.
        case admin
        /// Reading.
        case read
        /// Changing contacts, campaigns, configuration, and starting runs.
        case write
        /// Claiming due emails and reporting their status.
        case send
        /// Managing the keys of webhooks.
        case webhook
    }

    /// Row id.
    public var id: Int64
    /// What was stored.
    public var draft: TokenDraft
    /// When it was last used, as far as noted.
    public var lastUsedAt: String?

    /// A stored token.
    public init(id: Int64, draft: TokenDraft, lastUsedAt: String? = nil) {
        self.id = id
        self.draft = draft
        self.lastUsedAt = lastUsedAt
    }
}

/// An access token to store.
public struct TokenDraft: Hashable, Sendable {
    /// The organisation it opens; nil for all.
    public var organizationID: String?
    /// Name for people.
    public var name: String
    /// What it allows.
    public var scopes: Set<TokenRecord.Scope>
    /// SHA-256 hash of the secret: 32 bytes, unique.
    public var hash: [UInt8]
    /// When it was made.
    public var createdAt: String

    /// A token to store.
    public init(
        organizationID: String?, name: String, scopes: Set<TokenRecord.Scope>, hash: [UInt8],
        createdAt: String
    ) {
        self.organizationID = organizationID
        self.name = name
        self.scopes = scopes
        self.hash = hash
        self.createdAt = createdAt
    }
}
