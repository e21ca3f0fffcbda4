import Logging
import ScheduleAPI
import ScheduleStore

/// The token with which a new service is first used: made at the first start, kept in a file that only its
/// owner can read, never logged.
struct AdminToken {
    /// The service's data directory.
    let directory: String
    /// Where its hash is stored.
    let store: any ServiceStore
    /// Told where the file is.
    let logger: Logger

    private var path: String { "\(directory)/admin-token" }

    /// Makes the token, unless there is one for all organisations with scope `admin`.
    func makeIfMissing() async throws {
        guard try await !exists() else { return }
        // The file goes first: where the process dies between the two, the next start makes both anew.
        let secret = TokenSecret(randomBytes: Composition.randomBytes(TokenSecret.randomByteCount))
        try FileBytes.writeSecret(secret.text + "\n", to: path)
        _ = try await store.insertToken(
            TokenDraft(
                organizationID: nil, name: "first admin token", scopes: [.admin], hash: secret.hash,
                createdAt: Composition.now()))
        logger.notice("The admin token is in \(path)")
    }

    private func exists() async throws -> Bool {
        var cursor: Int64?
        repeat {
            let page = try await store.tokens(organizationID: nil, after: cursor, limit: 1000)
            if page.items.contains(where: {
                $0.draft.organizationID == nil && $0.draft.scopes.contains(.admin)
            }) {
                return true
            }
            cursor = page.nextCursor
        } while cursor != nil
        return false
    }
}
