import Dispatch

/// Where files are opened, closed and removed, one after the other: all of it may wait for the disk.
enum FileQueue {
    private static let queue = DispatchQueue(
        label: "ScheduleStore.files", target: .global(qos: .userInitiated))

    /// Runs work there.
    static func run<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { done in
            queue.async { done.resume(with: Result(catching: work)) }
        }
    }
}
