/// An entry of the audit log, before it is stored: somebody did something to something.
public struct AuditDraft: Hashable, Sendable {
    /// Who did it: a token by name and id, a webhook by its provider, or `system`.
    public var actor: String
    /// The request that it came with; nil for what the service does by itself.
    public var requestID: String?
    /// The kind of thing, such as `contact`.
    public var entity: String
    /// Its id or name; nil where there is none, or it is only known when it is stored.
    public var entityID: String?
    /// What was done, such as `created`.
    public var action: String
    /// What else is to be told: a JSON object as text, without personal data.
    public var details: String

    /// An entry.
    public init(
        actor: String, requestID: String?, entity: String, entityID: String?, action: String,
        details: String = "{}"
    ) {
        self.actor = actor
        self.requestID = requestID
        self.entity = entity
        self.entityID = entityID
        self.action = action
        self.details = details
    }
}

/// An entry of the audit log.
public struct AuditRecord: Hashable, Sendable {
    /// Row id.
    public var id: Int64
    /// When it happened.
    public var at: String
    /// What happened.
    public var draft: AuditDraft

    /// An entry.
    public init(id: Int64, at: String, draft: AuditDraft) {
        self.id = id
        self.at = at
        self.draft = draft
    }
}

/// Which entries of the audit log are wanted: those that meet every condition that is set.
public struct AuditFilter: Hashable, Sendable {
    /// Not before this moment, as text of columns.
    public var from: String?
    /// Before this moment.
    public var before: String?
    /// By this actor.
    public var actor: String?
    /// Of this kind of thing.
    public var entity: String?
    /// Of the thing with this id or name.
    public var entityID: String?
    /// What was done.
    public var action: String?

    /// Every entry.
    public init() {}
}

/// A contact that the last run over it could not plan (SPEC 2).
public struct InvalidContact: Hashable, Sendable {
    /// The contact.
    public var contactID: Int64
    /// What is wrong with it, such as `missing_zip`.
    public var reason: String
    /// The run that found it first with this reason.
    public var runID: Int64

    /// An invalid contact.
    public init(contactID: Int64, reason: String, runID: Int64) {
        self.contactID = contactID
        self.reason = reason
        self.runID = runID
    }
}
