public import ScheduleStore
import Synchronization

/// How a process holds the runs that it carries out, and when it tries those again that failed.
public struct RunLeases: Sendable {
    /// The process, in words that no other has.
    public var owner: String
    /// Seconds since 1970-01-01 00:00:00 UTC.
    public var unixSeconds: @Sendable () -> Int64
    /// Whether an owner is known to be at work no more.
    public var isGone: @Sendable (_ owner: String) -> Bool
    /// How long a lease is; it is renewed three times in that time.
    public var length_s: Int64 = 60
    /// The pause after the first try that failed; it doubles with each further one.
    public var firstPause_s: Int64 = 5
    /// The longest pause.
    public var longestPause_s: Int64 = 600
    /// Tries of a run after which it is given up.
    public var mostTries = 10
    /// What the jitter of pauses depends on.
    public var seed: UInt64 = 0

    /// Leases of a process.
    public init(
        owner: String, unixSeconds: @escaping @Sendable () -> Int64,
        isGone: @escaping @Sendable (_ owner: String) -> Bool
    ) {
        self.owner = owner
        self.unixSeconds = unixSeconds
        self.isGone = isGone
    }

    /// A lease from now on.
    public var lease: RunLease { RunLease(owner: owner, now_s: unixSeconds(), length_s: length_s) }

    /// The pause after a run has failed so many times: between half and the whole of what doubling gives, so that
    /// runs that failed together are not tried again together.
    public func pause_s(runID: Int64, failedTries: Int) -> Int64 {
        let doublings = min(max(0, failedTries - 1), 40)
        let whole = min(firstPause_s << Int64(min(doublings, 30)), longestPause_s)
        var mixed = seed ^ UInt64(bitPattern: runID) &* 0x9E37_79B9_7F4A_7C15 ^ UInt64(doublings) << 56
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        let half = max(1, whole / 2)
        return whole - half + Int64((mixed ^ (mixed >> 31)) % UInt64(half + 1))
    }
}

extension RunLeases {
    /// Does the work of a run while its lease is renewed. A store that fails then is tried again: the work itself meets
    /// the failure.
    ///
    /// - Parameter work: Is told by `isLost` where the run has come to be another's, and is to stop then.
    public func hold<Value>(
        _ run: RunRecord, in store: any OrganizationStore,
        _ work: (_ isLost: @escaping @Sendable () -> Bool) async throws -> Value
    ) async rethrows -> Value {
        let isLost = Flag()
        let renewal = Task { [self] in
            while (try? await Task.sleep(for: .seconds(Double(length_s) / 3))) != nil {
                if let isOurs = try? await store.renewLease(ofRun: run.id, lease), !isOurs { isLost.set() }
            }
        }
        defer { renewal.cancel() }
        return try await work { isLost.isSet }
    }
}

/// Something that is so from some time on.
private final class Flag: Sendable {
    private let value = Mutex(false)

    var isSet: Bool { value.withLock { $0 } }

    func set() { value.withLock { $0 = true } }
}

/// Thrown where a run cannot go on for a cause that may pass: it is to be tried again behind its last checkpoint.
public struct RunPostponement: Error, Sendable, CustomStringConvertible {
    /// The cause.
    public var cause: StoreError

    /// The cause, for the log and the run's record.
    public var description: String { cause.description }
}

extension StoreError {
    /// Whether the failure may be over without anybody changing what was asked for.
    var mayPass: Bool {
        switch code {
        case .busy, .full, .readOnly, .cannotOpen, .internalFailure: true
        case .notFound, .conflict, .dangling, .constraint, .wrongState, .corrupt, .closed: false
        }
    }
}
