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
    /// One for each timing rule; nil where it has no occurrence to come.
    private var openings: [Opening?] = []
    /// Reused by `judge`: when emails that count in the frequency limit are sent.
    var sentDates: [CivilDate] = []
    /// Reused by `judge`: when campaign emails that win every conflict are sent.
    var sentCampaignDates: [CivilDate] = []
    /// Reused by `choose`.
    private var candidates: [CivilDate] = []
    /// Reused by `draftPostWindowEmails`: where the closed stretches end.
    private var stretchEnds: [CivilDate] = []
    /// Notes what is decided and why; nil in every run but one that explains.
    let trace: PlanTrace?

    var today: CivilDate { catalog.today }

    init(catalog: RunCatalog, trace: PlanTrace? = nil) {
        self.catalog = catalog
        self.trace = trace
        exclusions = ContactExclusions(contact: contact, rule: nil, missingAnchor: .allow)
    }

    /// The first open occurrence of a timing rule, and why its ideal date is excluded; nil where that is allowed.
    private struct Opening {
        let occurrence: Occurrence
        let excluding: SkipReason?
    }

    /// Whether no email waits for the counts of other contacts.
    @inline(__always)
    var isSettled: Bool { drafts.allSatisfy { $0.step == .placed || $0.step == .skipped } }

    // MARK: Drafting

    /// Finds the emails of a contact with their ideal dates, skips those that are excluded there, and keeps
    /// those that were planned before (SPEC 4, 7.1).
    mutating func draft(_ contact: Contact, _ ranges: ContactRanges, in batch: ContactBatch) {
        self.contact = contact
        self.ranges = ranges
        drafts.removeAll(keepingCapacity: true)
        smoothingDate = nil
        isSuppressed = false
        isSMSSuppressed = false
        for suppression in batch.suppressions[ranges.suppressions] {
            switch suppression.channel {
            case .email: isSuppressed = true
            case .sms: isSMSSuppressed = true
            }
        }
        trace?.begin(contact, isSuppressed: isSuppressed)
        guard contact.invalidity == nil else { return }
        exclusions = catalog.exclusions(of: contact)
        openings.removeAll(keepingCapacity: true)
        for (index, rule) in catalog.timingRules.enumerated() {
            let opening = rule.firstOpenOccurrence(rule: index, of: contact, exclusions, in: catalog, trace)
                .map { Opening(occurrence: $0, excluding: exclusions.reason(on: $0.ideal)) }
            openings.append(opening)
            if let opening {
                draftAnniversary(opening, rule, in: batch)
            } else {
                trace?.noOccurrence(rule)
            }
        }
        if !isSuppressed, !exclusions.isEmpty, !exclusions.excludeEverything {
            draftPostWindowEmails(in: batch)
        }
        trace?.endPostWindow()
        draftCampaigns(in: batch)
    }

    private mutating func draftAnniversary(_ opening: Opening, _ rule: TimingRule, in batch: ContactBatch) {
        let occurrence = opening.occurrence
        if rule.type == .effectiveDate, !isSuppressed, opening.excluding == nil {
            smoothingDate = occurrence.ideal
        }
        if let row = committedRow(rule.type, year: occurrence.year, in: batch) {
            trace?.settle(rule.type, event: occurrence.event, batch.rows[row])
            return
        }
        var draft = EmailDraft(
            type: rule.type, event: occurrence.event, ideal: occurrence.ideal, deadline: occurrence.deadline,
            priority: rule.priority, templates: catalog.templates[Int(rule.type.code)])
        draft.row = openRow(rule.type, year: occurrence.year, in: batch)
        append(&draft, excluding: opening.excluding, in: batch)
    }

    /// One email on the day after each closed stretch that an anniversary email is skipped in, or was and its
    /// event has passed since (SPEC 4). A row that expired there does not stand in the way of the latter.
    @inline(never)
    private mutating func draftPostWindowEmails(in batch: ContactBatch) {
        let graceDays = catalog.policy.timing.postWindowGraceDays
        let earliestEnd = today - 1 - graceDays
        let isEarliestClosed = exclusions.excludes(earliestEnd)
        var ends = stretchEnds
        stretchEnds = []
        defer { stretchEnds = ends }
        ends.removeAll(keepingCapacity: true)
        var causes: [(end: CivilDate, type: EmailType, ideal: CivilDate)] = []
        for (index, rule) in catalog.timingRules.enumerated() {
            let first = openings[index]
            /// Takes in an occurrence whose ideal date is excluded.
            func consider(_ occurrence: Occurrence, isOpen: Bool) {
                guard let end = exclusions.endOfStretch(containing: occurrence.ideal), end >= earliestEnd,
                    committedRow(rule.type, year: occurrence.year, in: batch, countingExpired: isOpen) == nil
                else { return }
                ends.append(end)
                if trace != nil { causes.append((end, rule.type, occurrence.ideal)) }
            }
            var year = catalog.year - 1
            while year <= catalog.year + 1, year < first?.occurrence.year ?? .max {
                // A stretch that begins before `earliestEnd` and ends on it or later excludes it too.
                if let past = rule.occurrence(
                    in: year, of: contact, exclusions, enrolment: catalog.enrolmentDates),
                    past.deadline < today, isEarliestClosed || past.ideal > earliestEnd,
                    exclusions.excludes(past.ideal)
                {
                    consider(past, isOpen: false)
                }
                year += 1
            }
            if let first, first.excluding != nil { consider(first.occurrence, isOpen: true) }
        }
        guard !ends.isEmpty else { return }
        ends.sort()
        for (position, end) in ends.enumerated() where position == 0 || ends[position - 1].year != end.year {
            for cause in causes where cause.end == end { trace?.stretch(end, cause.type, cause.ideal) }
            if let row = committedRow(.postWindow, year: end.year, in: batch) {
                trace?.settle(.postWindow, event: end, batch.rows[row])
                continue
            }
            var draft = EmailDraft(
                type: .postWindow, event: end, ideal: end + 1, deadline: end + 1 + graceDays,
                priority: catalog.policy.priorities.postWindow,
                templates: catalog.templates[Int(EmailType.postWindow.code)])
            draft.row = openRow(.postWindow, year: end.year, in: batch)
            append(&draft, excluding: exclusions.reason(on: draft.ideal), in: batch)
        }
    }

    /// Takes in an email, and decides what can be decided of it without knowing other contacts: skipped at its ideal
    /// date, or kept.
    ///
    /// - Parameter excluding: Why its ideal date is excluded, for an email that exclusion windows hold for.
    mutating func append(_ draft: inout EmailDraft, excluding: SkipReason?, in batch: ContactBatch) {
        trace?.drafted(draft)
        defer { drafts.append(draft) }
        trace?.suppression(draft, isSuppressed)
        if isSuppressed { return draft.skip(.suppressed, on: draft.ideal) }
        trace?.exclusion(draft, excluding)
        if let excluding { return draft.skip(excluding, on: draft.ideal) }
        if draft.type.isCampaign {
            let isWithin = draft.isDue(by: draft.ideal)
            trace?.campaignDates(draft, isWithin: isWithin)
            if !isWithin { return draft.skip(.outsideCampaignDates, on: draft.ideal) }
        }
        let kept = keptDate(of: draft, in: batch)
        trace?.keptDate(draft, kept, row: draft.row.map { batch.rows[$0] })
        if case .kept(let date) = kept { return draft.keep(on: date) }
        if draft.isDatedTarget {
            let limit = catalog.policy.timing.campaignMaxOverdueDays
            let isTooLate = draft.ideal < today - limit
            trace?.overdueLimit(draft, limit: limit, isTooLate: isTooLate)
            if isTooLate { draft.skip(.expired, on: draft.ideal) }
        }
    }

    /// What became of the date of an earlier run.
    enum KeptDate {
        case kept(CivilDate)
        case none(RuleStep.Cause)
    }

    /// The date that an earlier run planned for this email, if nothing about it has changed (SPEC 7.1).
    @inline(__always)
    private func keptDate(of draft: EmailDraft, in batch: ContactBatch) -> KeptDate {
        guard let position = draft.row else { return .none(.noStoredRow) }
        if catalog.replans { return .none(.replan) }
        let row = batch.rows[position]
        guard
            row.status == .preScheduled || row.skipReason == .known(.campaignConflict)
                || row.skipReason == .known(.frequencyLimit)
        else { return .none(.notPlanned) }
        guard let date = row.scheduledDate, date >= today else { return .none(.datePast) }
        guard row.idealDate == draft.ideal else { return .none(.idealDateChanged) }
        guard draft.isDue(by: date) else { return .none(.pastDeadline) }
        if draft.respectsWindows, exclusions.excludes(date) { return .none(.excluded) }
        return .kept(date)
    }

    // MARK: Aiming

    /// Gives every open email its target and latest date (SPEC 6, 7).
    ///
    /// - Parameters:
    ///   - limit: Effective-date emails that may share an ideal date before they are smoothed.
    ///   - counts: Effective-date emails by ideal date.
    mutating func aim(limit: Int, counts: DayCounts) {
        // Taken out of `self`, so that each is decided in its place.
        var opened = drafts
        drafts = []
        for index in opened.indices where opened[index].step == .open {
            aim(&opened[index], limit: limit, counts: counts)
        }
        drafts = opened
    }

    private mutating func aim(_ draft: inout EmailDraft, limit: Int, counts: DayCounts) {
        let planned = plannedDate(of: draft, limit: limit, counts: counts)
        if planned >= today {
            aim(&draft, at: planned)
        } else if let caughtUp = catchUpDate(of: draft) {
            trace?.caughtUp(draft, from: planned, to: caughtUp)
            aim(&draft, at: caughtUp)
        } else {
            let reason = draft.respectsWindows ? exclusions.reason(on: today + 1) : nil
            trace?.notCaughtUp(draft, from: planned, reason ?? .expired)
            draft.skip(reason ?? .expired, on: planned)
        }
    }

    /// The ideal date, after smoothing.
    private mutating func plannedDate(of draft: EmailDraft, limit: Int, counts: DayCounts) -> CivilDate {
        guard draft.type == .effectiveDate else { return draft.ideal }
        let sharing = counts[draft.ideal]
        let planned = sharing > limit ? smoothedDate(of: draft) : draft.ideal
        trace?.smoothing(draft, count: sharing, limit: limit, to: planned)
        return planned
    }

    @inline(__always)
    private func aim(_ draft: inout EmailDraft, at day: CivilDate) {
        let limit = draft.deadline ?? day + EmailDraft.longestDelayDays
        let latest = draft.respectsWindows ? exclusions.lastAllowed(from: day, through: limit) : limit
        draft.aim(at: day, latest: latest)
    }

    private mutating func smoothedDate(of draft: EmailDraft) -> CivilDate {
        let half = (catalog.load.effectiveDateSmoothingWindowDays - 1) / 2
        var hash = FNVHash()
        hash.combine(contact.id)
        hash.combine(literal: "_effective_date_")
        hash.combine(Int64(draft.event.year))
        return choose(from: draft.ideal - half, through: draft.ideal + half, draft, hash) ?? draft.ideal
    }

    @inline(never)
    private mutating func catchUpDate(of draft: EmailDraft) -> CivilDate? {
        var hash = FNVHash()
        hash.combine(contact.id)
        hash.combine(literal: "_")
        hash.combine(catalog.name(of: draft.type))
        hash.combine(literal: "_")
        hash.combine(draft.instanceID ?? 0)
        hash.combine(literal: "_")
        hash.combine(draft.event)
        hash.combine(literal: "_catchup")
        let spread = catalog.load.catchUpSpreadDays
        return choose(from: today + 1, through: today + spread, draft, hash)
            ?? choose(from: today, through: today, draft, hash)
    }

    /// The candidate that a hash points to, among the dates that are allowed and not past the deadline.
    private mutating func choose(
        from first: CivilDate, through end: CivilDate, _ draft: EmailDraft, _ hash: FNVHash
    ) -> CivilDate? {
        let last = min(end, draft.deadline ?? end)
        guard first <= last else { return nil }
        if trace == nil, !draft.respectsWindows || exclusions.allow(first...last) {
            return first + hash.index(in: last - first + 1)
        }
        candidates.removeAll(keepingCapacity: true)
        for day in first...last where !(draft.respectsWindows && exclusions.excludes(day)) {
            candidates.append(day)
        }
        trace?.candidates = candidates
        return candidates.isEmpty ? nil : candidates[hash.index(in: candidates.count)]
    }
}
