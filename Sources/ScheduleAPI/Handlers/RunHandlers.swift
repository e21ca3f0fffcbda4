import HTTPHandling
import HTTPTypes
import ScheduleJobs
import ScheduleStore
import SchedulingCore

/// Runs of the scheduler.
enum RunHandlers {
    /// The years that a run or an explanation can be asked for.
    static let years = 1900...2999

    /// `POST /v1/orgs/{org}/scheduler-runs`
    static func create(_ request: OrganizationRequest) async throws -> ServerResponse {
        try request.query.finish()
        var fields = try await request.base.jsonObject()
        let kind: RunRecord.Kind? = fields.word("kind", required: true)
        var run = RunRequest(kind: kind ?? .full, today: try fields.date("today") ?? request.today())
        if !years.contains(run.today.year) {
            fields.refuse(
                "today", "invalid_date", "Expected a year from \(years.lowerBound) to \(years.upperBound).")
        }
        run.isDryRun = fields.flag("dry_run")
        run.replans = fields.flag("replan")
        run.contactIDs = fields.positiveIntegers("contact_ids")
        run.campaignInstanceID = fields.positiveInteger("campaign_instance_id")
        if let kind { check(&fields, run, kind) }
        if kind == .campaign, let id = run.campaignInstanceID,
            try await request.store().campaignInstance(id: id) == nil
        {
            fields.refuse("campaign_instance_id", "unknown_record", "There is no such campaign instance.")
        }
        try fields.finish()
        let wanted = run
        let response = try await request.change { store in
            try await store.createRun(wanted, now: request.base.now)
        } audit: { queued in
            AuditEvent(
                "run", "requested", id: "\(queued.run.id)",
                details: AuditEvent.details { writer in
                    writer.member("kind", wanted.kind.rawValue)
                    writer.member("today", wanted.today.description)
                    writer.member("joined", !queued.isNew)
                })
        } answer: { queued in
            .json(
                .accepted, fields: [.location: request.path("scheduler-runs/\(queued.run.id)")],
                queued.run.write)
        }
        request.base.services.workers.wake(request.organization.id)
        return response
    }

    /// Notes what a kind of run needs and is not given, and what it is given and does not take.
    private static func check(_ fields: inout JSONObjectReader, _ run: RunRequest, _ kind: RunRecord.Kind) {
        let selector: [RunRecord.Kind: String] = [
            .contacts: "contact_ids", .campaign: "campaign_instance_id",
        ]
        for (owner, name) in selector.sorted(by: { $0.value < $1.value }) {
            if kind != owner, fields.has(name) {
                fields.refuse(name, "not_applicable", "A run of kind \(kind.rawValue) does not take it.")
            } else if kind == owner, !fields.has(name) {
                fields.refuse(name, "required", "A run of kind \(kind.rawValue) needs it.")
            }
        }
        if kind == .contacts, run.contactIDs?.isEmpty ?? false, fields.has("contact_ids") {
            fields.refuse("contact_ids", "invalid_value", "Expected at least one id.")
        }
    }

    /// `GET /v1/orgs/{org}/scheduler-runs`: newest first.
    static func list(_ request: OrganizationRequest) async throws -> ServerResponse {
        var query = request.query
        let limit = query.limit()
        let cursor = query.integerCursor(of: .runs)
        try query.finish()
        let page = try await request.store().runs(before: cursor, limit: limit)
        return .page(page, of: .runs) { $0.write(to: &$1) }
    }

    /// `GET /v1/orgs/{org}/scheduler-runs/{id}`
    static func get(_ request: OrganizationRequest) async throws -> ServerResponse {
        try request.query.finish()
        guard let run = try await request.store().run(id: try request.parameters.id()) else {
            throw HTTPProblem.notFound("There is no such run.")
        }
        return .json(run.write)
    }

    /// `POST /v1/orgs/{org}/scheduler-runs/{id}/cancel`: 202 where it stops after its batch, 200 where nothing
    /// more happens to it.
    static func cancel(_ request: OrganizationRequest) async throws -> ServerResponse {
        try request.query.finish()
        let id = try request.parameters.id()
        do {
            let response = try await request.change { store in
                try await store.requestRunCancel(id: id, now: request.base.now)
            } audit: { run in
                run.isCancelRequested ? AuditEvent("run", "cancel_requested", id: "\(id)") : nil
            } answer: { run in
                .json(run.state.isFinal ? .ok : .accepted, run.write)
            }
            request.base.services.workers.events.tell(
                .stateChanged, organizationID: request.organization.id, runID: id)
            return response
        } catch let error as StoreError where error.code == .notFound {
            throw HTTPProblem.notFound("There is no such run.")
        }
    }

    /// `GET /v1/orgs/{org}/scheduler-runs/{id}/events`: server-sent events until the run has ended; 204 to a client
    /// that comes back though it has seen the end.
    static func events(_ request: OrganizationRequest) async throws -> ServerResponse {
        try request.query.finish()
        let store = try await request.store()
        guard let run = try await store.run(id: try request.parameters.id()) else {
            throw HTTPProblem.notFound("There is no such run.")
        }
        if run.state.isFinal, request.base.request.fields[.lastEventID] == RunEventStream.lastID {
            return .noContent
        }
        let services = request.base.services
        let stream = RunEventStream(
            store: store, run: run, organizationID: request.organization.id, events: services.workers.events,
            heartbeat: services.eventHeartbeat)
        // Proxies shall neither keep nor collect it.
        return ServerResponse(
            status: .ok,
            fields: [.contentType: "text/event-stream", .cacheControl: "no-store", .accelBuffering: "no"],
            body: .stream { try await stream.write(to: $0) })
    }
}

extension HTTPField.Name {
    /// The last event that a client has seen (HTML, 9.2.4).
    fileprivate static let lastEventID: HTTPField.Name = HTTPField.Name("Last-Event-ID") ?? .via
    /// Tells nginx whether to collect an answer before it passes it on.
    fileprivate static let accelBuffering: HTTPField.Name = HTTPField.Name("X-Accel-Buffering") ?? .via
}

extension QueryReader {
    /// The date that a run shall decide for, where the query gives one: of the years that runs take.
    mutating func runDate() -> CivilDate? {
        let date = date(.today)
        if let date, !RunHandlers.years.contains(date.year) {
            let years = RunHandlers.years
            refuse(
                .today, "invalid_date", "Expected a year from \(years.lowerBound) to \(years.upperBound).")
        }
        return date
    }
}
