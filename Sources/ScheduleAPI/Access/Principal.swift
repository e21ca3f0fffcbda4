import ScheduleStore

/// Who makes a request, as far as it matters: which organisations are open to them, and for what.
struct Principal: Sendable, Equatable {
    /// The one organisation that is open; nil for all.
    var organizationID: String?
    /// Who it is, for logs of changes.
    var name = "nobody in particular"
    /// What is allowed.
    var scopes: Set<TokenRecord.Scope>

    /// Whoever can reach a service that asks for no tokens.
    static let everybody = Principal(organizationID: nil, scopes: [.admin])

    /// Whether a scope is allowed; `admin` stands for all of them.
    func allows(_ scope: TokenRecord.Scope) -> Bool { scopes.contains(scope) || scopes.contains(.admin) }

    /// Whether an organisation is open.
    func opens(_ organizationID: String) -> Bool {
        self.organizationID == nil || self.organizationID == organizationID
    }
}
