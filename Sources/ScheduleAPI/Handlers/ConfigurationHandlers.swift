import HTTPHandling
import HTTPTypes
import ScheduleConfig
import ScheduleJobs
import ScheduleStore
import SchedulingCore

/// The configuration of an organisation and its history.
enum ConfigurationHandlers {
    /// `GET /v1/orgs/{org}/config`: the keys of the YAML file as JSON; the version is the entity tag.
    static func get(_ request: OrganizationRequest) async throws -> ServerResponse {
        try request.query.finish()
        let effective = try await request.base.services.configurations.effective(request.organization)
        return answer(effective.settings.tree.json, version: effective.version, run: nil, request)
    }

    /// `PUT /v1/orgs/{org}/config`: gives the organisation a configuration of its own, and plans everybody anew where
    /// there is a plan.
    static func replace(_ request: OrganizationRequest) async throws -> ServerResponse {
        try request.query.finish()
        let settings = try await body(request).settings
        return try await store(settings, AuditEvent("config", "updated"), request)
    }

    /// `GET /v1/orgs/{org}/config/versions`: newest first.
    static func versions(_ request: OrganizationRequest) async throws -> ServerResponse {
        var query = request.query
        let limit = query.limit()
        let cursor = query.integerCursor(of: .configVersions)
        try query.finish()
        let effective = try await request.base.services.configurations.effective(request.organization)
        let page = try await request.store().configurations(before: cursor, limit: limit)
        return .page(page, of: .configVersions) { record, writer in
            record.write(isEffective: record.version == effective.version, to: &writer)
        }
    }

    /// `GET /v1/orgs/{org}/config/versions/{version}`
    static func version(_ request: OrganizationRequest) async throws -> ServerResponse {
        try request.query.finish()
        let effective = try await request.base.services.configurations.effective(request.organization)
        let record = try await stored(request)
        return .json { writer in
            record.write(isEffective: record.version == effective.version, to: &writer)
            writer.member("config", json: record.data)
        }
    }

    /// `POST /v1/orgs/{org}/config/versions/{version}/restore`: makes an old configuration the organisation's own, as a
    /// new version.
    static func restore(_ request: OrganizationRequest) async throws -> ServerResponse {
        try request.query.finish()
        let services = request.base.services
        let record = try await stored(request)
        do {
            var settings = try services.configurations.settings(of: record)
            settings.durability = services.configurations.service.durability
            settings.backupRetentionDays = services.configurations.service.backupRetentionDays
            let event = AuditEvent(
                "config", "restored",
                details: AuditEvent.details { $0.member("restored_version", record.version) })
            return try await store(settings, event, request)
        } catch let error as SettingsError {
            throw ConfigurationBody.problem(error)
        }
    }

    /// `POST /v1/orgs/{org}/config/preview`: what a full run with a configuration would change; nothing is stored.
    static func preview(_ request: OrganizationRequest) async throws -> ServerResponse {
        var query = request.query
        let date = query.runDate()
        try query.finish()
        let settings = try await body(request).settings
        let store = try await request.store()
        let environment = try request.base.services.configurations.environment(of: settings, version: nil)
        let plan = try await store.latestFullRun()
        let today = try date ?? request.planningDate(plan)
        do {
            let preview = try await request.base.environment.previewer.preview(
                organizationID: request.organization.id, store: store, environment: environment, today: today)
            return .json(.ok, capacity: 16_384, preview.write)
        } catch let refusal as ConfigurationPreviewer.Refusal {
            switch refusal {
            case .underWay:
                throw HTTPProblem.api(
                    .conflict, detail: "A preview of this organisation is being made.",
                    fields: [.retryAfter: "5"])
            case .busy:
                throw HTTPProblem.api(
                    .unavailable, detail: "As many previews as are allowed are being made.",
                    fields: [.retryAfter: "5"])
            }
        }
    }

    /// The configuration in a request's body.
    static func body(_ request: OrganizationRequest) async throws -> ConfigurationBody {
        let services = request.base.services
        _ = try MediaType.ofBody(request.base.request, accepted: [.json], standard: .json)
        let bytes = try await request.base.request.body.collect(upTo: services.jsonBodyBytes)
        return try ConfigurationBody(
            bytes, of: request.organization, service: services.configurations.service)
    }

    private static func stored(_ request: OrganizationRequest) async throws -> ConfigurationRecord {
        guard let version = request.parameters["version"].flatMap(PathParameters.positiveInteger),
            let record = try await request.store().configuration(version: version)
        else { throw HTTPProblem.notFound("There is no such version of the configuration.") }
        return record
    }

    /// Stores a configuration, then gives the organisation's record its time zone. Sent again after a crash in between,
    /// the request does what is left.
    private static func store(
        _ settings: Settings, _ event: AuditEvent, _ request: OrganizationRequest
    ) async throws -> ServerResponse {
        // What held until now is in the history too.
        _ = try await request.base.services.configurations.effective(request.organization)
        let data = settings.tree.json
        let draft = ConfigurationDraft(
            source: .organization, data: data, createdBy: request.base.principal.name,
            replacing: EntityTag.versions(ifMatch: request.base.request))
        do {
            let response = try await request.change { store in
                try await store.storeConfiguration(draft, now: request.base.now)
            } audit: { change in
                guard change.isNew else { return nil }
                var event = event
                event.id = "\(change.record.version)"
                return event
            } answerWithRuns: { change, runs in
                answer(data, version: change.record.version, run: runs.first, request)
            }
            if settings.timeZone != request.organization.timeZone {
                let services = request.base.services
                _ = try await services.service.updateOrganization(
                    id: request.organization.id, name: nil, timeZone: settings.timeZone, isPaused: nil,
                    audit: request.base.audit(
                        AuditEvent(
                            "organization", "updated", id: request.organization.id,
                            details: AuditEvent.details { $0.member("fields", texts: ["time_zone"]) })),
                    now: request.base.now)
                request.base.environment.forgetOrganization(id: request.organization.id)
            }
            return response
        } catch let error as StoreError where error.code == .wrongState {
            throw HTTPProblem.api(
                .preconditionFailed, detail: "Another version is effective than If-Match expects.")
        }
    }

    private static func answer(
        _ json: String, version: Int64, run: RunRecord?, _ request: OrganizationRequest
    ) -> ServerResponse {
        var fields: HTTPFields = [
            .contentType: MediaType.json.contentType, .eTag: EntityTag.text(version),
        ]
        if let run {
            fields[.link] = "<\(request.path("scheduler-runs/\(run.id)"))>; rel=\"monitor\""
        }
        return ServerResponse(status: .ok, fields: fields, body: .bytes(Array(json.utf8)))
    }
}

extension HTTPField.Name {
    /// Links to other resources (RFC 8288).
    fileprivate static let link: HTTPField.Name = HTTPField.Name("Link") ?? .via
}

extension ConfigurationRecord {
    /// Writes what is known of a version, without its content.
    fileprivate func write(isEffective: Bool, to writer: inout JSONWriter) {
        writer.member("version", version)
        writer.member("source", source.rawValue)
        writer.member("created_at", instant: createdAt)
        writer.member("created_by", createdBy)
        writer.member("effective", isEffective)
    }
}
