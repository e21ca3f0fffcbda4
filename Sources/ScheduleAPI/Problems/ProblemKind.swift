import HTTPHandling
package import HTTPTypes

/// The kinds of problem that the interface answers with; `type` of the problem document names them.
package enum ProblemKind: String, CaseIterable, Sendable {
    case invalidParameter = "invalid-parameter"
    case malformedBody = "malformed-body"
    case unauthenticated
    case unsigned
    case forbidden
    case notFound = "not-found"
    case methodNotAllowed = "method-not-allowed"
    case notImplemented = "not-implemented"
    case notAcceptable = "not-acceptable"
    case requestTimeout = "request-timeout"
    case conflict
    case preconditionFailed = "precondition-failed"
    case idempotencyKeyInUse = "idempotency-key-in-use"
    case idempotencyKeyReused = "idempotency-key-reused"
    case bodyTooLarge = "body-too-large"
    case unsupportedMediaType = "unsupported-media-type"
    case invalidBody = "invalid-body"
    case internalError = "internal-error"
    case unavailable
    case storageFull = "storage-full"

    /// The status it is answered with.
    package var status: HTTPResponse.Status {
        switch self {
        case .invalidParameter, .malformedBody: .badRequest
        case .unauthenticated, .unsigned: .unauthorized
        case .forbidden: .forbidden
        case .notFound: .notFound
        case .methodNotAllowed: .methodNotAllowed
        case .notImplemented: .notImplemented
        case .notAcceptable: .notAcceptable
        case .requestTimeout: .requestTimeout
        case .conflict, .idempotencyKeyInUse: .conflict
        case .preconditionFailed: .preconditionFailed
        case .bodyTooLarge: .contentTooLarge
        case .unsupportedMediaType: .unsupportedMediaType
        case .invalidBody, .idempotencyKeyReused: .unprocessableContent
        case .internalError: .internalServerError
        case .unavailable: .serviceUnavailable
        case .storageFull: HTTPResponse.Status(code: 507, reasonPhrase: "Insufficient Storage")
        }
    }

    /// What it is, for people.
    var title: String {
        switch self {
        case .invalidParameter: "A parameter is not valid"
        case .malformedBody: "The body cannot be read"
        case .unauthenticated: "An access token is needed"
        case .unsigned: "The message is not signed with the key that is set"
        case .forbidden: "The access token does not allow this"
        case .notFound: "There is no such resource"
        case .methodNotAllowed: "The resource does not have this method"
        case .notImplemented: "No resource has this method"
        case .notAcceptable: "No acceptable format"
        case .requestTimeout: "The body did not arrive in time"
        case .conflict: "Another record is in the way"
        case .preconditionFailed: "The resource is not as expected"
        case .idempotencyKeyInUse: "A request with this key is under way"
        case .idempotencyKeyReused: "The key belongs to another request"
        case .bodyTooLarge: "The body is too large"
        case .unsupportedMediaType: "The body's format is not supported"
        case .invalidBody: "The body is not valid"
        case .internalError: "The service failed"
        case .unavailable: "The service cannot do this now"
        case .storageFull: "The service has no space left"
        }
    }

    /// The URI of the kind: `type` of the problem document.
    package var uri: String { "urn:email-scheduler:problem:\(rawValue)" }
}

extension HTTPProblem {
    /// A problem of one of the interface's kinds.
    static func api(
        _ kind: ProblemKind, detail: String? = nil, errors: [Entry] = [], fields: HTTPFields = [:]
    ) -> HTTPProblem {
        HTTPProblem(
            status: kind.status, type: kind.uri, title: kind.title, detail: detail, errors: errors,
            fields: fields)
    }

    /// Mistakes in a body: 422.
    static func invalidBody(_ errors: [Entry]) -> HTTPProblem {
        .api(
            .invalidBody, detail: errors.count == 1 ? "1 mistake." : "\(errors.count) mistakes.",
            errors: errors)
    }

    /// A mistake in a query parameter: 400.
    static func invalidParameter(_ name: String, _ code: String, _ detail: String) -> HTTPProblem {
        .api(
            .invalidParameter, detail: "\(name): \(detail)",
            errors: [Entry(pointer: name, code: code, detail: detail)])
    }

    /// Something that does not exist: 404.
    static func notFound(_ detail: String) -> HTTPProblem { .api(.notFound, detail: detail) }
}
