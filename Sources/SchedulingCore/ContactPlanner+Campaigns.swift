extension ContactPlanner {
    /// The campaign emails of the contact: one for each event date in each active instance that it is a target
    /// of (SPEC 4).
    mutating func draftCampaigns(in batch: ContactBatch) {
        let targets = batch.targets[ranges.targets]
        trace?.targets(targets)
        for target in targets where target.status.isOpen && !target.hasInvalidTriggerDate {
            guard let entry = catalog.instances[target.instanceID], entry.instance.isActive(on: today),
                let event = target.triggerDate ?? entry.instance.startDate
            else {
                trace?.noEmail(for: target)
                continue
            }
            let isDated = target.triggerDate != nil
            if let twin = drafts.firstIndex(where: { $0.instanceID == target.instanceID && $0.event == event }
            ) {
                guard isDated, !drafts[twin].isDatedTarget else { continue }
                trace?.forget(drafts[twin])
                drafts.remove(at: twin)
            }
            appendCampaign(entry, event: event, isDated: isDated, in: batch)
        }
        guard let state = contact.state else { return }
        for id in catalog.instancesForEveryone {
            guard let entry = catalog.instances[id], !targets.contains(where: { $0.instanceID == id }) else {
                continue
            }
            guard let event = entry.instance.startDate else {
                trace?.noEmail(of: entry.type, instance: id, .noDate)
                continue
            }
            guard entry.instance.audience.isEmpty || entry.instance.audience.contains(state) else {
                trace?.noEmail(of: entry.type, instance: id, .audience)
                continue
            }
            appendCampaign(entry, event: event, isDated: false, in: batch)
        }
    }

    private mutating func appendCampaign(
        _ entry: (instance: CampaignInstance, type: EmailType, templates: RunCatalog.TemplateSymbols),
        event: CivilDate, isDated: Bool, in batch: ContactBatch
    ) {
        guard let type = catalog.campaignType(entry.type), type.isActive else {
            trace?.noEmail(of: entry.type, instance: entry.instance.id, event: event, .typeNotActive)
            return
        }
        let trigger = trigger(of: event, instance: entry.instance.id, in: batch)
        let taken = ranges.rows.first {
            let row = batch.rows[$0]
            return row.type == entry.type && row.instanceID == entry.instance.id && countsAsCommitted(row)
                && storedTrigger(of: row, in: batch) == trigger
        }
        if let taken {
            trace?.settle(
                entry.type, instanceID: entry.instance.id, event: event,
                respectsWindows: type.respectsExclusionWindows, batch.rows[taken])
            return
        }
        var draft = EmailDraft(
            type: entry.type, event: event, ideal: event - (isDated ? type.daysBeforeEvent : 0),
            deadline: entry.instance.endDate, priority: type.priority, templates: entry.templates)
        draft.instanceID = entry.instance.id
        draft.respectsWindows = type.respectsExclusionWindows
        draft.respectsFrequency = type.respectsFrequencyLimits
        draft.isDatedTarget = isDated
        func isOpen(_ position: Int) -> Bool {
            let row = batch.rows[position]
            return row.type == entry.type && row.instanceID == entry.instance.id && !row.status.isCommitted
                && row.event.year != nil && storedTrigger(of: row, in: batch) == trigger
        }
        // A change of targets can give several rows one identity: the one of this event goes before.
        draft.row =
            ranges.rows.first { isOpen($0) && batch.rows[$0].event.date == event }
            ?? ranges.rows.first(where: isOpen)
        let excluding = type.respectsExclusionWindows ? exclusions.reason(on: draft.ideal) : nil
        append(&draft, excluding: excluding, in: batch)
    }

    /// The trigger date in a campaign email's identity: its event date, if some target of the instance gives
    /// that date, else none.
    private func trigger(of event: CivilDate?, instance: Int64, in batch: ContactBatch) -> CivilDate? {
        guard let event else { return nil }
        let isGiven = batch.targets[ranges.targets].contains {
            $0.instanceID == instance && $0.triggerDate == event
        }
        return isGiven ? event : nil
    }

    private func storedTrigger(of row: StoredEmail, in batch: ContactBatch) -> CivilDate? {
        row.instanceID.flatMap { trigger(of: row.event.date, instance: $0, in: batch) }
    }
}

extension ContactPlanner {
    /// The targets whose status shall follow their row's: `scheduled` or `skipped` (SPEC 4).
    func forEachTargetChange(in batch: ContactBatch, _ emit: (RowChange) -> Void) {
        for target in batch.targets[ranges.targets]
        where target.status.isOpen && !target.hasInvalidTriggerDate {
            guard let event = target.triggerDate ?? catalog.instances[target.instanceID]?.instance.startDate,
                let draft = drafts.first(where: { $0.instanceID == target.instanceID && $0.event == event })
            else { continue }
            let isSkipped = draft.step == .skipped
            if target.status != (isSkipped ? .skipped : .scheduled) {
                emit(.target(rowID: target.id, isSkipped: isSkipped))
            }
        }
    }
}
