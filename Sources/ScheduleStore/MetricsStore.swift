public import SchedulingCore

/// Numbers of an organisation, for dashboards. They are kept up to date with every change, whoever makes it: asking for
/// them takes milliseconds, however many rows there are. The rules of `OrganizationStore` hold.
public protocol MetricsStore: Sendable {
    /// Everything that dashboards show.
    ///
    /// - Parameters:
    ///   - today: What is due goes by it.
    ///   - unixSeconds: The time; leases that have ended are no leases any more.
    func metrics(today: CivilDate, unixSeconds: Int64) async throws -> OrganizationMetrics
    /// The sums alone.
    func summary(today: CivilDate, unixSeconds: Int64) async throws -> OrganizationSummary
    /// Emails by planned date, type and status, in that order; for days of a range, both ends included.
    func dayCounts(_ days: ClosedRange<CivilDate>) async throws -> [EmailDayCount]
}

/// The numbers of an organisation at one moment.
public struct OrganizationMetrics: Hashable, Sendable {
    /// Contacts.
    public var contacts = 0
    /// Contacts that are on the do-not-contact list for some channel.
    public var suppressedContacts = 0
    /// Emails by type, status and skip reason.
    public var emails: [EmailCount] = []
    /// Emails that are not skipped, by planned date.
    public var dailyVolume: [DailyVolume] = []
    /// What became of the emails of each campaign instance, in order of the instances.
    public var campaigns: [CampaignCount] = []
    /// Emails of the contacts of each state, and those of them that an exclusion skips.
    public var states: [StateCount] = []
    /// Runs by their state.
    public var runs: [RunRecord.State: Int] = [:]
    /// The newest run that is completed and was no dry run; nil for none.
    public var lastSuccess: RunRecord?
    /// The newest full run that is completed and was no dry run; nil for none.
    public var latestFullRun: RunRecord?
    /// The newest runs, the latest first, at most `recentRunLimit`.
    public var recentRuns: [RunRecord] = []
    /// What waits.
    public var backlog = Backlog()

    /// How many runs `recentRuns` has at most.
    public static let recentRunLimit = 20

    /// Nothing at all.
    public init() {}
}

/// Emails of one type, status and skip reason.
public struct EmailCount: Hashable, Sendable {
    /// Column `email_type`.
    public var emailType: String
    /// Column `status`.
    public var status: String
    /// Column `skip_reason`; nil for none.
    public var skipReason: String?
    /// How many.
    public var count: Int

    /// So many of a kind.
    public init(emailType: String, status: String, skipReason: String?, count: Int) {
        self.emailType = emailType
        self.status = status
        self.skipReason = skipReason
        self.count = count
    }
}

/// Emails of one day, type and status.
public struct EmailDayCount: Hashable, Sendable {
    /// Column `scheduled_send_date`.
    public var date: CivilDate
    /// Column `email_type`.
    public var emailType: String
    /// Column `status`.
    public var status: String
    /// How many.
    public var count: Int

    /// So many of a day and kind.
    public init(date: CivilDate, emailType: String, status: String, count: Int) {
        self.date = date
        self.emailType = emailType
        self.status = status
        self.count = count
    }
}

/// Emails of one day.
public struct DailyVolume: Hashable, Sendable {
    /// Column `scheduled_send_date`, as it is stored.
    public var date: String
    /// How many.
    public var count: Int

    /// So many on a day.
    public init(date: String, count: Int) {
        self.date = date
        self.count = count
    }
}

/// What became of the emails of a campaign instance: rows of which it is known, each counted once.
public struct CampaignCount: Hashable, Sendable {
    /// The instance.
    public var instanceID: Int64
    /// Column `campaign_type` of the instance; nil where it is gone.
    public var campaignType: String?
    /// Column `instance_name` of the instance; nil where it is gone.
    public var instanceName: String?
    /// Emails that are neither skipped nor cancelled.
    public var scheduled = 0
    /// Emails that were sent, or are further.
    public var sent = 0
    /// Emails with an event that says it; where a row has no events at all, its status says it. So too for `bounced`.
    public var delivered = 0
    /// Emails that were opened.
    public var opened = 0
    /// Emails in which a link was followed.
    public var clicked = 0
    /// Emails that were sent back.
    public var bounced = 0
    /// Emails whose contact wants no more of them, or none of a group.
    public var unsubscribed = 0

    /// An instance nobody has been sent anything of.
    public init(instanceID: Int64) { self.instanceID = instanceID }
}

/// Emails of the contacts of a state.
public struct StateCount: Hashable, Sendable {
    /// The state whose rules hold for the contact: its own, else that of its ZIP.
    public var state: String
    /// Emails of whatever type and status.
    public var emails = 0
    /// Those of them that are skipped by an exclusion, by its reason.
    public var excluded: [String: Int] = [:]

    /// A state without emails.
    public init(state: String) { self.state = state }
}

/// What waits in an organisation.
public struct Backlog: Hashable, Sendable {
    /// Planned emails of today and before that nobody has claimed.
    public var due = 0
    /// Emails that are with a sender under a lease that goes on.
    public var leased = 0
    /// Runs that wait for a worker.
    public var queuedRuns = 0
    /// The earliest planned date among the due emails; nil for none.
    public var oldestDue: String?

    /// Nothing waits.
    public init() {}
}

/// The sums of an organisation, for an overview of many.
public struct OrganizationSummary: Hashable, Sendable {
    /// Contacts.
    public var contacts = 0
    /// Contacts that are on the do-not-contact list for some channel.
    public var suppressedContacts = 0
    /// Emails by their status.
    public var emails: [String: Int] = [:]
    /// Runs by their state.
    public var runs: [RunRecord.State: Int] = [:]
    /// The newest run that is completed and was no dry run; nil for none.
    public var lastSuccess: RunRecord?
    /// What waits.
    public var backlog = Backlog()

    /// Nothing at all.
    public init() {}
}
