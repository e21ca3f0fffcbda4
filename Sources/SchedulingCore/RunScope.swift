/// What a run decides (SPEC 11).
public enum RunScope: Sendable {
    /// Every email of every contact.
    case everything
    /// Every email of some contacts; all others count as the last full run left them, and stay.
    case someContacts(StandingCounts)
    /// The follow-ups of every contact, and nothing else.
    case followups
}

/// What the last full run, and the partial ones since, left on each day.
public struct StandingCounts: Sendable, Equatable {
    /// Effective-date emails by ideal date (SPEC 6).
    public var smoothing: DayCounts
    /// Emails and committed rows by final date (SPEC 8).
    public var load: DayCounts

    /// No email on any day.
    public init(around today: CivilDate) {
        smoothing = DayCounts(around: today)
        load = DayCounts(around: today)
    }
}

extension StoredEmail {
    /// The date that an uncommitted row loads, and that is free again when the row is decided anew; nil for
    /// follow-ups and for rows that were skipped before the daily cap.
    var replaceableDate: CivilDate? {
        guard !type.isFollowup else { return nil }
        switch (status, skipReason) {
        case (.preScheduled, _), (.skipped, .known(.campaignConflict)), (.skipped, .known(.frequencyLimit)):
            return scheduledDate
        default: return nil
        }
    }
}
