import HTTPHandling
import ScheduleStore

/// What a request has done, for the audit log. Personal data is never told: of a contact only which columns changed.
struct AuditEvent: Sendable {
    /// The kind of thing.
    var entity: String
    /// What was done to it.
    var action: String
    /// Its id or name.
    var id: String?
    /// A JSON object as text.
    var details = "{}"

    /// Something was done to something.
    init(_ entity: String, _ action: String, id: String? = nil, details: String = "{}") {
        self.entity = entity
        self.action = action
        self.id = id
        self.details = details
    }

    /// A record was added or changed; nil where nothing is different.
    ///
    /// - Parameter fields: Names of the columns that a change was about; those that the store tells unless given.
    init?<Record>(_ entity: String, _ change: StoreChange<Record>, id: String, fields: [String]? = nil) {
        let fields = fields ?? change.fields
        if !change.isNew, fields.isEmpty { return nil }
        self.init(
            entity, change.isNew ? "created" : "updated", id: id,
            details: change.isNew ? "{}" : Self.details { $0.member("fields", texts: fields.sorted()) })
    }

    /// Details with some members.
    static func details(_ members: (inout JSONWriter) -> Void) -> String {
        var writer = JSONWriter()
        writer.object(members)
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}

extension APIRequest {
    /// An event of this request as it is stored.
    ///
    /// - Parameter actor: Who did it; who makes the request, unless given.
    func audit(_ event: AuditEvent, actor: String? = nil) -> AuditDraft {
        AuditDraft(
            actor: actor ?? principal.name, requestID: request.requestID, entity: event.entity,
            entityID: event.id, action: event.action, details: event.details)
    }
}

extension JSONWriter {
    /// A member with a list of texts.
    mutating func member(_ name: StaticString, texts: [String]) {
        member(name) { $0.array(texts) { $0.value($1) } }
    }
}
