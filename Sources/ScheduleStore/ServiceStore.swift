/// What the service itself stores: organisations and access tokens. The rules of `OrganizationStore` hold.
public protocol ServiceStore: AnswerStore {
    // MARK: Organisations

    /// Adds an organisation.
    ///
    /// - Throws: `conflict` with field `id` where it exists; `constraint` for a malformed id.
    func createOrganization(_ organization: OrganizationRecord) async throws
    /// An organisation, nil where there is none.
    func organization(id: String) async throws -> OrganizationRecord?
    /// Organisations in order of id, behind a cursor.
    func organizations(after: String?, limit: Int) async throws -> Page<OrganizationRecord, String>
    /// Changes name, time zone or whether its daily runs are paused; nil leaves as it is.
    ///
    /// - Throws: `notFound`.
    func updateOrganization(
        id: String, name: String?, timeZone: String?, isPaused: Bool?
    ) async throws -> OrganizationRecord
    /// Removes an organisation and its tokens; its own store is `OrganizationStores`' to remove.
    ///
    /// - Throws: `notFound`.
    func deleteOrganization(id: String) async throws

    // MARK: Tokens

    /// Adds a token and returns it with its id.
    ///
    /// - Throws: `conflict` with field `hash`; `constraint` where its organisation does not exist.
    func insertToken(_ draft: TokenDraft) async throws -> TokenRecord
    /// Tokens in order of id, behind a cursor; with an organisation only its own.
    func tokens(organizationID: String?, after: Int64?, limit: Int) async throws -> Page<TokenRecord, Int64>
    /// The token with a SHA-256 hash, nil where there is none.
    func token(hash: [UInt8]) async throws -> TokenRecord?
    /// Removes a token.
    ///
    /// - Throws: `notFound`.
    func deleteToken(id: Int64) async throws
    /// Notes when tokens were last used, many at once.
    func noteTokenUse(_ lastUse: [Int64: String]) async throws

    /// Releases the store. Verbs after it throw `closed`.
    func close() async throws
}
