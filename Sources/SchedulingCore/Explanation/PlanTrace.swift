/// Notes what the rules do with one contact, while they do it. A run without one notes nothing; a run with one
/// decides the same.
///
/// A contact passes by the rules up to three times (see `SchedulingRun`); each time it is noted afresh, so that
/// the last time stands. A contact that is finished in the first pass is not begun again.
final class PlanTrace {
    /// What tells the emails of a contact apart. A type that comes round every year has one email at most.
    private struct Key: Hashable {
        let type: EmailType
        let instanceID: Int64?
        let event: CivilDate?
        let initialID: Int64?
    }

    let catalog: RunCatalog
    private(set) var explanation: ContactExplanation?
    /// Dates from which a rule chose last.
    var candidates: [CivilDate] = []
    /// Emails that count in the frequency limit so far.
    var counted: [RuleStep.Counted] = []
    /// Committed campaign emails, which win a conflict.
    var contending: [RuleStep.Counted] = []
    /// Days that the daily cap filled.
    private var fills: [DailyCap.Fill] = []
    private var exclusions: ContactExclusions?
    private var keys: [Key] = []
    private var isFinished = false

    init(catalog: RunCatalog) { self.catalog = catalog }

    var today: CivilDate { catalog.today }

    /// Begins a contact, anew where it passes by again.
    func begin(_ contact: Contact, isSuppressed: Bool) {
        guard !isFinished else { return }
        explanation = ContactExplanation(contact: contact, today: today)
        explanation?.isSuppressed = isSuppressed
        exclusions = catalog.exclusions(of: contact)
        keys = []
        candidates = []
        counted = []
        contending = []
    }

    /// The first allowed date from today on, for an email that respects windows or not.
    @inline(never)
    private func earliestLegalDate(respectsWindows: Bool) -> CivilDate? {
        if explanation?.isSuppressed ?? true { return nil }
        return respectsWindows ? exclusions?.firstAllowed(from: today) : today
    }

    /// The windows of the contact's state around a date.
    func windows(around date: CivilDate) -> [ExplainedWindow] {
        guard let state = explanation?.contact.state else { return [] }
        return exclusions?.explain(catalog.windows(of: state), around: date, state: state) ?? []
    }

    // MARK: Emails

    /// Notes a step of an email.
    func note(
        _ type: EmailType, instanceID: Int64? = nil, event: CivilDate? = nil, initialID: Int64? = nil,
        respectsWindows: Bool = true, _ step: RuleStep
    ) {
        change(type, instanceID, event, initialID, respectsWindows) { $0.steps.append(step) }
    }

    /// Notes a step of an email that there is.
    func note(_ draft: EmailDraft, _ step: RuleStep) {
        change(draft) { email in
            email.ideal = draft.ideal
            email.deadline = draft.deadline
            email.steps.append(step)
        }
    }

    /// Notes that a stored row stands for an email and no run changes it.
    @inline(never)
    func settle(
        _ type: EmailType, instanceID: Int64? = nil, event: CivilDate?, initialID: Int64? = nil,
        respectsWindows: Bool = true, _ row: StoredEmail
    ) {
        let name = name(of: row.type)
        change(type, instanceID, event, initialID, respectsWindows) { email in
            email.steps.append(
                RuleStep(.identity, .committed).with {
                    $0.rowID = row.id
                    $0.date = row.sendDate
                })
            (email.type, email.emailType) = (row.type, name)
            email.instanceID = row.instanceID
            email.status = row.status.isCommitted ? .committed : .skipped
            email.date = row.status.isCommitted ? row.sendDate : row.scheduledDate
            if case .known(let reason) = row.skipReason { email.skipReason = reason }
            email.rowID = row.id
            email.rowAgrees = true
        }
    }

    /// Notes what came out for an email.
    @inline(never)
    func decide(_ planned: PlannedEmail, _ draft: EmailDraft?, row: StoredEmail?) {
        let name = name(of: planned.type)
        let decision: (inout EmailExplanation) -> Void = { email in
            (email.type, email.emailType) = (planned.type, name)
            email.instanceID = planned.instanceID
            email.status = planned.skipReason == nil ? .preScheduled : .skipped
            email.date = planned.date
            email.skipReason = planned.skipReason
            email.rowID = row?.id
            email.rowAgrees = row.map { planned.isStored(as: $0) }
        }
        if let draft {
            change(draft, decision)
        } else {
            change(planned.type, planned.instanceID, planned.event.date, planned.initialID, true, decision)
        }
    }

    /// Notes what becomes of a stored row that no email claims.
    @inline(never)
    func leave(_ row: StoredEmail, _ outcome: RuleStep.Outcome) {
        change(row.type, row.instanceID, row.event.date, row.initialID, true, isNew: true) { email in
            email.steps.append(
                RuleStep(.storedRow, outcome).with {
                    $0.rowID = row.id
                    $0.date = row.scheduledDate
                })
            email.status = outcome == .removed ? .removed : .skipped
            email.skipReason = outcome == .removed ? nil : .expired
            email.date = row.scheduledDate
            email.rowID = row.id
            email.rowAgrees = false
        }
    }

    /// Forgets an email that another one stands for.
    @inline(never)
    func forget(_ draft: EmailDraft) {
        let key = Self.key(draft.type, draft.instanceID, draft.event, nil)
        guard let position = keys.firstIndex(of: key) else { return }
        keys.remove(at: position)
        explanation?.emails.remove(at: position)
    }

    /// Ends the contact: from here on nothing is noted any more.
    func finish() {
        guard !isFinished else { return }
        isFinished = true
        guard let explanation else { return }
        for position in explanation.emails.indices {
            self.explanation?.emails[position].sentence = explanation.emails[position].composedSentence(
                for: explanation.contact)
        }
    }

    @inline(never)
    private func change(_ draft: EmailDraft, _ body: (inout EmailExplanation) -> Void) {
        change(draft.type, draft.instanceID, draft.event, nil, draft.respectsWindows, body)
    }

    @inline(never)
    private func change(
        _ type: EmailType, _ instanceID: Int64?, _ event: CivilDate?, _ initialID: Int64?,
        _ respectsWindows: Bool, isNew: Bool = false, _ body: (inout EmailExplanation) -> Void
    ) {
        guard !isFinished else { return }
        let key = Self.key(type, instanceID, event, initialID)
        let position: Int
        if !isNew, let known = keys.firstIndex(of: key) {
            position = known
        } else {
            position = keys.count
            keys.append(key)
            var email = EmailExplanation(
                type: type, name: name(of: type), instanceID: instanceID, initialID: initialID)
            email.earliestLegalDate = earliestLegalDate(respectsWindows: respectsWindows)
            explanation?.emails.append(email)
        }
        guard var email = explanation?.emails[position] else { return }
        if let event { email.event = event }
        body(&email)
        explanation?.emails[position] = email
    }

    private static func key(
        _ type: EmailType, _ instanceID: Int64?, _ event: CivilDate?, _ initialID: Int64?
    ) -> Key {
        if let initialID {
            return Key(type: .unknownFollowup, instanceID: nil, event: nil, initialID: initialID)
        }
        return Key(
            type: type, instanceID: instanceID, event: type.isAnniversary ? nil : event, initialID: nil)
    }

    /// The name of a type; of one that is not known, what it is at least.
    func name(of type: EmailType) -> String {
        switch type {
        case .unknownFollowup: "followup"
        case .unknownCampaign: "campaign"
        default: catalog.name(of: type)
        }
    }

    // MARK: Days

    /// Notes what the daily cap made of a day.
    func filled(_ fill: DailyCap.Fill) { fills.append(fill) }

    /// The days on which an email was tried, from its target date to its final date.
    func fills(from first: CivilDate, through last: CivilDate) -> [DailyCap.Fill] {
        fills.filter { $0.day >= first && $0.day <= last }
    }
}
