/// The outcome of an email as a person would tell it to an auditor.
extension EmailExplanation {
    /// One sentence, from what the rules noted.
    func composedSentence(for contact: Contact) -> String {
        let subject = subject
        switch status {
        case .preScheduled: return "The \(subject) is planned on \(day(date))\(distance)\(reasonsOfDate)."
        case .skipped: return "The \(subject) is not sent: \(obstacle(contact))."
        case .committed:
            return
                "The \(subject) is settled: row \(rowID ?? 0) for \(day(date)) was handed out, sent or ended, and "
                + "no run changes it."
        case .none: return "There is no \(subject): \(want)."
        case .removed:
            return "The \(subject) in row \(rowID ?? 0) for \(day(date)) goes: no rule asks for it any more."
        }
    }

    private var subject: String {
        var words: String
        if let initialID {
            words = "follow-up of row \(initialID)"
            if type != .unknownFollowup { words += " (\(emailType))" }
            return words
        }
        switch type {
        case .birthday: words = "birthday email"
        case .effectiveDate: words = "policy anniversary email"
        case .aep: words = "annual enrolment email"
        case .postWindow:
            return "post-window email" + (event.map { " after the closed period that ends on \($0)" } ?? "")
        default:
            words = "\(emailType) email"
            if let instanceID { words += " of campaign instance \(instanceID)" }
        }
        return words + (event.map { " for \($0)" } ?? "")
    }

    /// How far the date is from the event; nothing for emails whose event says little.
    private var distance: String {
        guard initialID == nil, type != .postWindow, let date, let event else { return "" }
        switch event - date {
        case 0: return ", on the day"
        case 1: return ", 1 day before"
        case -1: return ", 1 day after"
        case let days where days > 0: return ", \(days) days before"
        case let days: return ", \(-days) days after"
        }
    }

    // MARK: Planned

    /// What gave the email its date, and what does not touch it.
    private var reasonsOfDate: String {
        var parts: [String] = []
        for step in steps {
            switch (step.rule, step.outcome) {
            case (.keptDate, .kept): parts.append("the date that an earlier run gave it stands")
            case (.smoothing, .moved):
                parts.append(
                    "moved from \(day(step.date)), which \(step.count ?? 0) such emails share where "
                        + "\(step.limit ?? 0) may")
            case (.catchUp, .moved): parts.append("caught up, because \(day(step.date)) is past")
            case (.dailyCap, .moved):
                parts.append(
                    "carried on from \(day(step.date)), which would have \(step.count ?? 0) emails where "
                        + "\(step.limit ?? 0) may be")
            case (.exclusionWindow, .passed):
                if step.cause == .ignoresWindows { parts.append("exclusion windows do not hold for it") }
                parts += step.windows.map { "\($0.name) \($0.period) does not touch it" }
            case (.frequencyLimit, .passed) where step.cause == .exempt:
                parts.append("the frequency limit does not hold for it")
            default: break
            }
        }
        return parts.map { "; \($0)" }.joined()
    }

    // MARK: Skipped

    private func obstacle(_ contact: Contact) -> String {
        guard let step = steps.last(where: { $0.outcome == .skipped }) else {
            return "its skip is final (\(skipReason?.rawValue ?? "unknown reason"))"
        }
        switch step.rule {
        case .suppression: return "the contact is on the do-not-contact list"
        case .exclusionWindow: return "its date \(day(step.date)) lies in \(closing(step))"
        case .campaignDates:
            return "its date \(day(step.date)) is after the campaign's last day \(day(step.deadline))"
        case .overdueLimit:
            return
                "its date \(day(step.date)) is \(step.count ?? 0) days past, and \(step.limit ?? 0) are allowed"
        case .catchUp where step.skipReason == .expired:
            return "its date \(day(step.date)) is past, and no later date is allowed"
                + (step.deadline.map { " up to its last date \($0)" } ?? "")
        case .catchUp: return "its date \(day(step.date)) is past, and what follows lies in \(closing(step))"
        case .campaignConflict:
            return "another campaign email goes to the contact on \(day(step.date)): \(step.countedNames)"
        case .frequencyLimit:
            return "it would be email \(step.count ?? 0) within \(step.periodDays ?? 0) days, and "
                + "\(step.limit ?? 0) are allowed, beside \(step.countedNames)"
        case .storedRow: return "its date \(day(step.date)) is past, and no rule asks for it any more"
        default: return skipReason?.rawValue ?? "a rule forbids it"
        }
    }

    /// The window that forbids a date.
    private func closing(_ step: RuleStep) -> String {
        let window = step.windows.first { $0.containsDate && $0.skipReason == step.skipReason }
        guard let window else { return step.skipReason?.rawValue ?? "an exclusion window" }
        let citation = window.window.citation.map { " (\($0))" } ?? ""
        if window.skipReason == .missingAnchor {
            return "\(window.name), which closes every date because the contact lacks the date that it hangs "
                + "on\(citation)"
        }
        return "\(window.name) \(window.period)\(citation)"
    }

    // MARK: None

    private var want: String {
        let step = steps.last { $0.outcome == .missing }
        switch step?.cause {
        case .noBirthDate: return "the contact has no birth date"
        case .noEffectiveDate: return "the contact has no policy effective date"
        case .noEnrolmentDate: return "no enrolment date is configured"
        case .noClosedStretch:
            return "no email of an anniversary falls into a closed period that it could follow"
        case .suppressed: return "the contact is on the do-not-contact list"
        case .targetStatus: return "the status of the contact's target wants none"
        case .invalidTriggerDate: return "the trigger date of the contact's target is no date"
        case .noDate: return "neither the target nor the campaign gives a date"
        case .unknownInstance: return "there is no such campaign instance, or its type is not known"
        case .instanceNotActive: return "the campaign is not active today"
        case .typeNotActive: return "the campaign type is switched off"
        case .audience: return "the campaign is for contacts of other states"
        case .typeWithoutFollowups: return "emails of type \(step?.emailType ?? "") get none"
        case .lookback:
            return "the email was sent \(step?.count ?? 0) days ago, and \(step?.limit ?? 0) are allowed"
        case .notSentYet: return "the email's day of sending is not past"
        default: return "no rule asks for it"
        }
    }

    private func day(_ date: CivilDate?) -> String { date.map { "\($0)" } ?? "no date" }
}

extension RuleStep {
    /// The emails that were counted, in words.
    fileprivate var countedNames: String {
        counted.map { "\($0.emailType) on \($0.date)" }.joined(separator: ", ")
    }
}

extension ExplainedWindow {
    /// What people call the window, such as `CA's birthday window`.
    public var name: String {
        switch window.kind {
        case .birthday: "\(state)'s birthday window"
        case .effectiveDate: "\(state)'s policy anniversary window"
        case .yearRound: "\(state)'s year-round exclusion"
        case .age(let years): "\(state)'s exclusion of contacts of \(years) and more"
        }
    }

    /// Its first and last day, in words.
    public var period: String {
        switch (first, last) {
        case (let first?, let last?): "from \(first) to \(last)"
        case (let first?, nil): "from \(first) on"
        case (nil, let last?): "until \(last)"
        case (nil, nil): "on every date"
        }
    }
}
