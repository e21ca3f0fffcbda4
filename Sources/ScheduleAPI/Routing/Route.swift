import HTTPHandling
package import HTTPTypes
import ScheduleStore

/// One method of one resource, and what answers it.
package struct Route: Sendable {
    /// Answers a request of a route outside of organisations.
    typealias Handler = @Sendable (APIRequest) async throws -> ServerResponse
    /// Answers a request about an organisation, which exists.
    typealias OrganizationHandler = @Sendable (OrganizationRequest) async throws -> ServerResponse

    /// What answers.
    enum Action: Sendable {
        case service(Handler)
        case organization(OrganizationHandler)
    }

    package let method: HTTPRequest.Method
    /// The path, with names in braces for what varies.
    package let template: String
    package let access: Access
    /// Every query parameter it knows; any other is refused.
    package let query: [QueryParameter]
    let action: Action

    /// A route for everybody.
    static func open(
        _ method: HTTPRequest.Method, _ template: String, _ handler: @escaping Handler,
        query: [QueryParameter] = []
    ) -> Route {
        Route(method: method, template: template, access: .open, query: query, action: .service(handler))
    }

    /// A route of the service as a whole.
    static func service(
        _ method: HTTPRequest.Method, _ template: String, _ scope: TokenRecord.Scope,
        _ handler: @escaping Handler, query: [QueryParameter] = []
    ) -> Route {
        Route(
            method: method, template: template, access: .service(scope), query: query,
            action: .service(handler))
    }

    /// A route of an organisation.
    static func organization(
        _ method: HTTPRequest.Method, _ template: String, _ scope: TokenRecord.Scope,
        _ handler: @escaping OrganizationHandler, query: [QueryParameter] = []
    ) -> Route {
        Route(
            method: method, template: template, access: .organization(scope), query: query,
            action: .organization(handler))
    }
}
