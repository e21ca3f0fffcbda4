public import SchedulingCore

/// Changes that are stored together or not at all, with the checkpoint behind them.
public struct ChangePart: Sendable {
    /// The changes: those of one contact after the other, each contact whole.
    public var changes: [RowChange]
    /// Where contacts count in smoothing now, in order of contacts.
    public var smoothingShares: [SmoothingShare]
    /// How far the run has come with them; without its payload.
    public var checkpoint: RunCheckpoint
    /// Which contacts were looked at for the first time, and cannot be planned.
    public var survey: ContactSurvey?
    private let payload: @Sendable () -> [UInt8]

    /// Changes and their checkpoint.
    ///
    /// - Parameter payload: Makes the checkpoint's payload, where it is stored: of parts that are stored together only
    ///   the last one's is.
    public init(
        changes: [RowChange], smoothingShares: [SmoothingShare] = [], checkpoint: RunCheckpoint,
        survey: ContactSurvey? = nil,
        payload: @escaping @Sendable () -> [UInt8] = { [] }
    ) {
        self.changes = changes
        self.smoothingShares = smoothingShares
        self.checkpoint = checkpoint
        self.survey = survey
        self.payload = payload
    }

    /// The checkpoint with its payload.
    public var wholeCheckpoint: RunCheckpoint {
        var whole = checkpoint
        if whole.payload.isEmpty { whole.payload = payload() }
        return whole
    }

    /// The checkpoint alone.
    public var withoutChanges: ChangePart {
        ChangePart(changes: [], checkpoint: checkpoint, payload: payload)
    }
}

/// What a run has found out about the validity of some contacts (SPEC 2).
public struct ContactSurvey: Sendable {
    /// Some contacts.
    public enum Contacts: Hashable, Sendable {
        /// Those of some ids, as far as they exist.
        case ids([Int64])
        /// All of an id range.
        case range(ClosedRange<Int64>)
    }

    /// The contacts that were looked at.
    public var contacts: Contacts
    /// Those of them that are invalid, and why.
    public var invalid: [(contactID: Int64, reason: String)]

    /// Contacts, and those of them that are invalid.
    public init(_ contacts: Contacts, invalid: [(contactID: Int64, reason: String)]) {
        self.contacts = contacts
        self.invalid = invalid
    }
}

/// Writes what a run has decided. Blocks the thread that calls it.
public protocol RunWriter: AnyObject, Sendable {
    /// Notes how many contacts a run has to do, and how many of them are done. From then on the writer is that of this
    /// claim of the run: what it is asked to write throws `wrongState` where the claim is over, because another process
    /// has taken the run up.
    func begin(_ run: RunRecord, contactsDone: Int64, contactsTotal: Int64) throws

    /// Carries the changes of one batch out, part by part. A row that has been committed since it was read is
    /// left alone.
    ///
    /// 1. Of a contact's changes deletions come first, then expiries and updates, then insertions, so that no
    ///    two rows ever have one identity. A part has them in this order, one contact after the other.
    /// 2. A part is stored whole or not at all, its checkpoint with it; the checkpoint replaces the run's earlier
    ///    one, and its `contactsDone` becomes the run's progress. Where other verbs wait to write, they are let in
    ///    between parts: after a crash, or where it throws, the stored checkpoint tells how many are stored.
    ///
    /// - Parameter now: For `created_at` and `updated_at`.
    /// - Throws: `StoreError`; `constraint` where a row would get another row's identity.
    func apply(
        _ parts: ArraySlice<ChangePart>, runID: Int64, catalog: RunCatalog, now: String
    ) throws -> ChangeCounts

    /// Stores a checkpoint and the progress without any row.
    func save(_ checkpoint: RunCheckpoint) throws

    /// The run's last checkpoint, nil where it has none.
    func loadCheckpoint(runID: Int64) throws -> RunCheckpoint?

    /// Leaves the changes of some parts out and goes on behind them: stores their last checkpoint, and why.
    func giveUp(_ parts: ArraySlice<ChangePart>, runID: Int64, because failure: String) throws

    /// Why parts of the run were given up, in order.
    func loadFailures(runID: Int64) throws -> [String]

    /// Replaces the counts per day by those of a full run.
    func saveDayCounts(runID: Int64, _ counts: [DayCount]) throws

    /// The counts per day of the last full run, in order of the day; empty where there was none.
    func loadDayCounts() throws -> [DayCount]
}

/// Rows that a batch has changed.
public struct ChangeCounts: Hashable, Sendable {
    /// Rows added to `email_schedules`.
    public var inserted = 0
    /// Rows rewritten in place, expired ones included.
    public var updated = 0
    /// Rows removed.
    public var deleted = 0
    /// Rows of `contact_campaigns` with a new status.
    public var targets = 0
    /// Whether somebody has asked the run to stop.
    public var isCancelRequested = false

    /// No row.
    public init() {}
}

/// What a full run counted for a day; later partial runs take it as the others' share (SPEC 11).
public struct DayCount: Hashable, Sendable {
    /// The day.
    public var day: CivilDate
    /// Effective-date emails that have it as ideal date (SPEC 6).
    public var effectiveDateIdealCount: Int
    /// Emails that have it as final date, the fixed load included (SPEC 8).
    public var finalCount: Int

    /// The counts of a day.
    public init(day: CivilDate, effectiveDateIdealCount: Int, finalCount: Int) {
        self.day = day
        self.effectiveDateIdealCount = effectiveDateIdealCount
        self.finalCount = finalCount
    }
}
