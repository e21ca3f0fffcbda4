import HTTPHandling
import ScheduleJobs
import ScheduleStore
import SchedulingCore

/// Why the emails of a contact are what they are.
enum ExplanationHandlers {
    /// `GET /v1/orgs/{org}/contacts/{id}/explain`
    static func get(_ request: OrganizationRequest) async throws -> ServerResponse {
        var query = request.query
        let date = query.runDate()
        try query.finish()
        let id = try request.parameters.id()
        let environment = try await request.runEnvironment()
        let explainer = ContactExplainer(store: try await request.store(), environment: environment)
        guard
            let explained = try await explainer.explain(contactID: id, today: try date ?? request.today())
        else { throw HTTPProblem.notFound("There is no such contact.") }
        return .json(explained.write)
    }
}
