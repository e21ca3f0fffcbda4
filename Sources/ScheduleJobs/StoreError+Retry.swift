import ScheduleStore

extension Error {
    /// Whether the cause lies around the store, and every batch would fail as this one did: no space, no right to
    /// write, another program at the file, no more files for the process.
    package var isOfEnvironment: Bool {
        switch (self as? StoreError)?.code {
        case .busy, .full, .readOnly, .cannotOpen, .exhausted: true
        default: false
        }
    }

    /// Whether the store does not let the caller go on: another process has the run, or the store is closed.
    package var endsClaim: Bool {
        let code = (self as? StoreError)?.code
        return code == .wrongState || code == .closed
    }

    /// Whether the failure may be over without anybody changing what was asked for.
    package var mayPass: Bool { isOfEnvironment || (self as? StoreError)?.code == .internalFailure }
}
