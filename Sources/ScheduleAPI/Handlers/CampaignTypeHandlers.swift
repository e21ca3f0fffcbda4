import HTTPHandling
import HTTPTypes
import ScheduleConfig
import ScheduleStore
import SchedulingCore

/// Campaign types: those of the configuration, and the stored ones, which replace them by name.
enum CampaignTypeHandlers {
    /// `GET /v1/orgs/{org}/campaign-types`: in order of name.
    static func list(_ request: OrganizationRequest) async throws -> ServerResponse {
        var query = request.query
        let limit = query.limit()
        let cursor = query.cursor(of: .campaignTypes)
        try query.finish()
        let types = try await all(request).values.sorted { $0.name < $1.name }
        let rest = cursor.map { cursor in types.filter { $0.name > cursor } } ?? types
        return .page(Page(reading: rest, limit: limit, cursor: \.name), of: .campaignTypes) {
            $0.write(to: &$1)
        }
    }

    /// `GET /v1/orgs/{org}/campaign-types/{name}`
    static func get(_ request: OrganizationRequest) async throws -> ServerResponse {
        try request.query.finish()
        guard let type = try await all(request)[request.parameters["name"] ?? ""] else { throw notFound }
        return .json(type.write)
    }

    /// `PUT /v1/orgs/{org}/campaign-types/{name}`: 201 where neither store nor configuration had the type.
    static func replace(_ request: OrganizationRequest) async throws -> ServerResponse {
        try request.query.finish()
        var fields = try await request.base.jsonObject()
        let type = try CampaignType(named: request.parameters["name"] ?? "", &fields)
        let isConfigured = try await request.settings().policy.campaignTypes[type.name] != nil
        return try await request.change {
            try await $0.putCampaignType(type)
        } audit: { change in
            AuditEvent("campaign_type", change.isNew ? "created" : "updated", id: type.name)
        } answer: { change in
            guard change.isNew, !isConfigured else { return .json(change.record.write) }
            let location = request.path("campaign-types/\(type.name)")
            return .json(.created, fields: [.location: location], change.record.write)
        }
    }

    /// `DELETE /v1/orgs/{org}/campaign-types/{name}`: a stored type without instances. One of the configuration
    /// that it replaced holds again.
    static func delete(_ request: OrganizationRequest) async throws -> ServerResponse {
        try request.query.finish()
        let name = request.parameters["name"] ?? ""
        do {
            return try await request.change {
                try await $0.deleteCampaignType(name: name)
            } audit: { _ in
                AuditEvent("campaign_type", "deleted", id: name)
            } answer: { _ in
                .noContent
            }
        } catch let error as StoreError where error.code == .wrongState {
            throw HTTPProblem.api(.conflict, detail: "There are instances of the type.")
        } catch let error as StoreError where error.code == .notFound {
            guard try await request.settings().policy.campaignTypes[name] != nil else { throw notFound }
            throw HTTPProblem.api(
                .conflict, detail: "The type is the configuration's; store it with active false to end it.")
        }
    }

    /// Every type by name.
    static func all(_ request: OrganizationRequest) async throws -> [String: CampaignType] {
        var types = try await request.settings().policy.campaignTypes
        for type in try await request.store().campaignTypes() { types[type.name] = type }
        return types
    }

    private static var notFound: HTTPProblem { .notFound("There is no such campaign type.") }
}
