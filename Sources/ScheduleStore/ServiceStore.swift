/// What the service itself stores: organisations and access tokens. A verb that changes something takes an entry of the
/// audit log, which is stored in its transaction. The rules of `OrganizationStore` hold.
public protocol ServiceStore: AnswerStore, HistoryStore {
    // MARK: Organisations

    /// Adds an organisation.
    ///
    /// - Throws: `conflict` with field `id` where it exists; `constraint` for a malformed id.
    func createOrganization(_ organization: OrganizationRecord, audit: AuditDraft?) async throws
    /// An organisation, nil where there is none.
    func organization(id: String) async throws -> OrganizationRecord?
    /// Organisations in order of id, behind a cursor.
    func organizations(after: String?, limit: Int) async throws -> Page<OrganizationRecord, String>
    /// Changes name, time zone or whether its daily runs are paused; nil leaves as it is.
    ///
    /// - Throws: `notFound`.
    func updateOrganization(
        id: String, name: String?, timeZone: String?, isPaused: Bool?, audit: AuditDraft?, now: String
    ) async throws -> OrganizationRecord
    /// Removes an organisation and its tokens; its own store is `OrganizationStores`' to remove.
    ///
    /// - Throws: `notFound`.
    func deleteOrganization(id: String, audit: AuditDraft?, now: String) async throws

    // MARK: Tokens

    /// Adds a token and returns it with its id.
    ///
    /// - Throws: `conflict` with field `hash`; `constraint` where its organisation does not exist.
    func insertToken(_ draft: TokenDraft, audit: AuditDraft?) async throws -> TokenRecord
    /// Tokens in order of id, behind a cursor; with an organisation only its own.
    func tokens(organizationID: String?, after: Int64?, limit: Int) async throws -> Page<TokenRecord, Int64>
    /// The token with a SHA-256 hash, nil where there is none.
    func token(hash: [UInt8]) async throws -> TokenRecord?
    /// Removes a token.
    ///
    /// - Throws: `notFound`.
    func deleteToken(id: Int64, audit: AuditDraft?, now: String) async throws
    /// Notes when tokens were last used, many at once.
    func noteTokenUse(_ lastUse: [Int64: String]) async throws

    // MARK: Audit

    /// Entries about an organisation and its tokens, newest first, behind a cursor. They outlive the organisation.
    func auditRecords(
        ofOrganization id: String, _ filter: AuditFilter, before: Int64?, limit: Int
    ) async throws -> Page<AuditRecord, Int64>

    /// Releases the store. Verbs after it throw `closed`.
    func close() async throws
}

extension ServiceStore {
    /// Adds an organisation, and tells nobody.
    public func createOrganization(_ organization: OrganizationRecord) async throws {
        try await createOrganization(organization, audit: nil)
    }

    /// Adds a token, and tells nobody.
    public func insertToken(_ draft: TokenDraft) async throws -> TokenRecord {
        try await insertToken(draft, audit: nil)
    }

    /// Changes an organisation, and tells nobody.
    public func updateOrganization(
        id: String, name: String?, timeZone: String?, isPaused: Bool?
    ) async throws -> OrganizationRecord {
        try await updateOrganization(
            id: id, name: name, timeZone: timeZone, isPaused: isPaused, audit: nil, now: "")
    }

    /// Removes an organisation and its tokens, and tells nobody.
    public func deleteOrganization(id: String) async throws {
        try await deleteOrganization(id: id, audit: nil, now: "")
    }

    /// Removes a token, and tells nobody.
    public func deleteToken(id: Int64) async throws { try await deleteToken(id: id, audit: nil, now: "") }
}
