import HTTPHandling
import HTTPTypes
import ScheduleStore

/// The do-not-contact list.
enum SuppressionHandlers {
    /// `POST /v1/orgs/{org}/suppressions`
    static func create(_ request: OrganizationRequest) async throws -> ServerResponse {
        try request.query.finish()
        var fields = try await request.base.jsonObject()
        let contactID = fields.positiveInteger("contact_id", required: true)
        let channel: SuppressionRecord.Channel? = fields.word("channel")
        let reason = fields.trimmed("reason")
        let source = fields.trimmed("source")
        try fields.finish()
        var draft = SuppressionDraft(contactID: contactID ?? 0, channel: channel ?? .all)
        draft.reason = reason
        draft.source = source
        let suppression = draft
        return try await request.change { store in
            try await store.insertSuppression(suppression, now: request.base.now)
        } audit: { change in
            AuditEvent(
                "suppression", "created", id: "\(change.record.id)",
                details: AuditEvent.details { writer in
                    writer.member("contact_id", change.record.contactID)
                    writer.member("channel", change.record.channel)
                })
        } answer: { change in
            let location = request.path("suppressions/\(change.record.id)")
            return .json(.created, fields: [.location: location], change.record.write)
        }
    }

    /// `GET /v1/orgs/{org}/suppressions`
    static func list(_ request: OrganizationRequest) async throws -> ServerResponse {
        var query = request.query
        let contactID = query.positiveInteger(.contactID)
        let limit = query.limit()
        let cursor = query.integerCursor(of: .suppressions)
        try query.finish()
        let page = try await request.store().suppressions(contactID: contactID, after: cursor, limit: limit)
        return .page(page, of: .suppressions) { $0.write(to: &$1) }
    }

    /// `DELETE /v1/orgs/{org}/suppressions/{id}`
    static func delete(_ request: OrganizationRequest) async throws -> ServerResponse {
        try request.query.finish()
        let id = try request.parameters.id()
        return try await request.change {
            try await $0.deleteSuppression(id: id)
        } audit: { touched in
            AuditEvent(
                "suppression", "deleted", id: "\(id)",
                details: AuditEvent.details { $0.member("contact_id", touched.contactIDs.first) })
        } answer: { _ in
            .noContent
        }
    }
}
