import HTTPHandling
import HTTPTypes
import ScheduleStore

/// Campaign targets: contacts enrolled in campaign instances.
enum TargetHandlers {
    /// `POST /v1/orgs/{org}/contact-campaigns`: one target as a JSON object, or many as an array, NDJSON or CSV.
    static func create(_ request: OrganizationRequest) async throws -> ServerResponse {
        try request.query.finish()
        let type = try MediaType.ofBody(
            request.base.request, accepted: [.json, .ndjson, .csv], standard: .json)
        guard type == .json else {
            return try await addMany(request) {
                try await $0.take(request.base.request.body, isCSV: type == .csv)
            }
        }
        let bytes = try await request.base.request.body.collect(upTo: request.base.services.jsonBodyBytes)
        let document = try JSONObjectReader.document(bytes)
        guard case .array(let elements) = document.root else { return try await add(document, request) }
        let repeating = Set(document.duplicates.compactMap { $0.description.split(separator: "/").first })
        let rows = elements.enumerated().map { index, element -> TargetRows.Row in
            guard case .object(let members) = element, !repeating.contains("\(index)") else {
                return .malformed(element.kind)
            }
            return .members(members)
        }
        return try await addMany(request) { try await $0.take(rows) }
    }

    private static func addMany(
        _ request: OrganizationRequest, _ take: (inout TargetIntake) async throws -> Void
    ) async throws -> ServerResponse {
        try await request.change { store -> TargetIntake in
            var intake = TargetIntake(store: store)
            try await take(&intake)
            return intake
        } verbAudit: { outcome in
            (outcome as? TargetBatchOutcome).flatMap { batch in
                guard batch.created + batch.updated > 0 else { return nil }
                return AuditEvent("campaign_target", "imported", details: batch.auditDetails)
            }
        } answer: { intake, _ in
            .json(intake.write)
        }
    }

    private static func add(
        _ document: JSONParser.Document, _ request: OrganizationRequest
    ) async throws -> ServerResponse {
        var fields = try JSONObjectReader(document)
        let draft = try TargetDraft(&fields)
        return try await request.change { store in
            try await naming { try await store.insertTarget(draft) }
        } audit: { change in
            AuditEvent("campaign_target", change, id: "\(change.record.id)")
        } answer: { change in
            let location = request.path("contact-campaigns/\(change.record.id)")
            return .json(.created, fields: [.location: location], change.record.write)
        }
    }

    /// `GET /v1/orgs/{org}/contact-campaigns`
    static func list(_ request: OrganizationRequest) async throws -> ServerResponse {
        var query = request.query
        var filter = TargetFilter()
        filter.contactID = query.positiveInteger(.contactID)
        filter.campaignInstanceID = query.positiveInteger(.campaignInstanceID)
        filter.status = query.text(.status)
        let limit = query.limit()
        let cursor = query.integerCursor(of: .targets)
        try query.finish()
        let page = try await request.store().targets(filter, after: cursor, limit: limit)
        return .page(page, of: .targets) { $0.write(to: &$1) }
    }

    /// `GET /v1/orgs/{org}/contact-campaigns/{id}`
    static func get(_ request: OrganizationRequest) async throws -> ServerResponse {
        try request.query.finish()
        return .json(try await target(request, request.store()).write)
    }

    /// `PATCH /v1/orgs/{org}/contact-campaigns/{id}`
    static func update(_ request: OrganizationRequest) async throws -> ServerResponse {
        try request.query.finish()
        let id = try await target(request, request.store()).id
        var fields = try await request.base.jsonObject()
        let body = try TargetChangeBody(&fields)
        return try await request.change { store in
            try await naming { try await store.updateTarget(id: id, body.values) }
        } audit: { change in
            AuditEvent("campaign_target", change, id: "\(id)", fields: body.values.keys.map(\.rawValue))
        } answer: { change in
            .json(change.record.write)
        }
    }

    /// `DELETE /v1/orgs/{org}/contact-campaigns/{id}`
    static func delete(_ request: OrganizationRequest) async throws -> ServerResponse {
        try request.query.finish()
        let id = try await target(request, request.store()).id
        return try await request.change { store in
            try await store.deleteTarget(id: id)
        } audit: { _ in
            AuditEvent("campaign_target", "deleted", id: "\(id)")
        } answer: { _ in
            .noContent
        }
    }

    private static func target(
        _ request: OrganizationRequest, _ store: any OrganizationStore
    ) async throws -> TargetRecord {
        guard let target = try await store.target(id: try request.parameters.id()) else {
            throw HTTPProblem.notFound("There is no such campaign target.")
        }
        return target
    }

    private static func naming<Result>(_ verb: () async throws -> Result) async throws -> Result {
        do {
            return try await verb()
        } catch let error as StoreError {
            guard case .conflict(let field) = error.code else { throw error }
            throw ProblemMapping.conflict(
                field: field, "The contact has a target with this date in the instance already.")
        }
    }
}

extension TargetBatchOutcome {
    /// The counts, for the audit log.
    var auditDetails: String {
        AuditEvent.details { writer in
            writer.member("created", created)
            writer.member("updated", updated)
            writer.member("unchanged", unchanged)
        }
    }
}
