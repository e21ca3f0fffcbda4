import Synchronization

/// Counts the verbs that wait for the writing connection, so that a run can let them in.
package final class WaitingWriters: Sendable {
    private let count = Atomic<Int>(0)

    /// Whether any verb waits.
    package var areThere: Bool { count.load(ordering: .relaxed) > 0 }

    /// A verb begins to wait.
    package func enter() { count.wrappingAdd(1, ordering: .relaxed) }

    /// A verb's turn has come, or it gave up.
    package func leave() { count.wrappingSubtract(1, ordering: .relaxed) }
}
