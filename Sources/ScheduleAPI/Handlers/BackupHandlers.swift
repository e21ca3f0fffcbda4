import HTTPHandling
import HTTPTypes
import ScheduleStore

/// Backups of an organisation.
enum BackupHandlers {
    /// `POST /v1/orgs/{org}/backups`: answered when the backup is made and verified.
    static func create(_ request: OrganizationRequest) async throws -> ServerResponse {
        try request.query.finish()
        // Opening the store makes its file where it is missing: there is something to back up then.
        let store = try await request.store()
        let backup = try await request.base.services.backups.backUp(
            organizationID: request.organization.id, now: request.base.now)
        try await store.recordAudit(
            request.base.audit(AuditEvent("backup", "created", id: backup.name)), now: request.base.now)
        return .json(.created, backup.write)
    }

    /// `GET /v1/orgs/{org}/backups`: newest first.
    static func list(_ request: OrganizationRequest) async throws -> ServerResponse {
        var query = request.query
        let limit = query.limit()
        let cursor = query.cursor(of: .backups)
        try query.finish()
        let page = try await request.base.services.backups.backups(
            organizationID: request.organization.id, since: request.organization.createdAt, before: cursor,
            limit: limit)
        return .page(page, of: .backups) { $0.write(to: &$1) }
    }
}
