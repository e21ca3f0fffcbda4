public import SchedulingCore

/// What a sender asks for: due emails of a channel, under a lease.
public struct ClaimRequest: Sendable {
    /// What is sent.
    public var channel: SendChannel
    /// Emails handed out at most; at least 1.
    public var limit: Int
    /// Seconds for which nobody else gets them.
    public var leaseSeconds: Int64
    /// The date of sending: emails planned for it or before are due.
    public var today: CivilDate
    /// Seconds since 1970-01-01 00:00:00 UTC: when the lease begins.
    public var unixSeconds: Int64
    /// The quiet hours as they are at the moment of sending; nil where nobody is disturbed: an email waits to be read.
    public var quietHours: QuietHours?
    /// The rules' numbers.
    public var policy: SchedulingPolicy
    /// The organisation's clock.
    public var zone: ZoneOffsets

    /// Times an email is handed out before it counts as unconfirmed: whoever had it died each time.
    public static let attemptLimit = 5
    /// Emails that a claim passes over at most, behind the first that it hands out or skips, because it is night where
    /// their contacts live. Before it there may be any number.
    public static let heldLimit = 50_000
    /// Emails that a claim skips at most.
    public static let skipLimit = 5_000

    /// A request.
    public init(
        channel: SendChannel, limit: Int, leaseSeconds: Int64, today: CivilDate, unixSeconds: Int64,
        quietHours: QuietHours?, policy: SchedulingPolicy, zone: ZoneOffsets
    ) {
        self.channel = channel
        self.limit = limit
        self.leaseSeconds = leaseSeconds
        self.today = today
        self.unixSeconds = unixSeconds
        self.quietHours = quietHours
        self.policy = policy
        self.zone = zone
    }
}

/// What a sender gets.
public struct ClaimOutcome: Hashable, Sendable {
    /// An email to send.
    public struct Item: Hashable, Sendable {
        /// Its row.
        public var email: ScheduleRecord
        /// Whom it goes to.
        public var contact: ContactRecord
        /// The fencing token: a later claim of the same email has a greater one.
        public var lease: Int64
        /// How often it was handed out, this time included.
        public var attempt: Int64

        /// An email to send.
        public init(email: ScheduleRecord, contact: ContactRecord, lease: Int64, attempt: Int64) {
            self.email = email
            self.contact = contact
            self.lease = lease
            self.attempt = attempt
        }
    }

    /// An email that may not be sent any more.
    public struct Skip: Hashable, Sendable {
        /// Its row.
        public var id: Int64
        /// Why.
        public var reason: SkipReason

        /// An email that may not be sent any more.
        public init(id: Int64, reason: SkipReason) {
            self.id = id
            self.reason = reason
        }
    }

    /// The emails to send, the most important first.
    public var items: [Item] = []
    /// The emails that were skipped instead.
    public var skipped: [Skip] = []
    /// Emails that were passed over because it is night where their contacts live.
    public var held = 0
    /// Emails of which nobody can tell any more whether they were sent: nobody gets them again.
    public var unconfirmed = 0

    /// Nothing to send.
    public init() {}

    /// Whether nothing is handed out and nothing skipped.
    package var isEmpty: Bool { items.isEmpty && skipped.isEmpty }
}
