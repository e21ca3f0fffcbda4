public import HTTPHandling
import HTTPTypes
public import Logging
import ScheduleStore

/// Answers the requests of the interface: finds the route, checks access, lets the route's handler answer, and
/// turns whatever is thrown into a problem document.
///
/// `RouteTable` lists the routes.
public struct APIHandler: RequestHandler {
    private static let tree = RouteTree(RouteTable.routes)
    /// The methods that are known for what they are, and refused with 405 where a resource does not have them;
    /// any other is refused with 501 everywhere (RFC 9110, 9.1).
    private static let recognized = Set(
        ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY"].compactMap {
            HTTPRequest.Method($0)
        })

    private let environment: APIEnvironment
    private let logger: Logger

    /// A handler that works with some services.
    public init(services: APIServices, logger: Logger) {
        environment = APIEnvironment(services: services)
        self.logger = logger
    }

    /// Answers a request. A failure of a store is logged; so is one that nobody foresaw, and answered as 500.
    public func respond(to request: ServerRequest) async -> ServerResponse {
        let match = request.target == "*" ? nil : Self.tree.match(request.segments)
        var response = await response(to: request, match)
        response.route = match?.template
        return response
    }

    private func response(to request: ServerRequest, _ match: RouteTree.Match?) async -> ServerResponse {
        do {
            return try await answer(request, match)
        } catch {
            let problem = ProblemMapping.problem(of: error)
            if let problem, !(error is StoreError) || problem.status.kind != .serverError {
                return problem.response()
            }
            logger.error(
                "A request failed: \(error)",
                metadata: [
                    "request": "\(request.requestID)", "method": "\(request.method.rawValue)",
                    "path": "\(request.segments.joined(separator: "/"))",
                ])
            let unforeseen = HTTPProblem.api(
                .internalError, detail: "The service's log tells more, under the request's id.")
            return (problem ?? unforeseen).response()
        }
    }

    /// Stores when access tokens were last used; to be called from time to time and at the end.
    public func saveTokenUse() async throws { try await environment.authenticator.saveLastUse() }

    private func answer(_ request: ServerRequest, _ match: RouteTree.Match?) async throws -> ServerResponse {
        guard Self.recognized.contains(request.method) else {
            throw HTTPProblem.api(.notImplemented, detail: "Methods here are \(Self.tree.allowed).")
        }
        if request.target == "*" {
            return ServerResponse(status: .noContent, fields: [.allow: Self.tree.allowed])
        }
        guard let match else {
            throw HTTPProblem.notFound("There is nothing under this path; /openapi.yaml lists what there is.")
        }
        guard let route = match.route(request.method) else {
            if request.method == .options {
                return ServerResponse(status: .noContent, fields: [.allow: match.allowed])
            }
            throw HTTPProblem.api(
                .methodNotAllowed, detail: "This resource has \(match.allowed).",
                fields: [.allow: match.allowed])
        }
        return try await answer(request, route, match.parameters)
    }

    /// Checks in this order: token, access, organisation, query; the body is the handler's.
    private func answer(
        _ request: ServerRequest, _ route: Route, _ parameters: PathParameters
    ) async throws -> ServerResponse {
        var principal = Principal.everybody
        let organizationID = parameters["org"]
        if route.access != .open {
            principal = try await environment.authenticator.principal(of: request)
            try route.access.check(principal, organizationID: organizationID)
        }
        let exchange = try IdempotentExchange(request, services: environment.services)
        var request = request
        if let exchange { request.body = exchange.body }
        let apiRequest = APIRequest(
            request: request, parameters: parameters,
            query: QueryReader(request.query, known: route.query), principal: principal,
            environment: environment, idempotency: exchange)
        switch route.action {
        case .service(let handler):
            // Nothing is answered again to a webhook message whose signature its handler has not verified.
            if route.access == .open { return try await handler(apiRequest) }
            return try await apiRequest.once(in: environment.services.service) {
                try await handler(apiRequest)
            }
        case .organization(let handler):
            guard let organizationID,
                let organization = try await environment.organization(id: organizationID)
            else { throw HTTPProblem.notFound("There is no such organisation.") }
            let request = OrganizationRequest(base: apiRequest, organization: organization)
            guard exchange != nil else { return try await handler(request) }
            return try await apiRequest.once(in: request.store()) { try await handler(request) }
        }
    }
}
