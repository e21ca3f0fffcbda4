extension ContactPlanner {
    /// Skips what conflict and frequency leave no room for (SPEC 8, 9). Every email has its final date.
    mutating func judge(in batch: ContactBatch) {
        let planned = drafts.reduce(0) { $0 + ($1.step == .placed ? 1 : 0) }
        guard planned > 0 else { return }
        sentDates.removeAll(keepingCapacity: true)
        var sentCampaignDates: [CivilDate] = []
        for row in batch.rows[ranges.rows] where row.status.wasOrWillBeSent && !row.type.isFollowup {
            guard let date = row.sendDate else { continue }
            let contends =
                row.type.isCampaign && catalog.campaignType(row.type)?.respectsFrequencyLimits ?? true
            sentDates.append(date)
            if contends { sentCampaignDates.append(date) }
            trace?.count(row, on: date, contends: contends)
        }
        resolveConflicts(sentCampaignDates)
        limitFrequency(planned)
    }

    /// Of several campaign emails on one date the most important stays.
    private mutating func resolveConflicts(_ sentCampaignDates: [CivilDate]) {
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

    /// The most important emails first, each only if no period then holds too many.
    private mutating func limitFrequency(_ planned: Int) {
        let load = catalog.policy.load
        if trace == nil, sentDates.isEmpty, planned <= load.maxEmailsPerContactPerPeriod { return }
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
