/// Who carries a run out, and until when nobody else may: a worker renews its lease while it is at work, and the run
/// of one that does so no more is rescued when the lease has ended.
public struct RunLease: Hashable, Sendable {
    /// The process, in words that no other has.
    public var owner: String
    /// The time, in seconds since 1970-01-01 00:00:00 UTC.
    public var now_s: Int64
    /// How long the lease is.
    public var length_s: Int64

    /// A lease that begins now.
    public init(owner: String, now_s: Int64, length_s: Int64) {
        self.owner = owner
        self.now_s = now_s
        self.length_s = length_s
    }

    /// When it ends.
    public var end_s: Int64 { now_s + length_s }
}

/// What there is to do in a queue of runs.
public enum RunClaim: Hashable, Sendable {
    /// This run, which is the caller's from now on.
    case run(RunRecord)
    /// Nothing before this time, in seconds since 1970-01-01 00:00:00 UTC: runs that failed wait for another try.
    case later(Int64)
    /// Nothing before this time, unless the process that carries a run out ends earlier.
    case taken(until_s: Int64)
    /// Nothing.
    case nothing
}

extension OrganizationStore {
    /// The oldest run that waits, now running without a lease; nil where none waits.
    public func claimNextRun(
        configVersion: Int64?, engineVersion: String, now: String
    ) async throws -> RunRecord? {
        let claim = try await claimNextRun(
            configVersion: configVersion, engineVersion: engineVersion, now: now, lease: nil)
        if case .run(let run) = claim { return run }
        return nil
    }

    /// Puts every run that is running back in the queue: for a caller that knows that nobody is at any of them.
    ///
    /// - Returns: How many there were.
    public func requeueInterruptedRuns() async throws -> Int {
        try await rescueRuns(RunLease(owner: "", now_s: 0, length_s: 0), isGone: { _ in true })
    }
}
