/// The audit log of an organisation. The rules of `OrganizationStore` hold.
///
/// Entries of changes are stored by `ChangeCompanion`, in the transaction of the change; those of runs by the verbs
/// that begin and end runs.
public protocol AuditStore: Sendable {
    /// Stores an entry of something that is no change of this store.
    func recordAudit(_ draft: AuditDraft, now: String) async throws
    /// Entries that meet a filter, newest first, behind a cursor.
    func auditRecords(
        _ filter: AuditFilter, before: Int64?, limit: Int
    ) async throws -> Page<AuditRecord, Int64>
    /// The contacts that the last run over each could not plan, in order of id, behind a cursor.
    func invalidContacts(after: Int64?, limit: Int) async throws -> Page<InvalidContact, Int64>
}
