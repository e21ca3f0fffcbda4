import HTTPHandling
import HTTPTypes
import ScheduleJobs
import ScheduleStore

/// Turns what a handler throws into the problem that is answered.
enum ProblemMapping {
    /// The problem of an error; nil for one that nobody foresaw, which is logged and answered as 500.
    static func problem(of error: any Error) -> HTTPProblem? {
        switch error {
        case let problem as HTTPProblem: problem
        case let error as RequestBodyError: bodyProblem(error)
        case let error as ImportFileError: fileProblem(error)
        case let error as StoreError: storeProblem(error)
        default: nil
        }
    }

    private static func bodyProblem(_ error: RequestBodyError) -> HTTPProblem {
        switch error {
        case .tooLarge: .api(.bodyTooLarge, detail: "The body is longer than this resource takes.")
        case .truncated: .api(.malformedBody, detail: "The body ended before its announced end.")
        case .malformed: .api(.malformedBody, detail: "The body's chunks or its content coding are broken.")
        case .timedOut: .api(.requestTimeout, detail: "The body did not arrive in time.")
        }
    }

    private static func fileProblem(_ error: ImportFileError) -> HTTPProblem {
        .api(
            .malformedBody, detail: "The file cannot be read. \(error.detail)",
            errors: [HTTPProblem.Entry(pointer: "", code: error.code.rawValue, detail: error.detail)])
    }

    /// The texts of a store's error may quote data and paths; only its code is for the public.
    private static func storeProblem(_ error: StoreError) -> HTTPProblem? {
        switch error.code {
        case .notFound: .api(.notFound, detail: "It does not exist, or no longer.")
        case .conflict(let field): conflict(field: field, "Another record has this value already.")
        case .dangling(let field):
            .invalidBody([
                HTTPProblem.Entry(
                    pointer: JSONPointer.root.member(field).description, code: "unknown_record",
                    detail: "It names a record that does not exist.")
            ])
        case .constraint: .api(.invalidBody, detail: "A value is refused by a rule of the store.")
        case .wrongState: .api(.conflict, detail: "The record's state does not allow this.")
        case .busy, .closed:
            .api(
                .unavailable, detail: "The store is busy; try again.",
                fields: [.retryAfter: "1"])
        case .exhausted:
            .api(
                .unavailable, detail: "The service may not open more files; try again.",
                fields: [.retryAfter: "5"])
        case .full: .api(.storageFull, detail: "The service has no space left to store this.")
        case .readOnly: unusable("is read-only")
        case .corrupt: unusable("is damaged")
        case .cannotOpen: unusable("cannot be opened")
        case .internalFailure: nil
        }
    }

    /// A store that somebody has to see to: 503.
    private static func unusable(_ state: String) -> HTTPProblem {
        .api(
            .unavailable, detail: "The store \(state); the service's log tells more, under the request's id.",
            fields: [.retryAfter: "60"])
    }

    /// Another record has a field's value: 409.
    static func conflict(field: String, _ detail: String) -> HTTPProblem {
        .api(
            .conflict, detail: "\(field): \(detail)",
            errors: [
                HTTPProblem.Entry(
                    pointer: JSONPointer.root.member(field).description, code: "conflict", detail: detail)
            ])
    }
}
