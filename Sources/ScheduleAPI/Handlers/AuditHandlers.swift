import HTTPHandling
import ScheduleStore
import SchedulingCore

/// Who changed what, when.
enum AuditHandlers {
    /// `GET /v1/orgs/{org}/audit`: newest first; entries of the organisation's own store, and those about the
    /// organisation and its tokens, which the service's store holds.
    static func list(_ request: OrganizationRequest) async throws -> ServerResponse {
        var query = request.query
        var filter = AuditFilter()
        filter.from = query.date(.from).map { "\($0) 00:00:00" }
        filter.before = query.date(.to).map { "\($0 + 1) 00:00:00" }
        filter.actor = query.text(.actor)
        filter.entity = query.text(.entity)
        filter.entityID = query.text(.entityID)
        filter.action = query.text(.action)
        let limit = query.limit()
        let cursor = query.cursor(of: .audit)
        let place = cursor.flatMap(AuditPlace.init)
        if cursor != nil, place == nil {
            query.refuse(.cursor, "invalid_cursor", "This is no cursor that this list has given out.")
        }
        try query.finish()
        var own = filter
        own.from = max(filter.from ?? "", request.organization.createdAt)
        let (stored, about) = try await (
            request.store().auditRecords(filter, before: place?.store, limit: limit),
            request.base.services.service.auditRecords(
                ofOrganization: request.organization.id, own, before: place?.service, limit: limit)
        )
        let merged = AuditPlace.merge(stored, about, from: place ?? AuditPlace(), limit: limit)
        return .page(merged, of: .audit) { $0.write(to: &$1) }
    }

    /// `GET /v1/orgs/{org}/audit/invalid-contacts`: the contacts that runs skip, and why.
    static func invalidContacts(_ request: OrganizationRequest) async throws -> ServerResponse {
        var query = request.query
        let limit = query.limit()
        let cursor = query.integerCursor(of: .invalidContacts)
        try query.finish()
        let page = try await request.store().invalidContacts(after: cursor, limit: limit)
        return .page(page, of: .invalidContacts) { contact, writer in
            writer.member("contact_id", contact.contactID)
            writer.member("reason", contact.reason)
            writer.member("scheduler_run_id", contact.runID)
        }
    }
}

/// Where a page of the audit log ends, in both of its sources.
struct AuditPlace: Hashable, CustomStringConvertible, Sendable {
    /// Entries of the organisation's store have lower ids.
    var store = Int64.max
    /// Entries of the service's store have lower ids.
    var service = Int64.max

    /// The beginning.
    init() {}

    /// Reads what `description` wrote; nil for any other text.
    init?(_ text: String) {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false).map { Int64($0) }
        guard parts.count == 2, let store = parts[0], let service = parts[1] else { return nil }
        self.store = store
        self.service = service
    }

    var description: String { "\(store),\(service)" }

    /// The newest entries of two lists, each of which is newest first.
    static func merge(
        _ stored: Page<AuditRecord, Int64>, _ about: Page<AuditRecord, Int64>, from place: AuditPlace,
        limit: Int
    ) -> Page<AuditRecord, AuditPlace> {
        var place = place
        var items: [AuditRecord] = []
        var (left, right) = (stored.items[...], about.items[...])
        while items.count < limit {
            let isServices =
                right.first.map { record in left.first.map { record.at > $0.at } ?? true } ?? false
            if isServices, let record = right.popFirst() {
                items.append(record)
                place.service = record.id
            } else if let record = left.popFirst() {
                items.append(record)
                place.store = record.id
            } else {
                break
            }
        }
        let hasMore =
            !left.isEmpty || !right.isEmpty || stored.nextCursor != nil || about.nextCursor != nil
        return Page(items: items, nextCursor: hasMore ? place : nil)
    }
}

extension AuditRecord {
    /// Writes the entry. Ids count for each source, so that they are not shown.
    fileprivate func write(to writer: inout JSONWriter) {
        writer.member("at", instant: at)
        writer.member("actor", draft.actor)
        writer.member("request_id", draft.requestID)
        writer.member("entity", draft.entity)
        writer.member("entity_id", draft.entityID)
        writer.member("action", draft.action)
        writer.member("details", json: draft.details)
    }
}
