public import ScheduleStore
import Synchronization

/// How a process holds the runs that it carries out.
public struct RunLeases: Sendable {
    /// The process, in words that no other has.
    public var owner: String
    /// Seconds since 1970-01-01 00:00:00 UTC.
    public var unixSeconds: @Sendable () -> Int64
    /// Whether another owner is known to be at work no more.
    public var isGone: @Sendable (_ owner: String) -> Bool
    /// Waits for so many seconds; throws where the task is cancelled.
    public var pause: @Sendable (_ seconds: Int64) async throws -> Void
    /// How long a lease is; it is renewed three times in that time.
    public var length_s: Int64 = 60
    /// When runs that could not go on are tried again.
    public var retries = RunRetries()

    /// The leases of a process.
    public init(
        owner: String, unixSeconds: @escaping @Sendable () -> Int64,
        isGone: @escaping @Sendable (_ owner: String) -> Bool,
        pause: @escaping @Sendable (_ seconds: Int64) async throws -> Void
    ) {
        self.owner = owner
        self.unixSeconds = unixSeconds
        self.isGone = isGone
        self.pause = pause
    }

    /// A lease from now on.
    public var lease: RunLease {
        RunLease(
            owner: owner, now_s: unixSeconds(), length_s: length_s, mostTries: retries.mostClaims,
            isGone: isGone)
    }

    /// Does the work of a claimed run while its lease is renewed beside it. A store that fails to do so is tried again:
    /// the work meets the failure itself.
    ///
    /// - Parameter work: Is told by `isLost` when another process has the run, and is to stop then.
    public func hold<Value>(
        _ run: RunRecord, in store: any OrganizationStore,
        _ work: (_ isLost: @escaping @Sendable () -> Bool) async throws -> Value
    ) async rethrows -> Value {
        let isLost = Flag()
        let renewal = Task {
            while !isLost.isSet, (try? await pause(max(1, length_s / 3))) != nil {
                if let holds = try? await store.renewLease(of: run, lease), !holds { isLost.set() }
            }
        }
        defer { renewal.cancel() }
        return try await work { isLost.isSet }
    }
}

/// Something that is so from some time on.
private final class Flag: Sendable {
    private let value = Atomic<Bool>(false)

    var isSet: Bool { value.load(ordering: .relaxed) }

    func set() { value.store(true, ordering: .relaxed) }
}
