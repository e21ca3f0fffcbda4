import HTTPHandling
import HTTPTypes
import ScheduleStore
import Synchronization

/// Finds out who makes a request, by the bearer token it brings (RFC 6750).
final class Authenticator: Sendable {
    private let store: any ServiceStore
    private let isRequired: Bool
    private let unixSeconds: @Sendable () -> Int64
    private let tokens = Expiring<TokenRecord>()
    private let lastUse = Mutex<[Int64: Int64]>([:])

    /// Knows the tokens of a store.
    ///
    /// - Parameter isRequired: False lets everybody do everything.
    init(store: any ServiceStore, isRequired: Bool, unixSeconds: @escaping @Sendable () -> Int64) {
        self.store = store
        self.isRequired = isRequired
        self.unixSeconds = unixSeconds
    }

    /// Who makes the request.
    ///
    /// - Throws: 401.
    func principal(of request: ServerRequest) async throws -> Principal {
        guard isRequired else { return .everybody }
        let credentials = request.fields[values: .authorization]
        guard let value = credentials.first else {
            throw Self.unauthenticated("Send an access token: Authorization: Bearer.", error: nil)
        }
        guard credentials.count == 1, let secret = Self.bearer(value) else {
            throw Self.unauthenticated(
                "Expected one Authorization field of the form “Bearer TOKEN”.", error: nil)
        }
        let hash = secret.hash
        let now = unixSeconds()
        let token = try await tokens.value(Base64URL.encode(hash), now: now) {
            try await store.token(hash: hash)
        }
        guard let token, TokenSecret.areEqual(token.draft.hash, hash) else {
            throw Self.unauthenticated("The access token is not known.", error: "invalid_token")
        }
        lastUse.withLock { $0[token.id] = now }
        return Principal(
            organizationID: token.draft.organizationID, name: "\(token.draft.name) (token \(token.id))",
            scopes: token.draft.scopes)
    }

    /// Forgets a token that was deleted.
    func forget(tokenID: Int64) { tokens.forget { $0.id == tokenID } }

    /// Forgets the tokens of an organisation that was deleted.
    func forget(organizationID: String) { tokens.forget { $0.draft.organizationID == organizationID } }

    /// Stores when tokens were last used.
    func saveLastUse() async throws {
        let uses = lastUse.withLock { uses in
            defer { uses = [:] }
            return uses
        }
        guard !uses.isEmpty else { return }
        try await store.noteTokenUse(uses.mapValues { Timestamp.column(unixSeconds: $0) })
    }

    /// The token of a field of the form `Bearer b64token`, the scheme in any case.
    private static func bearer(_ value: String) -> TokenSecret? {
        let parts = value.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        let text = parts[1].drop { $0 == " " }
        guard (1...512).contains(text.utf8.count), !text.utf8.contains(UInt8(ascii: " ")) else { return nil }
        return TokenSecret(text: String(text))
    }

    private static func unauthenticated(_ detail: String, error: String?) -> HTTPProblem {
        let challenge = #"Bearer realm="email-scheduler""# + (error.map { #", error="\#($0)""# } ?? "")
        return .api(.unauthenticated, detail: detail, fields: [.wwwAuthenticate: challenge])
    }
}
