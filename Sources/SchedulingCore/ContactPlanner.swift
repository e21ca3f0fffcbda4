/// Decides the emails of one contact at a time (SPEC 4, 7, 8 conflict, 9, 10), in the steps that a run takes
/// them through: `draft`, `aim`, the daily cap, `judge`. The arrays are kept from contact to contact, so that
/// deciding allocates nothing.
struct ContactPlanner {
    let catalog: RunCatalog
    private(set) var contact = Contact(id: 0, state: nil)
    private(set) var ranges = ContactRanges(
        rows: 0..<0, targets: 0..<0, suppressions: 0..<0, behaviours: 0..<0)
    private(set) var exclusions: ContactExclusions
    private(set) var isSuppressed = false
    private(set) var isSMSSuppressed = false
    /// The emails of the contact, follow-ups aside.
    var drafts: [EmailDraft] = []
    /// Ideal date of the contact's first open effective-date occurrence, if it counts in smoothing (SPEC 6).
    private(set) var smoothingDate: CivilDate?
    /// The first open occurrence of each timing rule.
    private var firstOpen: [Occurrence?] = []
    /// Reused by `judge`.
    var sentDates: [CivilDate] = []

    var today: CivilDate { catalog.today }

    init(catalog: RunCatalog) {
        self.catalog = catalog
        exclusions = ContactExclusions(contact: contact, rule: nil, missingAnchor: .allow)
    }

    /// Whether no email waits for the counts of other contacts.
    var isSettled: Bool { drafts.allSatisfy { $0.step == .placed || $0.step == .skipped } }

    // MARK: Drafting

    /// Finds the emails of a contact with their ideal dates, skips those that are excluded there, and keeps
    /// those that were planned before (SPEC 4, 7.1).
    mutating func draft(_ contact: Contact, _ ranges: ContactRanges, in batch: ContactBatch) {
        self.contact = contact
        self.ranges = ranges
        drafts.removeAll(keepingCapacity: true)
        smoothingDate = nil
        isSuppressed = batch.suppressions[ranges.suppressions].contains { $0.channel == .email }
        isSMSSuppressed = batch.suppressions[ranges.suppressions].contains { $0.channel == .sms }
        guard contact.invalidity == nil else { return }
        exclusions = catalog.exclusions(of: contact)
        firstOpen.removeAll(keepingCapacity: true)
        for rule in catalog.timingRules {
            let first = rule.firstOpenOccurrence(of: contact, today: today, year: catalog.year, exclusions)
            firstOpen.append(first)
            if let first { draftAnniversary(first, rule, in: batch) }
        }
        if !isSuppressed, !exclusions.isEmpty { draftPostWindowEmails(in: batch) }
        draftCampaigns(in: batch)
        for index in drafts.indices {
            var draft = drafts[index]
            open(&draft, in: batch)
            drafts[index] = draft
        }
    }

    private mutating func draftAnniversary(
        _ occurrence: Occurrence, _ rule: TimingRule, in batch: ContactBatch
    ) {
        if rule.type == .effectiveDate, !isSuppressed, !exclusions.excludes(occurrence.ideal) {
            smoothingDate = occurrence.ideal
        }
        guard !isCommitted(rule.type, year: occurrence.year, in: batch) else { return }
        var draft = EmailDraft(
            type: rule.type, event: occurrence.event, ideal: occurrence.ideal, deadline: occurrence.deadline,
            priority: rule.priority, templates: catalog.templates[Int(rule.type.code)])
        draft.row = openRow(rule.type, year: occurrence.year, in: batch)
        drafts.append(draft)
    }

    /// One email on the day after each closed stretch that an anniversary email is skipped in, or was and its
    /// event has passed since (SPEC 4). A row that expired there does not stand in the way of the latter.
    private mutating func draftPostWindowEmails(in batch: ContactBatch) {
        let timing = catalog.policy.timing
        var ends: [CivilDate] = []
        for (rule, first) in zip(catalog.timingRules, firstOpen) {
            func consider(_ occurrence: Occurrence) {
                let isOpen = occurrence.deadline >= today
                guard !isOpen || occurrence.event == first?.event, exclusions.excludes(occurrence.ideal),
                    let end = exclusions.endOfStretch(containing: occurrence.ideal),
                    end + 1 + timing.postWindowGraceDays >= today,
                    !isCommitted(rule.type, year: occurrence.year, in: batch, countingExpired: isOpen)
                else { return }
                ends.append(end)
            }
            let years = (catalog.year - 1)...(catalog.year + 1)
            for year in years {
                if let occurrence = rule.occurrence(in: year, of: contact, exclusions) {
                    consider(occurrence)
                }
            }
            if let first, !years.contains(first.year) { consider(first) }
        }
        guard !ends.isEmpty else { return }
        ends.sort()
        for (position, end) in ends.enumerated() where position == 0 || ends[position - 1].year != end.year {
            guard !isCommitted(.postWindow, year: end.year, in: batch) else { continue }
            var draft = EmailDraft(
                type: .postWindow, event: end, ideal: end + 1, deadline: end + 1 + timing.postWindowGraceDays,
                priority: catalog.policy.priorities.postWindow,
                templates: catalog.templates[Int(EmailType.postWindow.code)])
            draft.row = openRow(.postWindow, year: end.year, in: batch)
            drafts.append(draft)
        }
    }

    /// What can be decided of a draft without knowing other contacts: skipped at its ideal date, or kept.
    private func open(_ draft: inout EmailDraft, in batch: ContactBatch) {
        if isSuppressed { return draft.skip(.suppressed, on: draft.ideal) }
        if draft.respectsWindows, let reason = exclusions.reason(on: draft.ideal) {
            return draft.skip(reason, on: draft.ideal)
        }
        if draft.type.isCampaign, !draft.isDue(by: draft.ideal) {
            return draft.skip(.outsideCampaignDates, on: draft.ideal)
        }
        if let kept = keptDate(of: draft, in: batch) { return draft.keep(on: kept) }
        if draft.isDatedTarget, draft.ideal < today - catalog.policy.timing.campaignMaxOverdueDays {
            draft.skip(.expired, on: draft.ideal)
        }
    }

    /// The date that an earlier run planned for this email, if nothing about it has changed (SPEC 7.1).
    private func keptDate(of draft: EmailDraft, in batch: ContactBatch) -> CivilDate? {
        guard !catalog.replans, let position = draft.row else { return nil }
        let row = batch.rows[position]
        guard let date = row.scheduledDate, date >= today, row.idealDate == draft.ideal,
            draft.isDue(by: date),
            row.status == .preScheduled || row.skipReason == .known(.campaignConflict)
                || row.skipReason == .known(.frequencyLimit)
        else { return nil }
        return draft.respectsWindows && exclusions.excludes(date) ? nil : date
    }

    // MARK: Aiming

    /// Gives every open email its target and latest date; `isCrowded` tells whether more effective-date emails
    /// share an ideal date than are left there (SPEC 6, 7).
    mutating func aim(isCrowded: (CivilDate) -> Bool) {
        for index in drafts.indices where drafts[index].step == .open {
            var draft = drafts[index]
            let isSmoothed = draft.type == .effectiveDate && isCrowded(draft.ideal)
            let planned = isSmoothed ? smoothedDate(of: draft) : draft.ideal
            if planned >= today {
                aim(&draft, at: planned)
            } else if let caughtUp = catchUpDate(of: draft) {
                aim(&draft, at: caughtUp)
            } else {
                let reason = draft.respectsWindows ? exclusions.reason(on: today + 1) : nil
                draft.skip(reason ?? .expired, on: planned)
            }
            drafts[index] = draft
        }
    }

    private func aim(_ draft: inout EmailDraft, at day: CivilDate) {
        let limit = draft.deadline ?? day + EmailDraft.longestDelayDays
        let latest = draft.respectsWindows ? exclusions.lastAllowed(from: day, through: limit) : limit
        draft.aim(at: day, latest: latest)
    }

    private func smoothedDate(of draft: EmailDraft) -> CivilDate {
        let half = (catalog.policy.load.effectiveDateSmoothingWindowDays - 1) / 2
        var hash = FNVHash()
        hash.combine(contact.id)
        hash.combine("_effective_date_")
        hash.combine(Int64(draft.event.year))
        return choose(from: draft.ideal - half, through: draft.ideal + half, draft, hash) ?? draft.ideal
    }

    private func catchUpDate(of draft: EmailDraft) -> CivilDate? {
        var hash = FNVHash()
        hash.combine(contact.id)
        hash.combine("_")
        hash.combine(catalog.name(of: draft.type))
        hash.combine("_")
        hash.combine(draft.instanceID ?? 0)
        hash.combine("_")
        hash.combine(draft.event)
        hash.combine("_catchup")
        let spread = catalog.policy.load.catchUpSpreadDays
        return choose(from: today + 1, through: today + spread, draft, hash)
            ?? choose(from: today, through: today, draft, hash)
    }

    /// The candidate that a hash points to, among the dates that are allowed and not past the deadline.
    private func choose(
        from first: CivilDate, through last: CivilDate, _ draft: EmailDraft, _ hash: FNVHash
    ) -> CivilDate? {
        func isCandidate(_ day: CivilDate) -> Bool {
            draft.isDue(by: day) && !(draft.respectsWindows && exclusions.excludes(day))
        }
        guard first <= last else { return nil }
        let count = (first...last).reduce(0) { $0 + (isCandidate($1) ? 1 : 0) }
        guard count > 0 else { return nil }
        var position = hash.index(in: count)
        for day in first...last where isCandidate(day) {
            if position == 0 { return day }
            position -= 1
        }
        return nil
    }
}
