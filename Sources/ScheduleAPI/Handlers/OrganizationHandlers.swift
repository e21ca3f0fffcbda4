import HTTPHandling
import HTTPTypes
import ScheduleStore

/// Organisations.
enum OrganizationHandlers {
    /// `POST /v1/orgs`
    static func create(_ request: APIRequest) async throws -> ServerResponse {
        try request.query.finish()
        var fields = try await request.jsonObject()
        let id = fields.string("id", required: true)
        if id == "service" {
            fields.refuse("id", "reserved", "“service” names the service's own store.")
        } else if let id, !OrganizationRecord.isValidID(id) {
            fields.refuse("id", "invalid_value", "Expected 1 to 64 of a-z, 0-9, _ and -.")
        }
        let name = fields.name()
        let timeZone = fields.timeZone(request.services)
        try fields.finish()
        let organization = OrganizationRecord(
            id: id ?? "", name: name ?? id ?? "", timeZone: timeZone ?? request.services.standardTimeZone,
            createdAt: request.now)
        do {
            try await request.services.service.createOrganization(
                organization,
                audit: request.audit(AuditEvent("organization", "created", id: organization.id)))
        } catch let error as StoreError where error.code == .conflict(field: "id") {
            throw ProblemMapping.conflict(field: "id", "There is an organisation with this id.")
        }
        _ = try await request.services.organizations.store(ofOrganization: organization.id)
        return .json(
            .created, fields: [.location: "/v1/orgs/\(organization.id)"], organization.write)
    }

    /// `GET /v1/orgs`
    static func list(_ request: APIRequest) async throws -> ServerResponse {
        var query = request.query
        let limit = query.limit()
        let cursor = query.cursor(of: .organizations)
        try query.finish()
        let page = try await request.services.service.organizations(after: cursor, limit: limit)
        return .page(page, of: .organizations) { $0.write(to: &$1) }
    }

    /// `GET /v1/orgs/{org}`
    static func get(_ request: OrganizationRequest) async throws -> ServerResponse {
        try request.query.finish()
        return .json(request.organization.write)
    }

    /// `PATCH /v1/orgs/{org}`
    static func update(_ request: OrganizationRequest) async throws -> ServerResponse {
        try request.query.finish()
        var fields = try await request.base.jsonObject()
        let name = fields.name()
        let timeZone = fields.timeZone(request.base.services)
        let isPaused = fields.has("paused") ? fields.flag("paused") : nil
        try fields.finish()
        let given = ["name", "paused", "time_zone"].filter { fields.has($0) }
        let id = request.organization.id
        let organization = try await request.base.services.service.updateOrganization(
            id: id, name: name, timeZone: timeZone, isPaused: isPaused,
            audit: request.base.audit(
                AuditEvent(
                    "organization", "updated", id: id,
                    details: AuditEvent.details { $0.member("fields", texts: given) })),
            now: request.base.now)
        request.base.environment.forgetOrganization(id: id)
        return .json(organization.write)
    }

    /// `DELETE /v1/orgs/{org}`: the organisation, its tokens, and everything it has stored.
    static func delete(_ request: APIRequest) async throws -> ServerResponse {
        try request.query.finish()
        guard let id = request.parameters["org"], try await request.environment.organization(id: id) != nil
        else {
            throw HTTPProblem.notFound("There is no such organisation.")
        }
        try await request.services.service.deleteOrganization(
            id: id, audit: request.audit(AuditEvent("organization", "deleted", id: id)), now: request.now)
        request.environment.forgetOrganization(id: id)
        request.environment.authenticator.forget(organizationID: id)
        try await request.services.organizations.removeStore(ofOrganization: id)
        return .noContent
    }
}

extension JSONObjectReader {
    /// A name for people: not empty, at most 200 bytes.
    fileprivate mutating func name() -> String? {
        guard let name = string("name", maximumBytes: 200) else { return nil }
        if name.isEmpty { refuse("name", "invalid_value", "The name is empty.") }
        return name
    }

    /// A time zone that is known.
    fileprivate mutating func timeZone(_ services: APIServices) -> String? {
        guard let name = string("time_zone", maximumBytes: 100) else { return nil }
        if services.zone(name) == nil {
            refuse("time_zone", "invalid_value", "Expected an IANA time zone such as America/Chicago.")
        }
        return name
    }
}
