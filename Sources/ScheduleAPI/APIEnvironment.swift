import ScheduleJobs
import ScheduleStore

/// What handlers share: the services, who is who, and the organisations last seen.
struct APIEnvironment: Sendable {
    /// What the composition handed in.
    let services: APIServices
    /// Knows the tokens.
    let authenticator: Authenticator
    /// Requests with an idempotency key that are being carried out.
    let inFlight = InFlight()
    /// Makes previews of configurations.
    let previewer = ConfigurationPreviewer()
    private let organizations = Expiring<OrganizationRecord>()

    init(services: APIServices) {
        self.services = services
        authenticator = Authenticator(
            store: services.service, isRequired: services.requiresTokens, unixSeconds: services.unixSeconds)
    }

    /// An organisation, nil where there is none.
    func organization(id: String) async throws -> OrganizationRecord? {
        guard OrganizationRecord.isValidID(id) else { return nil }
        return try await organizations.value(id, now: services.unixSeconds()) {
            try await services.service.organization(id: id)
        }
    }

    /// Forgets an organisation that was changed or removed.
    func forgetOrganization(id: String) { organizations.forget(id) }
}
