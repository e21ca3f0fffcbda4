import HTTPHandling
import HTTPTypes
import ScheduleStore

/// Campaign instances and the log of their changes.
enum CampaignInstanceHandlers {
    /// `POST /v1/orgs/{org}/campaign-instances`
    static func create(_ request: OrganizationRequest) async throws -> ServerResponse {
        try request.query.finish()
        var fields = try await request.base.jsonObject()
        let types = try await CampaignTypeHandlers.all(request)
        let body = try CampaignInstanceBody(&fields, current: nil, types: types)
        return try await request.change { store in
            try await store.insertCampaignInstance(
                body.values.compactMapValues { $0 }, now: request.base.now)
        } audit: { change in
            AuditEvent("campaign_instance", change, id: "\(change.record.id)")
        } answer: { change in
            let location = request.path("campaign-instances/\(change.record.id)")
            return .json(.created, fields: [.location: location], change.record.write)
        }
    }

    /// `GET /v1/orgs/{org}/campaign-instances`
    static func list(_ request: OrganizationRequest) async throws -> ServerResponse {
        var query = request.query
        let type = query.text(.campaignType)
        let limit = query.limit()
        let cursor = query.integerCursor(of: .campaignInstances)
        try query.finish()
        let page = try await request.store().campaignInstances(ofType: type, after: cursor, limit: limit)
        return .page(page, of: .campaignInstances) { $0.write(to: &$1) }
    }

    /// `GET /v1/orgs/{org}/campaign-instances/{id}`
    static func get(_ request: OrganizationRequest) async throws -> ServerResponse {
        try request.query.finish()
        return .json(try await instance(request, request.store()).write)
    }

    /// `PATCH /v1/orgs/{org}/campaign-instances/{id}`: every change is logged with who made it.
    static func update(_ request: OrganizationRequest) async throws -> ServerResponse {
        try request.query.finish()
        let current = try await instance(request, request.store())
        var fields = try await request.base.jsonObject()
        let types = try await CampaignTypeHandlers.all(request)
        let body = try CampaignInstanceBody(&fields, current: current, types: types)
        return try await request.change { store in
            try await store.updateCampaignInstance(
                id: current.id, body.values, by: request.base.principal.name, now: request.base.now)
        } audit: { change in
            AuditEvent(
                "campaign_instance", change, id: "\(current.id)", fields: body.values.keys.map(\.rawValue))
        } answer: { change in
            .json(change.record.write)
        }
    }

    /// `DELETE /v1/orgs/{org}/campaign-instances/{id}`
    static func delete(_ request: OrganizationRequest) async throws -> ServerResponse {
        try request.query.finish()
        let id = try await instance(request, request.store()).id
        return try await request.change { store in
            try await store.deleteCampaignInstance(
                id: id, by: request.base.principal.name, now: request.base.now)
        } audit: { _ in
            AuditEvent("campaign_instance", "deleted", id: "\(id)")
        } answer: { _ in
            .noContent
        }
    }

    /// `GET /v1/orgs/{org}/campaign-instances/{id}/changes`: also of an instance that was removed.
    static func changes(_ request: OrganizationRequest) async throws -> ServerResponse {
        var query = request.query
        let limit = query.limit()
        let cursor = query.integerCursor(of: .campaignChanges)
        try query.finish()
        let store = try await request.store()
        let id = try request.parameters.id()
        let page = try await store.campaignChanges(ofInstance: id, after: cursor, limit: limit)
        if page.items.isEmpty { _ = try await instance(request, store) }
        return .page(page, of: .campaignChanges) { $0.write(to: &$1) }
    }

    /// `POST /v1/orgs/{org}/campaign-instances/{id}/trigger`: enrols contacts and plans them in one run, whether
    /// or not anybody has a plan yet. All of them, or none where one is not known.
    static func trigger(_ request: OrganizationRequest) async throws -> ServerResponse {
        try request.query.finish()
        let store = try await request.store()
        let id = try await instance(request, store).id
        var fields = try await request.base.jsonObject()
        let targets = try await CampaignTriggerBody(&fields).targets(ofInstance: id, in: store)
        return try await request.change { _, plan in
            var run = RunRequest(kind: .contacts, today: try request.planningDate(plan))
            run.contactIDs = Set(targets.map(\.contactID)).sorted()
            return [run]
        } _: { store in
            try await store.storeTargets(targets)
        } audit: { outcome in
            AuditEvent("campaign_instance", "triggered", id: "\(id)", details: outcome.auditDetails)
        } answerWithRuns: { _, runs in
            guard let run = runs.first else { throw HTTPProblem.api(.internalError) }
            return .json(
                .accepted, fields: [.location: request.path("scheduler-runs/\(run.id)")], run.write)
        }
    }

    /// The instance that the path names.
    ///
    /// - Throws: 404.
    static func instance(
        _ request: OrganizationRequest, _ store: any OrganizationStore
    ) async throws -> CampaignInstanceRecord {
        guard let instance = try await store.campaignInstance(id: try request.parameters.id()) else {
            throw HTTPProblem.notFound("There is no such campaign instance.")
        }
        return instance
    }
}
