public import ScheduleStore
import SchedulingCore

/// When a run that could not go on is tried again, and when it is given up.
public struct RunRetries: Sendable {
    /// The pause after the first try; it doubles with each further one.
    public var firstPause_s: Int64 = 5
    /// The longest pause; no longer than a lease.
    public var longestPause_s: Int64 = 60
    /// Tries without anything stored between them, after which a run is given up. Those that the environment made fail
    /// count for half at most: a run waits for space on the disk as long as it takes.
    public var most = 10
    /// Claims without anything stored between them, after which a run is given up that seems to end the processes that
    /// carry it out. Far more than `most`: a process may end for many a reason that is not the run's, and under load
    /// before the run could store anything.
    public var mostClaims = 100
    /// What the jitter of pauses depends on.
    public var seed: UInt64 = 0

    /// The usual pauses.
    public init() {}

    /// How long a run waits for its next try; nil where it is to be given up.
    ///
    /// - Parameter run: As it stands when it failed.
    public func delay(of run: RunRecord, after cause: StoreError, now_s: Int64) -> RunDelay? {
        var tries = max(1, run.tries)
        if cause.isOfEnvironment {
            tries = min(tries, max(1, most / 2))
        } else if tries >= most {
            return nil
        }
        return RunDelay(
            cause: cause.description, notBefore_s: now_s + pause_s(runID: run.id, tries: tries), tries: tries)
    }

    /// The pause after so many tries: between half and the whole of what doubling gives, so that runs that failed
    /// together are not tried again together.
    public func pause_s(runID: Int64, tries: Int) -> Int64 {
        let doublings = Int64(max(0, min(tries - 1, 30)))
        let whole = max(1, min(firstPause_s << doublings, longestPause_s))
        let jitter = FNVHash("\(seed) \(runID) \(tries)").index(in: Int(whole / 2 + 1))
        return whole - Int64(jitter)
    }
}
