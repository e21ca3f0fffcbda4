import HTTPTypes
import HTTPWire
import ScheduleStore

/// Contacts, one by one.
enum ContactHandlers {
    /// `POST /v1/orgs/{org}/contacts`
    static func create(_ request: OrganizationRequest) async throws -> ServerResponse {
        try request.query.finish()
        var fields = try await request.base.jsonObject()
        let body = try ContactBody(&fields, today: try request.today())
        let contact: ContactRecord
        do {
            contact = try await request.store().insertContact(body.draft)
        } catch let error as StoreError {
            guard case .conflict(let field) = error.code else { throw error }
            throw ProblemMapping.conflict(field: field, "Another contact has this value.")
        }
        return .json(.created, fields: [.location: request.path("contacts/\(contact.id)")]) { writer in
            contact.write(to: &writer)
            writer.member("warnings") { $0.array(body.warnings) { $0.value($1) } }
        }
    }

    /// `GET /v1/orgs/{org}/contacts`
    static func list(_ request: OrganizationRequest) async throws -> ServerResponse {
        var query = request.query
        let limit = query.limit()
        let cursor = query.integerCursor(of: .contacts)
        try query.finish()
        let page = try await request.store().contacts(after: cursor, limit: limit)
        return .page(page, of: .contacts) { $0.write(to: &$1) }
    }

    /// `GET /v1/orgs/{org}/contacts/{id}`
    static func get(_ request: OrganizationRequest) async throws -> ServerResponse {
        try request.query.finish()
        let contact = try await contact(request, request.store())
        return .json(contact.write)
    }

    /// The contact that the path names.
    ///
    /// - Throws: 404.
    static func contact(
        _ request: OrganizationRequest, _ store: any OrganizationStore
    ) async throws -> ContactRecord {
        guard let contact = try await store.contact(id: try request.parameters.id()) else {
            throw HTTPProblem.notFound("There is no such contact.")
        }
        return contact
    }
}
