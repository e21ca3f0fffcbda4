extension ContactPlanner {
    /// Skips what conflict and frequency leave no room for (SPEC 8, 9). Every email has its final date.
    mutating func judge(in batch: ContactBatch) {
        guard drafts.contains(where: { $0.step == .placed }) else { return }
        sentDates.removeAll(keepingCapacity: true)
        sentCampaignDates.removeAll(keepingCapacity: true)
        for position in ranges.rows where batch.rows[position].status.wasOrWillBeSent {
            let row = batch.rows[position]
            if row.type.isFollowup { continue }
            guard let date = row.sendDate else { continue }
            let contends =
                row.type.isCampaign && catalog.campaignType(row.type)?.respectsFrequencyLimits ?? true
            sentDates.append(date)
            if contends { sentCampaignDates.append(date) }
            trace?.count(row, on: date, contends: contends)
        }
        if drafts.contains(where: \.type.isCampaign) { resolveConflicts() }
        if trace != nil || mayCrowd { limitFrequency() }
    }

    /// Of several campaign emails on one date the most important stays.
    @inline(never)
    private mutating func resolveConflicts() {
        func contends(_ draft: EmailDraft) -> Bool {
            draft.step == .placed && draft.type.isCampaign && draft.respectsFrequency
        }
        func order(_ draft: EmailDraft) -> (Int, Int64, CivilDate) {
            (draft.priority, draft.instanceID ?? 0, draft.event)
        }
        for index in drafts.indices where contends(drafts[index]) {
            let draft = drafts[index]
            let losesToSent = sentCampaignDates.contains(draft.date)
            let losesToOther = drafts.contains {
                contends($0) && $0.date == draft.date && order($0) < order(draft)
            }
            let loses = losesToSent || losesToOther
            trace?.conflict(
                draft, loses: loses,
                with: drafts.filter {
                    contends($0) && $0.date == draft.date && order($0) != order(draft)
                })
            if loses { drafts[index].skip(.campaignConflict, on: draft.date) }
        }
    }

    /// Whether some period may hold too many emails: in most plans they lie so far apart that none does.
    @inline(__always)
    private var mayCrowd: Bool {
        let load = catalog.load
        return drafts.contains { draft in
            guard draft.step == .placed else { return false }
            func isNear(_ date: CivilDate) -> Bool { abs(date - draft.date) < load.periodDays }
            var near = 0
            for other in drafts where other.step == .placed && isNear(other.date) { near += 1 }
            for date in sentDates where isNear(date) { near += 1 }
            return near > load.maxEmailsPerContactPerPeriod
        }
    }

    /// The most important emails first, each only if no period then holds too many.
    @inline(never)
    private mutating func limitFrequency() {
        let load = catalog.load
        drafts.sort {
            if ($0.priority, $0.date) != ($1.priority, $1.date) {
                return ($0.priority, $0.date) < ($1.priority, $1.date)
            }
            return EmailDraft.tieOrder($0, $1)
        }
        for index in drafts.indices where drafts[index].step == .placed {
            let date = drafts[index].date
            let full = drafts[index].respectsFrequency ? load.fullPeriod(around: date, sentDates) : nil
            trace?.frequency(drafts[index], fullFrom: full, load)
            if full != nil {
                drafts[index].skip(.frequencyLimit, on: date)
            } else {
                sentDates.append(date)
            }
        }
    }
}
