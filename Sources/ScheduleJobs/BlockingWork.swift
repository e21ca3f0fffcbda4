public import Dispatch

/// Work that blocks its thread, called from where no thread may be blocked.
public enum BlockingWork {
    /// Runs work on a queue, never on a thread of Swift's cooperative pool, and waits for it without blocking.
    public static func run<Value: Sendable>(
        on queue: DispatchQueue, _ work: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result { try work() }) }
        }
    }
}
