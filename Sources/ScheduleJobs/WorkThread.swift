import Dispatch
import Foundation
import Synchronization

/// Carries out work, one piece after the other, on a thread of its own, which ends when this object goes.
///
/// Work that goes on for minutes may hold no thread of Dispatch's global queue: there is one a processor, and what
/// waits for another piece of such work would never get one.
final class WorkThread: Sendable {
    private let work: Work

    /// What is to be done; kept by the thread, which knows nothing of this object.
    private final class Work: Sendable {
        let pieces = Mutex<[(@Sendable () -> Void)?]>([])
        let arrived = DispatchSemaphore(value: 0)

        func add(_ piece: (@Sendable () -> Void)?) {
            pieces.withLock { $0.append(piece) }
            arrived.signal()
        }

        /// Carries out what comes, until nil does.
        func carryOut() {
            while true {
                arrived.wait()
                guard let piece = pieces.withLock({ $0.removeFirst() }) else { return }
                piece()
            }
        }
    }

    /// Starts a thread.
    init(_ name: String) {
        let work = Work()
        self.work = work
        WorkThread.start(name) { work.carryOut() }
    }

    deinit { work.add(nil) }

    /// Has something carried out behind all that was added before.
    func add(_ piece: @escaping @Sendable () -> Void) { work.add(piece) }

    /// Waits until all that was added is done.
    func finish() {
        let isDone = DispatchSemaphore(value: 0)
        add { isDone.signal() }
        isDone.wait()
    }

    /// Starts a thread that ends with its work.
    fileprivate static func start(_ name: String, _ work: @escaping @Sendable () -> Void) {
        let thread = Thread(block: work)
        thread.name = name
        thread.start()
    }
}

extension BlockingWork {
    /// Runs work on a thread of its own, and waits for it without blocking.
    ///
    /// - Parameter givesWay: Whether the thread, and those that it starts, let others have the processor first.
    public static func run<Value: Sendable>(
        onThread name: String, givesWay: Bool = false, _ work: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            WorkThread.start(name) {
                if givesWay { giveWay() }
                continuation.resume(with: Result { try work() })
            }
        }
    }

    /// How far a thread that gives way stands back: it has a third of the time that others have who want the same
    /// processor.
    private static let niceness: Int32 = 5

    /// Lets others who want this thread's processor have it at once. Without that a request that comes in beside a run
    /// waits until one of the run's threads has used up its time: some milliseconds. Threads that this one starts do the
    /// same. There is no way back, so it is not for threads that are lent to others.
    private static func giveWay() {
        #if os(Linux)
            // To Linux the “process” 0 is the calling thread.
            _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, niceness)
        #endif
    }
}
