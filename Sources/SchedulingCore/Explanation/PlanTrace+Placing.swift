/// What is noted while an email is skipped, kept or placed.
extension PlanTrace {
    // MARK: Law

    /// Whether the do-not-contact list forbids an email.
    func suppression(_ draft: EmailDraft, _ isSuppressed: Bool) { note(draft, suppression(isSuppressed)) }

    func suppression(_ isSuppressed: Bool) -> RuleStep {
        RuleStep(.suppression, isSuppressed ? .skipped : .passed).with {
            $0.skipReason = isSuppressed ? .suppressed : nil
        }
    }

    /// Whether a window forbids the ideal date.
    func exclusion(_ draft: EmailDraft, _ reason: SkipReason?) {
        if draft.respectsWindows {
            note(draft, exclusion(on: draft.ideal, reason))
        } else {
            note(draft, RuleStep(.exclusionWindow, .passed, .ignoresWindows).with { $0.date = draft.ideal })
        }
    }

    func exclusion(on date: CivilDate, _ reason: SkipReason?) -> RuleStep {
        RuleStep(.exclusionWindow, reason == nil ? .passed : .skipped).with {
            $0.date = date
            $0.skipReason = reason
            $0.windows = windows(around: date)
        }
    }

    // MARK: Target date

    /// Whether the ideal date lies within the campaign.
    func campaignDates(_ draft: EmailDraft, isWithin: Bool) {
        note(
            draft,
            RuleStep(.campaignDates, isWithin ? .passed : .skipped).with {
                $0.date = draft.ideal
                $0.deadline = draft.deadline
                $0.skipReason = isWithin ? nil : .outsideCampaignDates
            })
    }

    /// What became of the date of an earlier run.
    func keptDate(_ draft: EmailDraft, _ kept: ContactPlanner.KeptDate, row: StoredEmail?) {
        let step =
            switch kept {
            case .kept: RuleStep(.keptDate, .kept)
            case .none(let cause): RuleStep(.keptDate, .passed, cause)
            }
        note(
            draft,
            step.with {
                $0.rowID = row?.id
                $0.date = row?.scheduledDate
            })
    }

    /// Whether a campaign email is too long overdue.
    func overdueLimit(_ draft: EmailDraft, limit: Int, isTooLate: Bool) {
        note(
            draft,
            RuleStep(.overdueLimit, isTooLate ? .skipped : .passed).with {
                $0.date = draft.ideal
                $0.count = max(0, today - draft.ideal)
                $0.limit = limit
                $0.skipReason = isTooLate ? .expired : nil
            })
    }

    /// What smoothing did.
    func smoothing(_ draft: EmailDraft, count: Int, limit: Int, to planned: CivilDate) {
        note(
            draft,
            RuleStep(.smoothing, planned == draft.ideal ? .passed : .moved).with {
                $0.date = draft.ideal
                $0.resultDate = planned
                $0.count = count
                $0.limit = limit
                $0.candidates = count > limit ? candidates : []
            })
    }

    /// A new date for an overdue email.
    func caughtUp(_ draft: EmailDraft, from planned: CivilDate, to date: CivilDate) {
        note(
            draft,
            RuleStep(.catchUp, .moved).with {
                $0.date = planned
                $0.resultDate = date
                $0.deadline = draft.deadline
                $0.candidates = candidates
            })
    }

    /// No date was left for an overdue email.
    func notCaughtUp(_ draft: EmailDraft, from planned: CivilDate, _ reason: SkipReason) {
        note(
            draft,
            RuleStep(.catchUp, .skipped).with {
                $0.date = planned
                $0.deadline = draft.deadline
                $0.skipReason = reason
                $0.windows = draft.respectsWindows ? windows(around: today + 1) : []
            })
    }

    // MARK: Final date

    /// What the daily cap did with an email that aims at its target date.
    func placed(_ draft: EmailDraft, on final: CivilDate, _ cap: DailyCap) {
        let isPinned = draft.latest == draft.date
        let fills = isPinned ? [cap.look(at: draft.date)] : fills(from: draft.date, through: final)
        note(
            draft,
            RuleStep(.dailyCap, final == draft.date ? .passed : .moved).with {
                $0.date = draft.date
                $0.resultDate = final
                $0.deadline = draft.latest
                $0.count = fills.first?.count
                $0.limit = fills.first?.threshold
                $0.cap = fills.first?.cap
                $0.days = fills.map { RuleStep.Day(date: $0.day, count: $0.count) }
            })
    }

    /// A committed row that counts in conflict and frequency.
    func count(_ row: StoredEmail, on date: CivilDate, contends: Bool) {
        let email = RuleStep.Counted(
            emailType: name(of: row.type), instanceID: row.instanceID, date: date, rowID: row.id)
        counted.append(email)
        if contends { contending.append(email) }
    }

    /// Whether another campaign email has an email's date.
    func conflict(_ draft: EmailDraft, loses: Bool, with others: [EmailDraft]) {
        note(
            draft,
            RuleStep(.campaignConflict, loses ? .skipped : .passed).with {
                $0.date = draft.date
                $0.skipReason = loses ? .campaignConflict : nil
                $0.counted = contending.filter { $0.date == draft.date } + others.map(planned)
            })
    }

    /// Whether the contact gets too many emails around an email's date; if not, this one counts from here on.
    func frequency(
        _ draft: EmailDraft, fullFrom first: CivilDate?, _ load: SchedulingPolicy.LoadBalancing
    ) {
        let isExempt = !draft.respectsFrequency
        let around =
            first.map { $0..<($0 + load.periodDays) }
            ?? (draft.date - load.periodDays + 1)..<(draft.date + load.periodDays)
        let others = counted.filter { around.contains($0.date) }
        note(
            draft,
            RuleStep(.frequencyLimit, first == nil ? .passed : .skipped, isExempt ? .exempt : nil).with {
                $0.date = draft.date
                $0.count = first == nil ? nil : others.count + 1
                $0.limit = load.maxEmailsPerContactPerPeriod
                $0.periodDays = load.periodDays
                $0.skipReason = first == nil ? nil : .frequencyLimit
                $0.counted = others
            })
        if first == nil { counted.append(planned(draft)) }
    }

    private func planned(_ draft: EmailDraft) -> RuleStep.Counted {
        RuleStep.Counted(emailType: name(of: draft.type), instanceID: draft.instanceID, date: draft.date)
    }

    /// What a run does to a row that no email claims.
    func changed(_ change: RowChange, _ rows: Range<Int>, in batch: ContactBatch) {
        let (id, outcome): (Int64, RuleStep.Outcome)
        switch change {
        case .delete(let rowID): (id, outcome) = (rowID, .removed)
        case .expire(let rowID): (id, outcome) = (rowID, .skipped)
        case .update, .insert, .target: return
        }
        if let row = batch.rows[rows].first(where: { $0.id == id }) { leave(row, outcome) }
    }
}
