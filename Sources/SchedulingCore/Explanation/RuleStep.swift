/// One rule that a run tried for one email: what the rule looked at and what came of it. Only the details that
/// the rule has are given; the others are nil or empty.
public struct RuleStep: Hashable, Sendable {
    /// A rule of the contract, in the order in which a run tries them.
    public enum Rule: String, CaseIterable, Sendable {
        /// Which date the email is about, and whether that occurrence is still open (SPEC 4).
        case eventDate = "event_date"
        /// Which of several annual enrolment dates the contact has (SPEC 4).
        case enrolmentDate = "enrolment_date"
        /// Which closed stretch the email follows (SPEC 4, post-window).
        case closedStretch = "closed_stretch"
        /// Whether a campaign instance makes an email for the contact (SPEC 4).
        case campaignTarget = "campaign_target"
        /// Whether a sent email gets a follow-up (SPEC 10).
        case followup
        /// Whether the email exists already and may not be made again (SPEC 4, identity).
        case identity
        /// The do-not-contact list (SPEC 2).
        case suppression
        /// The windows of the contact's state (SPEC 3).
        case exclusionWindow = "exclusion_window"
        /// Whether the ideal date lies within the campaign's dates (SPEC 4).
        case campaignDates = "campaign_dates"
        /// Whether the date of an earlier run stands (SPEC 7.1).
        case keptDate = "kept_date"
        /// Whether a campaign email is too long overdue (SPEC 4).
        case overdueLimit = "overdue_limit"
        /// Spreading of effective-date emails that share a day (SPEC 6).
        case smoothing
        /// A new date for an email whose own is past (SPEC 7.3).
        case catchUp = "catch_up"
        /// What a day can carry (SPEC 8).
        case dailyCap = "daily_cap"
        /// One campaign email a day (SPEC 8).
        case campaignConflict = "campaign_conflict"
        /// So many emails in a period (SPEC 9).
        case frequencyLimit = "frequency_limit"
        /// What the contact did since the initial email (SPEC 10).
        case behaviour
        /// What becomes of a stored row that no email claims (SPEC 11).
        case storedRow = "stored_row"
    }

    /// What came of a rule.
    public enum Outcome: String, CaseIterable, Sendable {
        /// It gives the email its date, or its type.
        case found
        /// It is about an occurrence that is over.
        case past
        /// There is no email, for want of what the rule asks for.
        case missing
        /// The email is committed, or its skip is final: no run changes it.
        case committed
        /// It has nothing against the email, or does not concern it.
        case passed
        /// The date of an earlier run stands.
        case kept
        /// The email gets another date.
        case moved
        /// The email is skipped.
        case skipped
        /// A stored row is removed.
        case removed
    }

    /// Why a rule found nothing or did not hold.
    public enum Cause: String, CaseIterable, Sendable {
        /// The contact has no birth date.
        case noBirthDate = "no_birth_date"
        /// The contact has no effective date.
        case noEffectiveDate = "no_effective_date"
        /// No annual enrolment date is configured.
        case noEnrolmentDate = "no_enrolment_date"
        /// No anniversary email fell into a closed stretch.
        case noClosedStretch = "no_closed_stretch"
        /// The contact is on the do-not-contact list, and gets none of these at all.
        case suppressed
        /// The target's status wants no email.
        case targetStatus = "target_status"
        /// The target's trigger date is no date.
        case invalidTriggerDate = "invalid_trigger_date"
        /// Neither target nor instance gives a date.
        case noDate = "no_date"
        /// There is no such campaign instance, or its type is not known.
        case unknownInstance = "unknown_instance"
        /// Today lies outside of the instance's dates.
        case instanceNotActive = "instance_not_active"
        /// The campaign type is switched off.
        case typeNotActive = "type_not_active"
        /// The instance is for contacts of other states.
        case audience
        /// The campaign ignores exclusion windows.
        case ignoresWindows = "ignores_windows"
        /// The campaign is exempt from conflict and frequency.
        case exempt
        /// There is no row of an earlier run.
        case noStoredRow = "no_stored_row"
        /// The run forgets kept dates.
        case replan
        /// The row has no date, or one before today.
        case datePast = "date_past"
        /// The row was planned for another ideal date.
        case idealDateChanged = "ideal_date_changed"
        /// The row's date is after the last date on which the email makes sense.
        case pastDeadline = "past_deadline"
        /// The row was skipped for a reason that holds no date.
        case notPlanned = "not_planned"
        /// The row's date lies in an exclusion window.
        case excluded
        /// Emails of this type get no follow-up.
        case typeWithoutFollowups = "type_without_followups"
        /// The initial email was sent too long ago.
        case lookback
        /// The initial email's day of sending is still to come, or not known.
        case notSentYet = "not_sent_yet"
        /// Nothing that a follow-up looks at.
        case nothing
        /// A click.
        case clicked
        /// The health questions were answered, none with yes.
        case answeredNo = "answered_no"
        /// At least one health question was answered with yes.
        case answeredYes = "answered_yes"
    }

    /// A day that the daily cap looked at.
    public struct Day: Hashable, Sendable {
        /// The day.
        public var date: CivilDate
        /// Emails that would be sent on it: those of others, and this contact's.
        public var count: Int
    }

    /// Another email of the contact that counts in conflict or frequency.
    public struct Counted: Hashable, Sendable {
        /// Column `email_type`.
        public var emailType: String
        /// Column `campaign_instance_id`.
        public var instanceID: Int64?
        /// Its date.
        public var date: CivilDate
        /// Its committed row; nil for one that is planned with this one.
        public var rowID: Int64?
    }

    /// The rule.
    public var rule: Rule
    /// What came of it.
    public var outcome: Outcome
    /// Why, where the outcome alone does not say.
    public var cause: Cause?
    /// The date that it looked at.
    public var date: CivilDate?
    /// The date that came out, where the rule gives one.
    public var resultDate: CivilDate?
    /// The last date on which the email makes sense.
    public var deadline: CivilDate?
    /// The number that it compared with the limit.
    public var count: Int?
    /// The limit: emails of a day or a period, days.
    public var limit: Int?
    /// Emails of a day to which the daily cap cuts down once the limit is passed.
    public var cap: Int?
    /// Days of the period in which emails are counted.
    public var periodDays: Int?
    /// The reason of a skip.
    public var skipReason: SkipReason?
    /// The stored row that it looked at.
    public var rowID: Int64?
    /// The type of the other email that it looked at.
    public var emailType: String?
    /// Dates among which it chose by hash.
    public var candidates: [CivilDate] = []
    /// Exclusion windows that it looked at.
    public var windows: [ExplainedWindow] = []
    /// Days that it looked at.
    public var days: [Day] = []
    /// Other emails that it counted.
    public var counted: [Counted] = []

    init(_ rule: Rule, _ outcome: Outcome, _ cause: Cause? = nil) {
        self.rule = rule
        self.outcome = outcome
        self.cause = cause
    }

    /// The step with some details filled in.
    func with(_ fill: (inout RuleStep) -> Void) -> RuleStep {
        var step = self
        fill(&step)
        return step
    }
}
