import HTTPHandling
import HTTPTypes
import ScheduleConfig
import ScheduleJobs
import ScheduleStore

/// What the people behind contacts can ask for.
enum PrivacyHandlers {
    /// `GET /v1/orgs/{org}/contacts/{id}/export`: everything that is stored about a contact, one that was deleted too.
    static func export(_ request: OrganizationRequest) async throws -> ServerResponse {
        try request.query.finish()
        guard let export = try await request.store().exportContact(id: try request.parameters.id()) else {
            throw HTTPProblem.notFound("Nothing is stored about such a contact.")
        }
        return .json(.ok, fields: [.cacheControl: "no-store"], capacity: 8_192) { writer in
            writer.member("contact_id", export.contactID)
            writer.member("tables") { writer in
                writer.object { writer in
                    for table in export.tables {
                        writer.member(table.name, json: "[\(table.rows.joined(separator: ","))]")
                    }
                }
            }
        }
    }

    /// `POST /v1/orgs/{org}/contacts/{id}/erase`: removes what is personal; what was sent stays as a number.
    static func erase(_ request: OrganizationRequest) async throws -> ServerResponse {
        try request.query.finish()
        let id = try request.parameters.id()
        let retention_days = request.base.services.configurations.service.backupRetentionDays
        do {
            return try await request.change { store in
                try await store.eraseContact(id: id, now: request.base.now)
            } audit: { _ in
                AuditEvent("contact", "erased", id: "\(id)")
            } answer: { erasure in
                .json { writer in
                    writer.member("contact_id", id)
                    writer.member("rows", counts: erasure.rows)
                    writer.member("backup_retention_days", retention_days)
                }
            }
        } catch let error as StoreError where error.code == .notFound {
            throw HTTPProblem.notFound("Nothing is stored about such a contact.")
        }
    }
}
