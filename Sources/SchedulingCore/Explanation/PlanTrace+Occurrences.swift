/// What is noted while a contact's emails are found.
extension PlanTrace {
    /// An occurrence whose last date is past.
    func passedOver(_ rule: TimingRule, _ occurrence: Occurrence) {
        note(
            rule.type,
            RuleStep(.eventDate, .past).with {
                $0.date = occurrence.event
                $0.resultDate = occurrence.ideal
                $0.deadline = occurrence.deadline
            })
    }

    /// A type that the contact never gets.
    func noOccurrence(_ rule: TimingRule) {
        let cause: RuleStep.Cause =
            switch rule.anchor {
            case .birthDate: .noBirthDate
            case .effectiveDate: .noEffectiveDate
            case .enrolment: .noEnrolmentDate
            }
        note(rule.type, RuleStep(.eventDate, .missing, cause))
    }

    /// The choice among several enrolment dates.
    func enrolled(_ choice: Occurrence, _ chosen: Occurrence, among dates: [CivilDate]) {
        note(
            .aep,
            RuleStep(.enrolmentDate, choice.event == chosen.event ? .found : .moved).with {
                $0.date = choice.event
                $0.resultDate = chosen.event
                $0.candidates = dates
            })
    }

    /// A closed stretch in which an anniversary email is skipped.
    func stretch(_ end: CivilDate, _ type: EmailType, _ ideal: CivilDate) {
        note(
            .postWindow, event: end,
            RuleStep(.closedStretch, .found).with {
                $0.emailType = name(of: type)
                $0.date = ideal
                $0.resultDate = end
                $0.windows = windows(around: ideal)
            })
    }

    /// All stretches were looked at.
    func endPostWindow() {
        guard let explanation, !explanation.emails.contains(where: { $0.type == .postWindow }) else { return }
        note(
            .postWindow,
            RuleStep(.closedStretch, .missing, explanation.isSuppressed ? .suppressed : .noClosedStretch))
    }

    /// An email that there is.
    func drafted(_ draft: EmailDraft) {
        if draft.type.isCampaign { note(draft, RuleStep(.campaignTarget, .found)) }
        note(
            draft,
            RuleStep(.eventDate, .found).with {
                $0.date = draft.event
                $0.resultDate = draft.ideal
                $0.deadline = draft.deadline
            })
        note(draft, RuleStep(.identity, .passed))
    }

    // MARK: Campaigns

    /// The targets of the contact; those that want no email are noted here.
    func targets(_ targets: ArraySlice<CampaignTarget>) {
        for target in targets where !target.status.isOpen || target.hasInvalidTriggerDate {
            noEmail(for: target, target.status.isOpen ? .invalidTriggerDate : .targetStatus)
        }
    }

    /// A target of an instance that makes no email.
    func noEmail(for target: CampaignTarget) {
        guard let entry = catalog.instances[target.instanceID] else {
            return noEmail(for: target, .unknownInstance)
        }
        noEmail(for: target, entry.instance.isActive(on: today) ? .noDate : .instanceNotActive)
    }

    private func noEmail(for target: CampaignTarget, _ cause: RuleStep.Cause) {
        let entry = catalog.instances[target.instanceID]
        noEmail(
            of: entry?.type ?? .unknownCampaign, instance: target.instanceID,
            event: target.triggerDate ?? entry?.instance.startDate, cause)
    }

    /// An instance that makes no email for the contact.
    func noEmail(of type: EmailType, instance: Int64, event: CivilDate? = nil, _ cause: RuleStep.Cause) {
        note(
            type, instanceID: instance, event: event,
            respectsWindows: catalog.campaignType(type)?.respectsExclusionWindows ?? true,
            RuleStep(.campaignTarget, .missing, cause))
    }

    // MARK: Follow-ups

    /// A row that gets no follow-up; only sent ones are worth a word.
    func notFollowed(_ row: StoredEmail) {
        guard row.status == .sent, !row.type.isFollowup else { return }
        let isTooEarly = row.sendDate.map { $0 > today } ?? true
        note(
            .unknownFollowup, event: row.event.date, initialID: row.id,
            RuleStep(.followup, .missing, isTooEarly ? .notSentYet : .typeWithoutFollowups).with {
                $0.emailType = name(of: row.type)
                $0.rowID = row.id
                $0.date = row.sendDate
            })
    }

    /// A row that was sent too long ago.
    func tooLateToFollow(_ row: StoredEmail, sent: CivilDate, limit: Int) {
        note(
            .unknownFollowup, event: row.event.date, initialID: row.id,
            RuleStep(.followup, .missing, .lookback).with {
                $0.emailType = name(of: row.type)
                $0.rowID = row.id
                $0.date = sent
                $0.count = today - sent
                $0.limit = limit
            })
    }

    /// A follow-up and its date: that of its row, the one that is due, or a later one.
    func followup(of row: StoredEmail, sent: CivilDate, due: CivilDate, kept: CivilDate?, on date: CivilDate)
    {
        func note(_ step: RuleStep) {
            self.note(.unknownFollowup, event: row.event.date, initialID: row.id, step)
        }
        note(
            RuleStep(.followup, .found).with {
                $0.emailType = name(of: row.type)
                $0.rowID = row.id
                $0.date = sent
                $0.resultDate = due
            })
        if kept == date {
            note(RuleStep(.keptDate, .kept).with { $0.date = date })
        } else if date != due {
            note(
                RuleStep(.catchUp, .moved).with {
                    $0.date = due
                    $0.resultDate = date
                })
        }
    }

    /// The type of a follow-up, and what forbids it.
    func judged(
        followupOf row: StoredEmail, _ type: EmailType, on date: CivilDate, isSuppressed: Bool,
        _ excluding: SkipReason?
    ) {
        let cause: RuleStep.Cause =
            switch type {
            case .followupAnsweredYes: .answeredYes
            case .followupAnsweredNo: .answeredNo
            case .followupClicked: .clicked
            default: .nothing
            }
        for step in [
            RuleStep(.behaviour, .found, cause).with { $0.emailType = name(of: type) },
            suppression(isSuppressed), exclusion(on: date, excluding),
        ] {
            note(.unknownFollowup, event: row.event.date, initialID: row.id, step)
        }
    }
}
