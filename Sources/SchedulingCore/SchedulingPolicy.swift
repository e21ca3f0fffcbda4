/// Everything a run is told about how to decide, with the defaults of SPEC 13. Plain data: whoever reads a
/// configuration file fills it in, a test writes it down.
public struct SchedulingPolicy: Hashable, Sendable {
    /// Days and times.
    public var timing = TimingConstants()
    /// The annual enrolment period.
    public var aep = AnnualEnrolment()
    /// Caps, smoothing, frequency.
    public var load = LoadBalancing()
    /// Priorities by type; lower is more important.
    public var priorities = Priorities()
    /// What a window does whose anchor date the contact does not have.
    public var missingAnchor = MissingAnchor.allow
    /// Exclusion windows by two-letter state code.
    public var stateRules = StateRule.defaults()
    /// Campaign types that exist without a row in the database, by name.
    public var campaignTypes = CampaignType.defaults
    /// Templates by email type; follow-ups and anniversaries only, campaigns have theirs in the instance.
    public var templates: [String: TemplatePair] = TemplatePair.defaults
    /// Whether `sms_template` is filled at all.
    public var enablesSMS = false

    /// The defaults of SPEC 13.
    public init() {}

    /// Days and times of the email types (SPEC 4, 10, 13).
    public struct TimingConstants: Hashable, Sendable {
        /// Local time of day at which emails go out, `HH:MM:SS`.
        public var sendTime = "08:30:00"
        /// Days from the email to the birthday.
        public var birthdayDaysBefore = 14
        /// Days from the email to the policy anniversary.
        public var effectiveDateDaysBefore = 30
        /// Days from an initial email to its follow-up.
        public var followupDaysAfter = 2
        /// Days after an initial email in which a first follow-up may be made.
        public var followupLookbackDays = 35
        /// Days after its due date in which a post-window email still makes sense.
        public var postWindowGraceDays = 7
        /// Days that a dated campaign target may be overdue.
        public var campaignMaxOverdueDays = 30

        /// The defaults of SPEC 13.
        public init() {}
    }

    /// The annual enrolment period (SPEC 4).
    public struct AnnualEnrolment: Hashable, Sendable {
        /// A day of the year.
        public struct MonthDay: Hashable, Sendable {
            /// 1 to 12.
            public var month: Int
            /// 1 to 31; 29 February is 28 February in a common year.
            public var day: Int

            /// A day of the year.
            public init(month: Int, day: Int) {
                self.month = month
                self.day = day
            }
        }

        /// The dates over which contacts are spread by hash.
        public var dates = [MonthDay(month: 9, day: 15)]
        /// Days after its date in which the email still makes sense.
        public var sendWithinDays = 30

        /// The defaults of SPEC 13.
        public init() {}
    }

    /// Caps, smoothing, frequency (SPEC 6 to 9).
    public struct LoadBalancing: Hashable, Sendable {
        /// Share of all contacts that a day may carry, above 0, at most 1.
        public var dailySendPercentageCap = 0.07
        /// Effective-date emails that share an ideal date before they are smoothed.
        public var effectiveDateDailySoftLimit = 15
        /// Days, in all, over which they are smoothed; odd.
        public var effectiveDateSmoothingWindowDays = 5
        /// Days over which overdue emails are spread; at least 1.
        public var catchUpSpreadDays = 7
        /// How far over the cap a day may go before it is cut down to the cap; at least 1.
        public var overageThreshold = 1.2
        /// Emails that a contact may get in a period.
        public var maxEmailsPerContactPerPeriod = 2
        /// Days of that period.
        public var periodDays = 14

        /// The defaults of SPEC 13.
        public init() {}

        /// Emails that a day may carry (SPEC 6).
        public func dailyCap(totalContacts: Int) -> Int {
            max(1, Int(dailySendPercentageCap * Double(totalContacts) + 1e-9))
        }

        /// Effective-date emails that may share an ideal date (SPEC 6).
        public func smoothingLimit(cap: Int) -> Int {
            max(1, min(effectiveDateDailySoftLimit, Int(0.30 * Double(cap) + 1e-9)))
        }

        /// Emails up to which a day is left alone (SPEC 8).
        public func overageLimit(cap: Int) -> Int {
            Int(Double(cap) * overageThreshold + 1e-9)
        }
    }

    /// Priorities of the types that are no campaigns (SPEC 4); lower is more important.
    public struct Priorities: Hashable, Sendable {
        /// Of birthday emails.
        public var birthday = 5
        /// Of effective-date emails.
        public var effectiveDate = 5
        /// Of annual-enrolment emails.
        public var aep = 3
        /// Of post-window emails.
        public var postWindow = 8

        /// The defaults of SPEC 13.
        public init() {}
    }

    /// What a window does whose anchor date the contact does not have (SPEC 3).
    public enum MissingAnchor: String, CaseIterable, Sendable {
        /// It excludes nothing.
        case allow
        /// It excludes every date.
        case skip
    }
}

/// The templates of one email type.
public struct TemplatePair: Hashable, Sendable {
    /// Name of the email template: column `email_template`.
    public var email: String?
    /// Name of the SMS template: column `sms_template`.
    public var sms: String?

    /// Two names, each optional.
    public init(email: String?, sms: String? = nil) {
        self.email = email
        self.sms = sms
    }

    /// A template of each type, named after it.
    public static let defaults = Dictionary(
        uniqueKeysWithValues: EmailType.fixedNames.map {
            ($0, TemplatePair(email: "\($0)_email", sms: "\($0)_sms"))
        })
}
