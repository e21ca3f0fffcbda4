public import ScheduleStore

/// Thrown where a run cannot go on for a cause that may pass: it is to be tried again behind its last checkpoint.
public struct RunPostponement: Error, Sendable, CustomStringConvertible {
    /// The cause.
    public var cause: StoreError

    package init(cause: StoreError) { self.cause = cause }

    /// Whether it lies around the store: it is waited for as long as it takes.
    public var isOfEnvironment: Bool { cause.isOfEnvironment }

    /// The cause, for the log and the run's record.
    public var description: String { cause.description }
}

extension Error {
    /// Whether the cause lies around the store, and every batch would fail as this one did: no space, no right to
    /// write, another program at the file, no more files for the process.
    var isOfEnvironment: Bool {
        switch (self as? StoreError)?.code {
        case .busy, .full, .readOnly, .cannotOpen, .exhausted: true
        default: false
        }
    }

    /// Whether the store does not let the caller go on: another process has the run, or the store is closed.
    var endsClaim: Bool {
        let code = (self as? StoreError)?.code
        return code == .wrongState || code == .closed
    }

    /// Whether the failure may be over without anybody changing what was asked for.
    var mayPass: Bool { isOfEnvironment || (self as? StoreError)?.code == .internalFailure }
}
