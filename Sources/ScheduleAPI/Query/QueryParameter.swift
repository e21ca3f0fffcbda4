/// A query parameter that some route knows.
package enum QueryParameter: String, CaseIterable, Sendable {
    case limit
    case cursor
    case contactID = "contact_id"
    case emailType = "email_type"
    case status
    case from
    case to
    case campaignInstanceID = "campaign_instance_id"
    case runID = "run_id"
    case campaignType = "campaign_type"
    case email
    case externalID = "external_id"
    case state
    case zipCode = "zip_code"
    case today
    case scheduleID = "schedule_id"
    case actor
    case action
    case entity
    case entityID = "entity_id"
}

extension [QueryParameter] {
    /// Those of every list.
    static let page: [QueryParameter] = [.limit, .cursor]
    /// Those that choose contacts.
    static let contactFilter: [QueryParameter] = [.email, .externalID, .state, .zipCode]
    /// Those that choose entries of the audit log.
    static let auditFilter: [QueryParameter] = [.from, .to, .actor, .entity, .entityID, .action]
    /// Those that choose schedule rows.
    static let scheduleFilter: [QueryParameter] = [
        .contactID, .emailType, .status, .from, .to, .campaignInstanceID, .runID,
    ]
}

/// How many records a page has.
enum PageLimit {
    /// Where the request does not say.
    static let standard = 100
    /// At most.
    static let maximum = 1000
}
