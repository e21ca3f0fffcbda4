/// The backups of all organisations.
///
/// 1. A backup holds one state of the store, however much is written meanwhile; writers do not wait for it.
/// 2. It gets its name when its content has been verified and is on the disk: whatever is listed is whole.
/// 3. Backups of one organisation are made one after the other.
/// 4. With each backup of an organisation goes one of the service's own store, so that its organisations and
///    tokens can be had back too.
public protocol BackupStore: Sendable {
    /// Makes a backup of an organisation's store, then removes backups whose time is over.
    ///
    /// - Throws: `StoreError`; `corrupt` where the store is damaged, `full` where no space is left.
    func backUp(organizationID: String, now: String) async throws -> BackupRecord
    /// The backups of an organisation, newest first, behind a cursor, which is a name.
    ///
    /// - Parameter since: Earlier ones are another organisation's that had the same id, and left out.
    func backups(
        organizationID: String, since: String, before: String?, limit: Int
    ) async throws -> Page<BackupRecord, String>
    /// Removes backups that are older than the service keeps them, except the newest one of each organisation that
    /// exists. Files that are no backups of the service's own making stay.
    ///
    /// - Returns: The names of those removed.
    @discardableResult
    func removeExpired(now: String) async throws -> [String]
}
