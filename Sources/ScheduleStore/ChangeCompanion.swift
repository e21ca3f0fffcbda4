import Synchronization

/// What is stored beside a change, in one transaction with it: the runs that plan anew whom it concerns, the entry of
/// the audit log, and the answer that a client may ask for again. Neither can be there without the change, nor the change without them.
public final class ChangeCompanion: Sendable {
    /// The runs that a change calls for.
    ///
    /// - Parameters:
    ///   - touched: Whom it concerns.
    ///   - plan: The full run that the standing plan comes from; nil where nobody has a plan yet.
    public typealias Planning =
        @Sendable (_ touched: Touched, _ plan: RunRecord?) throws -> [RunRequest]
    /// The answer to keep; nil where the verb is not the one that is answered.
    ///
    /// - Parameters:
    ///   - outcome: What the verb returns.
    ///   - runs: The runs put in the queue for it.
    public typealias Answering =
        @Sendable (_ outcome: any Sendable, _ runs: [RunRecord]) throws -> KeptAnswer?

    /// The entry of the audit log; nil for none.
    ///
    /// - Parameter outcome: What the verb returns.
    public typealias Auditing = @Sendable (_ outcome: any Sendable) -> AuditDraft?

    /// The time, as text for columns.
    public let now: String
    private let planning: Planning
    private let answering: Answering
    private let auditing: Auditing
    private let queued = Mutex<[RunRecord]>([])

    /// A companion of one request's changes.
    public init(
        now: String, planning: @escaping Planning, answering: @escaping Answering,
        auditing: @escaping Auditing = { _ in nil }
    ) {
        self.now = now
        self.auditing = auditing
        self.planning = planning
        self.answering = answering
    }

    /// The runs that were put in the queue so far.
    public var queuedRuns: [RunRecord] { queued.withLock { $0 } }

    /// For a store, at the end of a verb's transaction: stores what goes with its outcome.
    ///
    /// - Parameters:
    ///   - plan: Finds the run that the standing plan comes from.
    ///   - queue: Puts a run in the queue.
    ///   - keep: Stores the answer.
    ///   - audit: Stores an entry of the audit log.
    package func store(
        beside outcome: any Sendable, plan: () throws -> RunRecord?, queue: (RunRequest) throws -> RunRecord,
        keep: (KeptAnswer) throws -> Void, audit: (AuditDraft) throws -> Void
    ) throws {
        var runs: [RunRecord] = []
        if let touched = (outcome as? any ChangeOutcome)?.touched {
            runs = try planning(touched, plan()).map(queue)
            queued.withLock { $0 += runs }
        }
        if let entry = auditing(outcome) { try audit(entry) }
        if let answer = try answering(outcome, runs) { try keep(answer) }
    }
}

/// What a verb that changes something returns.
public protocol ChangeOutcome: Sendable {
    /// Whom the change concerns.
    var touched: Touched { get }
}
