/// Who carries a run out and until when nobody else may: a worker renews its lease while it is at work, and the run of
/// one that does so no more is taken up by another.
public struct RunLease: Sendable {
    /// The process, in words that no other has.
    public var owner: String
    /// The time, in seconds since 1970-01-01 00:00:00 UTC.
    public var now_s: Int64
    /// How long the lease is.
    public var length_s: Int64
    /// Claims after which a run is given up that has stored nothing between them: it may be what ends the processes.
    public var mostTries: Int
    /// Whether another owner is known to be at work no more, so that the end of its lease need not be waited for.
    public var isGone: @Sendable (_ owner: String) -> Bool

    /// A lease that begins now.
    public init(
        owner: String, now_s: Int64, length_s: Int64, mostTries: Int,
        isGone: @escaping @Sendable (_ owner: String) -> Bool
    ) {
        self.owner = owner
        self.now_s = now_s
        self.length_s = length_s
        self.mostTries = mostTries
        self.isGone = isGone
    }

    /// When it ends.
    public var end_s: Int64 { now_s + length_s }
}

/// What there is to do in a queue of runs.
public enum RunClaim: Hashable, Sendable {
    /// This run, which is the caller's from now on.
    case run(RunRecord)
    /// This run was given up just now.
    case givenUp(RunRecord)
    /// Another process carries this run out.
    case taken(runID: Int64)
    /// The run whose turn it is could not go on before, and is not to be tried again yet.
    case later
    /// No run waits.
    case nothing
}

/// Why and until when a run waits that could not go on.
public struct RunDelay: Hashable, Sendable {
    /// Why it could not go on.
    public var cause: String
    /// When it may be tried again, in seconds since 1970-01-01 00:00:00 UTC.
    public var notBefore_s: Int64
    /// Its tries so far.
    public var tries: Int

    /// A delay.
    public init(cause: String, notBefore_s: Int64, tries: Int) {
        self.cause = cause
        self.notBefore_s = notBefore_s
        self.tries = tries
    }
}
