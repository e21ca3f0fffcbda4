public import SchedulingCore

/// Everything that the configuration file and the environment say, checked: the rules' numbers and how the
/// service itself works. The defaults are those of SPEC 13.
public struct Settings: Hashable, Sendable {
    /// The rules' numbers.
    public var policy = SchedulingPolicy()
    /// IANA name of the organisation's time zone: key `time_zone`.
    public var timeZone = "America/Chicago"
    /// Days before a window's opening that are excluded too, where the window itself says nothing:
    /// `timing_constants.pre_window_exclusion_days`. The windows in `policy` have it worked in.
    public var preWindowExclusionDays = 60
    /// Contacts that are decided and committed together: `processing.batch_size`.
    public var batchSize = 10_000
    /// When runs happen by themselves.
    public var runs = Runs()
    /// Days that backups are kept: key `backup_retention_days`.
    public var backupRetentionDays = 30
    /// How long history is kept.
    public var retention = Retention()
    /// What an acknowledged write survives: key `durability`.
    public var durability = Durability.normal

    /// The defaults of SPEC 13.
    public init() {}

    /// When runs happen by themselves: section `runs`.
    public struct Runs: Hashable, Sendable {
        /// Local time of day of the daily full run, `HH:MM`; nil for none.
        public var dailyAt: String?
        /// Whether a backup is made before each full run that writes.
        public var backsUpBefore = false

        /// No daily runs, no backups.
        public init() {}
    }

    /// Days for which history is kept: section `retention`. 0 keeps it for ever.
    public struct Retention: Hashable, Sendable {
        /// Entries of the audit log, and of campaigns' change logs: 7 years.
        public var audit_days = 2_557
        /// Runs that ended.
        public var runs_days = 731
        /// Imports with the rows that they refused.
        public var imports_days = 366
        /// What happened to emails.
        public var events_days = 0

        /// The defaults.
        public init() {}
    }

    /// What an acknowledged write survives.
    public enum Durability: String, CaseIterable, Sendable {
        /// The death of the process.
        case normal
        /// A loss of power too.
        case full
    }
}
