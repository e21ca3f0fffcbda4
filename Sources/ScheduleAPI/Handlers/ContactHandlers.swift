import HTTPHandling
import HTTPTypes
import ScheduleStore

/// Contacts, one by one.
enum ContactHandlers {
    /// `POST /v1/orgs/{org}/contacts`
    static func create(_ request: OrganizationRequest) async throws -> ServerResponse {
        try request.query.finish()
        var fields = try await request.base.jsonObject()
        let body = try ContactBody(&fields, today: try request.today())
        return try await request.change { store in
            try await naming { try await store.insertContact(body.draft) }
        } audit: { change in
            AuditEvent("contact", change, id: "\(change.record.id)")
        } answer: { change in
            answer(request, change)
        }
    }

    /// `PUT /v1/orgs/{org}/contacts/{id}`: 201 where there was no such contact.
    static func replace(_ request: OrganizationRequest) async throws -> ServerResponse {
        try request.query.finish()
        let id = try request.parameters.id()
        var fields = try await request.base.jsonObject()
        let body = try ContactBody(&fields, .replacement(id: id), today: try request.today())
        return try await request.change { store in
            try await naming { try await store.putContact(id: id, body.draft) }
        } audit: { change in
            AuditEvent("contact", change, id: "\(change.record.id)")
        } answer: { change in
            answer(request, change)
        }
    }

    /// `PATCH /v1/orgs/{org}/contacts/{id}`
    static func update(_ request: OrganizationRequest) async throws -> ServerResponse {
        try request.query.finish()
        let id = try await contact(request, request.store()).id
        var fields = try await request.base.jsonObject()
        let body = try ContactBody(&fields, .change(id: id), today: try request.today())
        return try await request.change { store in
            try await naming { try await store.updateContact(id: id, body.draft) }
        } audit: { change in
            AuditEvent("contact", change, id: "\(change.record.id)")
        } answer: { change in
            answer(request, change)
        }
    }

    /// `DELETE /v1/orgs/{org}/contacts/{id}`: the contact and its emails that are not committed.
    static func delete(_ request: OrganizationRequest) async throws -> ServerResponse {
        try request.query.finish()
        return try await request.change { store in
            try await store.deleteContact(id: contact(request, store).id)
        } audit: { touched in
            AuditEvent("contact", "deleted", id: touched.contactIDs.first.map { "\($0)" })
        } answer: { _ in
            .noContent
        }
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
        _ request: OrganizationRequest, _ change: StoreChange<ContactRecord>
    ) -> ServerResponse {
        let contact = change.record
        let fields: HTTPFields = change.isNew ? [.location: request.path("contacts/\(contact.id)")] : [:]
        return .json(change.isNew ? .created : .ok, fields: fields) { writer in
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
