extension ContactPlanner {
    /// Whether looking for follow-ups can find one, or must be explained.
    func mayHaveFollowups(in batch: ContactBatch) -> Bool {
        trace != nil || ranges.rows.contains { batch.rows[$0].status == .sent }
    }

    /// The follow-ups of a contact (SPEC 10), each with the position of its uncommitted row, if it has one.
    func followups(in batch: ContactBatch, _ emit: (PlannedEmail, _ row: Int?) -> Void) {
        guard contact.invalidity == nil else { return }
        let timing = catalog.policy.timing
        for position in ranges.rows {
            let initial = batch.rows[position]
            guard canBeFollowed(initial), let sent = initial.sendDate, sent <= today else {
                trace?.notFollowed(initial)
                continue
            }
            if let follower = follower(of: initial, in: batch) {
                trace?.settle(
                    follower.type, event: initial.event.date, initialID: initial.id, follower)
                continue
            }
            let row = ranges.rows.first {
                batch.rows[$0].type.isFollowup && batch.rows[$0].initialID == initial.id
                    && batch.rows[$0].status == .preScheduled
            }
            guard row != nil || sent >= today - timing.followupLookbackDays else {
                trace?.tooLateToFollow(initial, sent: sent, limit: timing.followupLookbackDays)
                continue
            }
            let planned = row.flatMap { batch.rows[$0].scheduledDate }
            var date = sent + timing.followupDaysAfter
            if let planned, planned >= today {
                date = planned
            } else if date < today {
                var hash = FNVHash()
                hash.combine(literal: "followup_")
                hash.combine(initial.id)
                hash.combine(literal: "_catchup")
                date = today + 1 + hash.index(in: catalog.load.catchUpSpreadDays)
            }
            trace?.followup(
                of: initial, sent: sent, due: sent + timing.followupDaysAfter, kept: planned, on: date)
            emit(followup(of: initial, on: date, in: batch), row)
        }
    }

    private func followup(of initial: StoredEmail, on date: CivilDate, in batch: ContactBatch) -> PlannedEmail
    {
        let type = followupType(of: initial, in: batch)
        let templates = catalog.templates[Int(type.code)]
        let excluding = exclusions.reason(on: date)
        trace?.judged(followupOf: initial, type, on: date, isSuppressed: isSuppressed, excluding)
        return PlannedEmail(
            contactID: contact.id, type: type, event: initial.event, idealDate: nil, date: date,
            skipReason: isSuppressed ? .suppressed : excluding,
            priority: initial.priority, instanceID: initial.instanceID, time: catalog.sendTime,
            emailTemplate: templates.email, smsTemplate: smsTemplate(templates), initialID: initial.id,
            initialType: initial.type, state: contact.state)
    }

    /// Whether a row is sent and of a type that gets follow-ups.
    private func canBeFollowed(_ row: StoredEmail) -> Bool {
        guard row.status == .sent else { return false }
        return row.type.code <= EmailType.postWindow.code
            || catalog.campaignType(row.type)?.enablesFollowups ?? false
    }

    /// The follow-up of a row that is committed, or was skipped, which counts as committed.
    private func follower(of initial: StoredEmail, in batch: ContactBatch) -> StoredEmail? {
        batch.rows[ranges.rows].first { row in
            guard row.type.isFollowup, row.status != .preScheduled else { return false }
            if let id = row.initialID { return id == initial.id }
            return row.status.isCommitted && owner(of: row, in: batch) == initial.id
        }
    }

    /// The row that a committed follow-up without `initial_schedule_id` belongs to.
    private func owner(of followup: StoredEmail, in batch: ContactBatch) -> Int64? {
        guard let date = followup.sendDate else { return nil }
        let candidates = batch.rows[ranges.rows].lazy.filter { row in
            canBeFollowed(row) && row.sendDate.map { $0 <= date } ?? false
        }
        return candidates.max { left, right in
            let first = left.sendMoment?.seconds ?? .min
            let second = right.sendMoment?.seconds ?? .min
            return (first, left.id) < (second, right.id)
        }?.id
    }

    /// What the contact did since the initial email, the most telling first.
    private func followupType(of initial: StoredEmail, in batch: ContactBatch) -> EmailType {
        guard let since = initial.sendMoment ?? initial.sendDate.map({ LocalMoment(date: $0) }) else {
            return .followupCold
        }
        var best = EmailType.followupCold
        for behaviour in batch.behaviours[ranges.behaviours] {
            guard let moment = behaviour.moment, moment >= since else { continue }
            let type: EmailType
            switch behaviour.kind {
            case .answered(let withYes): type = withYes ? .followupAnsweredYes : .followupAnsweredNo
            case .click(nil, nil): type = .followupClicked
            case .click(let schedule, let tracking):
                let isOfThisEmail =
                    schedule == initial.id || (tracking != nil && tracking == initial.trackingID)
                type = isOfThisEmail ? .followupClicked : .followupCold
            }
            if type.code > best.code { best = type }
        }
        return best
    }

    /// The SMS template, null where no SMS may be sent.
    func smsTemplate(_ templates: RunCatalog.TemplateSymbols) -> Symbol {
        contact.hasPhone && !isSMSSuppressed && catalog.policy.enablesSMS ? templates.sms : .null
    }
}
