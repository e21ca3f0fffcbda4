import Synchronization

/// Pauses that end when the test says so, or with their task.
final class ManualPause: Sendable {
    private struct State {
        var ticks = 0
        var isOver = false
        var waiter: CheckedContinuation<Void, any Error>?
    }

    private let state = Mutex(State())

    /// Ends one pause: the present one, or the next.
    func tick() {
        let waiter = state.withLock { state in
            if state.waiter == nil { state.ticks += 1 }
            return state.waiter.take()
        }
        waiter?.resume()
    }

    /// Whether somebody pauses.
    var isOn: Bool { state.withLock { $0.waiter != nil } }

    @Sendable
    func pause(_: Int64) async throws {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let outcome: Result<Void, any Error>? = state.withLock { state in
                    if state.isOver { return .failure(CancellationError()) }
                    if state.ticks > 0 {
                        state.ticks -= 1
                        return .success(())
                    }
                    state.waiter = continuation
                    return nil
                }
                if let outcome { continuation.resume(with: outcome) }
            }
        } onCancel: {
            let waiter = state.withLock { state in
                state.isOver = true
                return state.waiter.take()
            }
            waiter?.resume(throwing: CancellationError())
        }
    }
}
