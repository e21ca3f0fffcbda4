/// The stores of all organisations, each opened when it is first asked for and then kept.
public protocol OrganizationStores: Sendable {
    /// The store of an organisation, made if there is none yet. Whether the organisation exists is the
    /// service store's to say.
    ///
    /// - Throws: `StoreError`; `cannotOpen` for a malformed id.
    func store(ofOrganization id: String) async throws -> any OrganizationStore
    /// Closes an organisation's store and removes it with everything in it.
    func removeStore(ofOrganization id: String) async throws
    /// Closes every store.
    func close() async throws
}
