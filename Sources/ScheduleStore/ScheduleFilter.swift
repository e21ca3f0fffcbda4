public import SchedulingCore

/// Which rows of `email_schedules` are wanted: those that meet every condition that is set.
public struct ScheduleFilter: Hashable, Sendable {
    /// Rows of this contact.
    public var contactID: Int64?
    /// Rows of this type, by its name.
    public var emailType: String?
    /// Rows of this status.
    public var status: String?
    /// Rows with a scheduled date on this day or later.
    public var from: CivilDate?
    /// Rows with a scheduled date on this day or earlier.
    public var to: CivilDate?
    /// Rows of this campaign instance.
    public var campaignInstanceID: Int64?
    /// Rows that this run wrote last.
    public var runID: Int64?

    /// Every row.
    public init() {}
}
