public import SchedulingCore

/// One run of the scheduler, from the request to the report.
public struct RunRecord: Hashable, Sendable {
    /// What is scheduled.
    public enum Kind: String, CaseIterable, Sendable {
        /// Every contact.
        case full
        /// The contacts listed.
        case contacts
        /// The contacts of one campaign instance.
        case campaign
        /// Follow-ups alone.
        case followups
    }

    /// Where a run stands. The schema allows no other step than these:
    ///
    ///                  ┌──── interrupted, put off ────┐
    ///                  ▼                              │
    ///     asked ──▶ queued ─────── claimed ───────▶ running ──▶ completed
    ///                  │ │                            │ │
    ///                  │ └─────────▶ failed ◀─────────┘ │
    ///                  └───────────▶ cancelled ◀────────┘
    ///
    /// One run of an organisation is running at a time. It goes back where the process is told to end or has died, and
    /// where it could not go on for a cause that may pass; it waits until `notBefore_s` then.
    public enum State: String, CaseIterable, Sendable {
        /// Waits to be claimed.
        case queued
        /// A worker is at it.
        case running
        /// Done, with a report.
        case completed
        /// Given up, with the cause: the queue's dead letters. Whatever it left undone, a later run does.
        case failed
        /// Stopped on request.
        case cancelled

        /// The states that may come next.
        public var successors: Set<State> {
            switch self {
            case .queued: [.running, .failed, .cancelled]
            case .running: [.queued, .completed, .failed, .cancelled]
            case .completed, .failed, .cancelled: []
            }
        }

        /// Whether nothing more happens to it.
        public var isFinal: Bool { successors.isEmpty }
    }

    /// Id, counting up: `scheduler_run_id` of the rows it writes. Survives a resume.
    public var id: Int64
    /// What was asked for.
    public var request: RunRequest
    /// Where it stands.
    public var state: State
    /// Whether somebody asked it to stop after the batch.
    public var isCancelRequested = false
    /// Contacts finished so far.
    public var contactsDone: Int64 = 0
    /// Contacts to do; 0 until it is known.
    public var contactsTotal: Int64 = 0
    /// Times it was claimed; above 1 it was resumed. It tells one claim of the run from the next: only the latest may
    /// write.
    public var attempts = 0
    /// Claims since it last stored something.
    public var tries = 0
    /// When it may be claimed again, in seconds since 1970-01-01 00:00:00 UTC; nil for at once.
    public var notBefore_s: Int64?
    /// When it was asked for.
    public var createdAt: String
    /// When it was first claimed.
    public var startedAt: String?
    /// When it came to its final state.
    public var finishedAt: String?
    /// The report (SPEC 12), JSON text.
    public var report: String?
    /// Why it failed; of a run that is to go on, why it could not the last time.
    public var error: String?
    /// Version of the configuration it was first claimed with.
    public var configVersion: Int64?
    /// Version of the engine that claimed it first.
    public var engineVersion: String?

    /// A run that waits.
    public init(id: Int64, request: RunRequest, state: State = .queued, createdAt: String) {
        self.id = id
        self.request = request
        self.state = state
        self.createdAt = createdAt
    }
}

/// What a run is asked to do.
public struct RunRequest: Hashable, Sendable {
    /// What is scheduled.
    public var kind: RunRecord.Kind
    /// The date it decides for.
    public var today: CivilDate
    /// Whether it reports and writes no row.
    public var isDryRun = false
    /// Whether it forgets kept dates (SPEC 1).
    public var replans = false
    /// The contacts of a run of kind `contacts`, else nil.
    public var contactIDs: [Int64]?
    /// The instance of a run of kind `campaign`, else nil.
    public var campaignInstanceID: Int64?

    /// A request for a date.
    public init(kind: RunRecord.Kind, today: CivilDate) {
        self.kind = kind
        self.today = today
    }
}

/// How a run ended.
public enum RunOutcome: Hashable, Sendable {
    /// Done, with its report as JSON text.
    case completed(report: String)
    /// Given up, with a message, and the report as far as it got.
    case failed(message: String, report: String?)
    /// Stopped on request, with the report as far as it got.
    case cancelled(report: String?)
}
