import Synchronization

/// Records read from the service's store, kept for some seconds, so that a request costs no look-up. What this
/// process changes is forgotten at once; what another one changes is seen when the record has aged.
final class Expiring<Value: Sendable>: Sendable {
    private struct Entry {
        let value: Value
        /// The seconds in which it counts: none before it was read, where the clock was set back.
        let seconds: Range<Int64>
    }

    private let entries = Mutex<[String: Entry]>([:])
    private let lifetimeSeconds: Int64
    private let capacity: Int

    /// An empty cache.
    init(lifetimeSeconds: Int64 = 5, capacity: Int = 4096) {
        self.lifetimeSeconds = lifetimeSeconds
        self.capacity = capacity
    }

    /// The value of a key: the kept one, else what `load` gives, which is kept unless it is nil.
    func value(
        _ key: String, now: Int64, load: () async throws -> Value?
    ) async throws -> Value? {
        if let entry = entries.withLock({ $0[key] }), entry.seconds.contains(now) { return entry.value }
        guard let value = try await load() else {
            forget(key)
            return nil
        }
        entries.withLock { entries in
            if entries.count >= capacity { entries.removeAll(keepingCapacity: true) }
            entries[key] = Entry(value: value, seconds: now..<now + lifetimeSeconds)
        }
        return value
    }

    /// Forgets a key.
    func forget(_ key: String) { entries.withLock { $0[key] = nil } }

    /// Forgets all that a test holds for.
    func forget(where test: (Value) -> Bool) {
        entries.withLock { entries in entries = entries.filter { !test($0.value.value) } }
    }
}
