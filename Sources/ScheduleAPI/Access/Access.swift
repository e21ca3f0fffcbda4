import HTTPHandling
import HTTPTypes
package import ScheduleStore

/// What a request must be allowed to use a route.
package enum Access: Sendable, Equatable {
    /// Nothing.
    case open
    /// A token for all organisations, with a scope.
    case service(TokenRecord.Scope)
    /// A token for the organisation in the path, or for all, with a scope.
    case organization(TokenRecord.Scope)

    /// The scope, nil where the route is open.
    package var scope: TokenRecord.Scope? {
        switch self {
        case .open: nil
        case .service(let scope), .organization(let scope): scope
        }
    }

    /// Checks that somebody may use the route.
    ///
    /// - Parameter organizationID: The organisation in the path.
    /// - Throws: 403, the same whether or not the organisation exists.
    func check(_ principal: Principal, organizationID: String?) throws {
        switch self {
        case .open: return
        case .service where principal.organizationID != nil:
            throw HTTPProblem.api(
                .forbidden, detail: "This needs an access token for all organisations.",
                fields: [.wwwAuthenticate: #"Bearer realm="email-scheduler", error="insufficient_scope""#])
        case .organization where organizationID.map(principal.opens) != true:
            throw HTTPProblem.api(
                .forbidden, detail: "The access token is for another organisation.",
                fields: [.wwwAuthenticate: #"Bearer realm="email-scheduler", error="insufficient_scope""#])
        case .service(let scope), .organization(let scope):
            guard !principal.allows(scope) else { return }
            throw HTTPProblem.api(
                .forbidden, detail: "This needs an access token with the scope \(scope.rawValue).",
                fields: [
                    .wwwAuthenticate:
                        #"Bearer realm="email-scheduler", error="insufficient_scope", scope="\#(scope.rawValue)""#
                ])
        }
    }
}
