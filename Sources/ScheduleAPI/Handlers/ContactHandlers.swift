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
        let store = try await request.store()
        let contact = try await naming { try await store.insertContact(body.draft) }
        try await request.reschedule(Touched(contactIDs: [contact.id]))
        return answer(.created, contact, fields: [.location: request.path("contacts/\(contact.id)")])
    }

    /// `PUT /v1/orgs/{org}/contacts/{id}`: 201 where there was no such contact.
    static func replace(_ request: OrganizationRequest) async throws -> ServerResponse {
        try request.query.finish()
        let id = try request.parameters.id()
        var fields = try await request.base.jsonObject()
        let body = try ContactBody(&fields, .replacement(id: id), today: try request.today())
        let store = try await request.store()
        let change = try await naming { try await store.putContact(id: id, body.draft) }
        try await request.reschedule(change.touched)
        guard change.isNew else { return answer(.ok, change.record) }
        return answer(.created, change.record, fields: [.location: request.path("contacts/\(id)")])
    }

    /// `PATCH /v1/orgs/{org}/contacts/{id}`
    static func update(_ request: OrganizationRequest) async throws -> ServerResponse {
        try request.query.finish()
        let store = try await request.store()
        let contact = try await contact(request, store)
        var fields = try await request.base.jsonObject()
        let body = try ContactBody(&fields, .change(id: contact.id), today: try request.today())
        let change = try await naming { try await store.updateContact(id: contact.id, body.draft) }
        try await request.reschedule(change.touched)
        return answer(.ok, change.record)
    }

    /// `DELETE /v1/orgs/{org}/contacts/{id}`: the contact and its emails that are not committed.
    static func delete(_ request: OrganizationRequest) async throws -> ServerResponse {
        try request.query.finish()
        let store = try await request.store()
        try await request.reschedule(try await store.deleteContact(id: contact(request, store).id))
        return .noContent
    }

    /// `GET /v1/orgs/{org}/contacts`
    static func list(_ request: OrganizationRequest) async throws -> ServerResponse {
        var query = request.query
        var filter = ContactFilter()
        filter.email = query.text(.email)
        filter.externalID = query.text(.externalID)
        filter.state = query.text(.state)
        filter.zipCode = query.text(.zipCode)
        let limit = query.limit()
        let cursor = query.integerCursor(of: .contacts)
        try query.finish()
        let page = try await request.store().contacts(filter, after: cursor, limit: limit)
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

    private static func answer(
        _ status: HTTPResponse.Status, _ contact: ContactRecord, fields: HTTPFields = [:]
    ) -> ServerResponse {
        .json(status, fields: fields) { writer in
            contact.write(to: &writer)
            writer.member("warnings") { writer in
                writer.array(ContactBody.warnings(about: contact)) { $0.value($1) }
            }
        }
    }

    /// Stores something, and says what another contact has where that is in the way.
    private static func naming<Result>(_ verb: () async throws -> Result) async throws -> Result {
        do {
            return try await verb()
        } catch let error as StoreError {
            guard case .conflict(let field) = error.code else { throw error }
            throw ProblemMapping.conflict(field: field, "Another contact has this value.")
        }
    }
}
