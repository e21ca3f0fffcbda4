/// What a run counted (SPEC 12). Sums of two reports of different contacts are the report of both.
public struct RunReport: Sendable, Equatable {
    /// Rows that belong together in the report.
    public struct RowKind: Hashable, Sendable {
        /// Column `email_type`.
        public let type: EmailType
        /// Nil for status `pre-scheduled`, else the reason of `skipped`.
        public let skipReason: SkipReason?
    }

    /// A state and a reason, for the hit rate of exclusion windows.
    public struct Exclusion: Hashable, Sendable {
        /// State whose rule held.
        public let state: StateCode
        /// Reason of the rows.
        public let reason: SkipReason
    }

    /// What the days of a run carry, at the three stages of placing.
    public struct Volume: Sendable, Equatable {
        /// Emails by ideal date.
        public var ideal: DayCounts
        /// Emails by target date: after keeping, smoothing and catch-up.
        public var target: DayCounts
        /// Emails by final date: after the daily cap, conflict and frequency.
        public var final: DayCounts
    }

    /// Contacts that got a decision; invalid ones are not among them.
    public internal(set) var contactsProcessed = 0
    /// Contacts without schedule, by the reason.
    public internal(set) var invalid: [Contact.Invalidity: Int] = [:]
    /// Contacts whose own state is not that of their ZIP.
    public internal(set) var stateZIPMismatches = 0
    /// Emails decided, by kind of row.
    public internal(set) var rows: [RowKind: Int] = [:]
    /// Emails skipped by an exclusion window, by state.
    public internal(set) var exclusions: [Exclusion: Int] = [:]
    /// Emails decided for contacts of a state, the basis of the hit rate.
    public internal(set) var emailsByState: [StateCode: Int] = [:]
    /// Rows added.
    public internal(set) var inserted = 0
    /// Rows rewritten in place, expired ones among them.
    public internal(set) var updated = 0
    /// Rows removed.
    public internal(set) var deleted = 0
    /// Rows that stand as they were.
    public internal(set) var unchanged = 0
    /// Emails of each day, not skipped, follow-ups aside.
    public internal(set) var volume: Volume
    /// Days that emails which cannot wait push over the cap.
    public internal(set) var overCapDays: [CivilDate] = []

    init(today: CivilDate) {
        let none = DayCounts(around: today)
        volume = Volume(ideal: none, target: none, final: none)
    }

    mutating func count(_ change: RowChange) {
        switch change {
        case .insert: inserted += 1
        case .update, .expire: updated += 1
        case .delete: deleted += 1
        case .target: break
        }
    }
}
