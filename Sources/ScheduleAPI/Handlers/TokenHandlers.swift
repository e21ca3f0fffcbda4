import HTTPHandling
import HTTPTypes
import ScheduleStore

/// Access tokens of an organisation.
enum TokenHandlers {
    /// `POST /v1/orgs/{org}/tokens`: the answer is the only place where the secret is shown.
    static func create(_ request: OrganizationRequest) async throws -> ServerResponse {
        try request.query.finish()
        var fields = try await request.base.jsonObject()
        let name = fields.string("name", required: true, maximumBytes: 200)
        if name?.isEmpty == true { fields.refuse("name", "invalid_value", "The name is empty.") }
        let scopes: [TokenRecord.Scope]? = fields.words("scopes", required: true)
        if scopes?.isEmpty == true, fields.isEmptyArray("scopes") {
            fields.refuse("scopes", "invalid_value", "A token needs at least one scope.")
        }
        try fields.finish()
        let services = request.base.services
        let secret = TokenSecret(randomBytes: services.randomBytes(TokenSecret.randomByteCount))
        let token = try await services.service.insertToken(
            TokenDraft(
                organizationID: request.organization.id, name: name ?? "", scopes: Set(scopes ?? []),
                hash: secret.hash, createdAt: request.base.now),
            audit: request.base.audit(
                AuditEvent(
                    "token", "created",
                    details: AuditEvent.details { writer in
                        writer.member("name", name)
                        writer.member("scopes", texts: (scopes ?? []).map(\.rawValue).sorted())
                    })))
        return .json(.created, fields: [.cacheControl: "no-store"]) { writer in
            token.write(to: &writer)
            writer.member("token", secret.text)
        }
    }

    /// `GET /v1/orgs/{org}/tokens`
    static func list(_ request: OrganizationRequest) async throws -> ServerResponse {
        var query = request.query
        let limit = query.limit()
        let cursor = query.integerCursor(of: .tokens)
        try query.finish()
        let page = try await request.base.services.service.tokens(
            organizationID: request.organization.id, after: cursor, limit: limit)
        return .page(page, of: .tokens) { $0.write(to: &$1) }
    }

    /// `DELETE /v1/orgs/{org}/tokens/{id}`
    static func delete(_ request: OrganizationRequest) async throws -> ServerResponse {
        try request.query.finish()
        let id = try request.parameters.id()
        let service = request.base.services.service
        let found = try await service.tokens(
            organizationID: request.organization.id, after: id - 1, limit: 1)
        guard found.items.first?.id == id else {
            throw HTTPProblem.notFound("The organisation has no such token.")
        }
        try await service.deleteToken(
            id: id, audit: request.base.audit(AuditEvent("token", "deleted", id: "\(id)")),
            now: request.base.now)
        request.base.environment.authenticator.forget(tokenID: id)
        return .noContent
    }
}
