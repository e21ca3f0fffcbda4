import HTTPHandling
import HTTPTypes
import ScheduleJobs
import ScheduleStore
import Synchronization

/// Imports of contacts.
enum ImportHandlers {
    /// `POST /v1/orgs/{org}/contacts/import`: the body is stored as it arrives, and whom it concerns
    /// is planned anew.
    static func create(_ request: OrganizationRequest) async throws -> ServerResponse {
        try request.query.finish()
        let type = try MediaType.ofBody(
            request.base.request, accepted: [.csv, .ndjson, .json], standard: nil)
        let format: ImportDecoder.Format =
            switch type {
            case .csv: .csv
            case .ndjson: .ndjson
            case .json: .jsonArray
            }
        return try await request.change {
            try await take(request, format, into: $0)
        } verbAudit: { outcome in
            guard let record = outcome as? ImportRecord, record.state != .running else { return nil }
            return AuditEvent(
                "import", record.state.rawValue, id: "\(record.id)",
                details: AuditEvent.details { writer in
                    writer.member("received", record.received)
                    writer.member("created", record.created)
                    writer.member("updated", record.updated)
                    writer.member("unchanged", record.unchanged)
                    writer.member("rejected", record.rejected)
                })
        } answer: { outcome, _ in
            let location = request.path("imports/\(outcome.record.id)")
            return .json(.ok, fields: [.contentLocation: location]) { writer in
                outcome.record.writeCounts(to: &writer)
                writer.member("errors") { writer in
                    writer.array(outcome.errors) { writer, reject in writer.object(reject.write) }
                }
            }
        }
    }

    private static func take(
        _ request: OrganizationRequest, _ format: ImportDecoder.Format, into store: any OrganizationStore
    ) async throws -> ContactImporter.Outcome {
        let services = request.base.services
        let importer = ContactImporter(
            store: store, today: try request.today(),
            now: { Timestamp.column(unixSeconds: services.unixSeconds()) })
        let importID = Mutex<Int64?>(nil)
        do {
            return try await importer.importContacts(request.base.request.body, format: format) { id in
                importID.withLock { $0 = id }
            }
        } catch {
            // What was stored before stays stored: the sender is told where it was counted.
            guard var problem = ProblemMapping.problem(of: error), let id = importID.withLock({ $0 }) else {
                throw error
            }
            problem.fields[.contentLocation] = request.path("imports/\(id)")
            throw problem
        }
    }

    /// `GET /v1/orgs/{org}/imports/{id}`
    static func get(_ request: OrganizationRequest) async throws -> ServerResponse {
        try request.query.finish()
        return .json(try await record(request, request.store()).write)
    }

    /// `GET /v1/orgs/{org}/imports/{id}/rejects`: the columns as they were sent, and why the row was refused.
    static func rejects(_ request: OrganizationRequest) async throws -> ServerResponse {
        try request.query.finish()
        let store = try await request.store()
        let record = try await record(request, store)
        return ServerResponse(
            status: .ok, fields: [.contentType: MediaType.csv.contentType],
            body: .stream { writer in
                var csv = CSVWriter(header: record.columns + ["reason"])
                var cursor: Int?
                repeat {
                    let page = try await store.importRejects(id: record.id, after: cursor, limit: 1000)
                    for reject in page.items {
                        for index in record.columns.indices {
                            csv.field(index < reject.columns.count ? reject.columns[index] : nil)
                        }
                        csv.field(reject.code)
                        csv.endRecord()
                    }
                    try await writer.write(csv.take())
                    cursor = page.nextCursor
                } while cursor != nil
            })
    }

    private static func record(
        _ request: OrganizationRequest, _ store: any OrganizationStore
    ) async throws -> ImportRecord {
        guard let record = try await store.importRecord(id: try request.parameters.id()) else {
            throw HTTPProblem.notFound("There is no such import.")
        }
        return record
    }
}
