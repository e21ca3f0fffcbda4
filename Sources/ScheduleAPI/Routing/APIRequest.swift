import HTTPHandling
import ScheduleConfig
import ScheduleJobs
import ScheduleStore
import SchedulingCore

/// A request that may use its route.
struct APIRequest: Sendable {
    /// The request as it came.
    let request: ServerRequest
    /// What varies in the path.
    let parameters: PathParameters
    /// The query, without parameters that the route does not know.
    let query: QueryReader
    /// Who makes it.
    let principal: Principal
    /// What handlers work with.
    let environment: APIEnvironment
    /// Keeps the answer of a request with an idempotency key; nil where it has none.
    let idempotency: IdempotentExchange?

    /// The services handed in by the composition.
    var services: APIServices { environment.services }

    /// The time, as columns hold it.
    var now: String { Timestamp.column(unixSeconds: services.unixSeconds()) }

    /// The fields of a JSON body.
    ///
    /// - Throws: 400, 413, 415, 422.
    func jsonObject() async throws -> JSONObjectReader {
        _ = try MediaType.ofBody(request, accepted: [.json], standard: .json)
        return try JSONObjectReader(try await request.body.collect(upTo: services.jsonBodyBytes))
    }
}

/// A request about an organisation, which exists and is open to who makes it.
struct OrganizationRequest: Sendable {
    /// The request.
    let base: APIRequest
    /// The organisation.
    let organization: OrganizationRecord

    /// What varies in the path.
    var parameters: PathParameters { base.parameters }
    /// The query.
    var query: QueryReader { base.query }

    /// What the organisation has stored.
    func store() async throws -> any OrganizationStore {
        try await base.services.organizations.store(ofOrganization: organization.id)
    }

    /// What the organisation runs with.
    func settings() async throws -> Settings {
        try await base.services.configurations.settings(of: organization)
    }

    /// What the organisation's runs are given.
    func runEnvironment() async throws -> RunEnvironment {
        try base.services.configurations.environment(of: try await settings(), version: nil)
    }

    /// The path of something of the organisation.
    func path(_ rest: String) -> String { "/v1/orgs/\(organization.id)/\(rest)" }

    /// The current date on the organisation's clock.
    func today() throws -> CivilDate {
        let services = base.services
        guard let zone = services.zone(organization.timeZone) else {
            throw HTTPProblem.api(.internalError, detail: "The organisation's time zone is not known here.")
        }
        return zone.local(utcSeconds: services.unixSeconds()).date
    }
}
