/// Judges an email again at the moment when a sender claims it, on what is known then: a plan may be hours old,
/// and a contact unsubscribes, moves or has got other emails meanwhile. The rules are those of a run (SPEC 2, 3,
/// 4, 8, 9), applied to the date of sending instead of the ideal date.
public struct ClaimReview: Sendable {
    /// What becomes of the email.
    public enum Verdict: Hashable, Sendable {
        /// It may be sent.
        case send
        /// It may not be sent any more.
        case skip(SkipReason)
        /// The email stays as it is, but no text message goes with it.
        case skipText(SkipReason)
    }

    /// What is stored of the contact of the email that is judged.
    public struct Facts: Sendable {
        /// Everything of one contact; no contact where it is gone.
        public var batch = ContactBatch()

        /// Nothing.
        public init() {}

        /// The contact, nil where it is gone.
        var contact: Contact? { batch.contacts.first }

        func isSuppressed(_ channel: Suppression.Channel) -> Bool {
            batch.suppressions.contains { $0.channel == channel }
        }
    }

    /// Date of sending, policy, campaigns.
    public let catalog: RunCatalog
    /// What is sent.
    public let channel: SendChannel

    /// The review of a claim.
    ///
    /// - Parameter catalog: Its `today` is the date of sending.
    public init(catalog: RunCatalog, channel: SendChannel) {
        self.catalog = catalog
        self.channel = channel
    }

    /// What becomes of an email that is not held (`QuietHours`). Where several reasons to skip it hold, the first in their order is given.
    public func verdict(on row: StoredEmail, _ facts: Facts) -> Verdict {
        guard let contact = facts.contact, contact.invalidity == nil else { return .skip(.expired) }
        if facts.isSuppressed(.email) { return .skip(.suppressed) }
        if channel == .sms, facts.isSuppressed(.sms) { return withoutText(row, .suppressed) }
        if let reason = exclusion(of: row, contact) { return .skip(reason) }
        if row.type.isCampaign, !isActive(row) { return .skip(.outsideCampaignDates) }
        if let reason = crowding(of: row, facts) { return .skip(reason) }
        if isPast(row) || !isWanted(row, contact, facts) { return .skip(.expired) }
        return channel == .sms && !contact.hasPhone ? withoutText(row, .expired) : .send
    }

    private func withoutText(_ row: StoredEmail, _ reason: SkipReason) -> Verdict {
        row.emailTemplate == .null ? .skip(reason) : .skipText(reason)
    }

    /// Why the date of sending is excluded for the contact (SPEC 3, 10).
    private func exclusion(of row: StoredEmail, _ contact: Contact) -> SkipReason? {
        let respectsWindows =
            row.type.isFollowup || catalog.campaignType(row.type)?.respectsExclusionWindows ?? true
        return respectsWindows ? catalog.exclusions(of: contact).reason(on: catalog.today) : nil
    }

    /// Whether the campaign of a row is active on the date of sending (SPEC 4).
    private func isActive(_ row: StoredEmail) -> Bool {
        guard let entry = row.instanceID.flatMap({ catalog.instances[$0] }) else { return false }
        return entry.instance.isActive(on: catalog.today)
            && catalog.campaignType(entry.type)?.isActive ?? false
    }

    /// Whether other emails that were or will be sent to the contact leave no room for this one (SPEC 8, 9).
    private func crowding(of row: StoredEmail, _ facts: Facts) -> SkipReason? {
        guard !row.type.isFollowup, catalog.campaignType(row.type)?.respectsFrequencyLimits ?? true else {
            return nil
        }
        var sent: [CivilDate] = []
        for other in facts.batch.rows
        where other.id != row.id && other.status.wasOrWillBeSent && !other.type.isFollowup {
            guard let date = other.sendDate else { continue }
            let contends =
                other.type.isCampaign
                && catalog.campaignType(other.type)?.respectsFrequencyLimits ?? true
            if row.type.isCampaign, contends, date == catalog.today { return .campaignConflict }
            sent.append(date)
        }
        return catalog.load.fullPeriod(around: catalog.today, sent) == nil ? nil : .frequencyLimit
    }

    /// Whether the email makes no sense any more on the date of sending: its deadline is past (SPEC 4).
    private func isPast(_ row: StoredEmail) -> Bool {
        guard let event = row.event.date else { return false }
        if row.type == .postWindow {
            return event + 1 + catalog.policy.timing.postWindowGraceDays < catalog.today
        }
        guard let rule = catalog.timingRules.first(where: { $0.type == row.type }) else { return false }
        return rule.deadline(event: event, ideal: event - rule.daysBefore) < catalog.today
    }

    /// Whether a run would still make the email: its target was not taken back, the email that it follows was
    /// not found to be undelivered.
    private func isWanted(_ row: StoredEmail, _ contact: Contact, _ facts: Facts) -> Bool {
        if row.type.isFollowup {
            guard let initialID = row.initialID else { return true }
            return facts.batch.rows.contains { $0.id == initialID && $0.status == .sent }
        }
        guard row.type.isCampaign, let id = row.instanceID, let entry = catalog.instances[id] else {
            return true
        }
        let targets = facts.batch.targets.filter { $0.instanceID == id }
        if targets.isEmpty {
            guard catalog.targetsEveryone(instance: id), let state = contact.state else { return false }
            return entry.instance.audience.isEmpty || entry.instance.audience.contains(state)
        }
        return targets.contains { target in
            (target.status.isOpen || target.status == .sent) && !target.hasInvalidTriggerDate
                && (target.triggerDate == nil || target.triggerDate == row.event.date)
        }
    }
}
