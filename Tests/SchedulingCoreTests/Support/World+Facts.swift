import SchedulingCore

/// What the rules say of a row, looked up in the plainest way.
extension World {
    func contact(of row: Row) -> Contact? { contacts.first { $0.id == row.contactID } }

    /// The type behind a campaign row.
    func campaignType(of row: Row) -> CampaignType? {
        guard row.type.hasPrefix("campaign_") else { return nil }
        let name = String(row.type.dropFirst("campaign_".count))
        return campaignTypes.first { $0.name == name } ?? policy.campaignTypes[name]
    }

    /// Whether exclusion windows hold for a row; always for follow-ups.
    func respectsWindows(_ row: Row) -> Bool { campaignType(of: row)?.respectsExclusionWindows ?? true }

    /// Whether conflict and frequency may skip a row.
    func respectsFrequency(_ row: Row) -> Bool { campaignType(of: row)?.respectsFrequencyLimits ?? true }

    /// The last date on which a produced email makes sense, nil for none (SPEC 4).
    func deadline(of row: Row) -> CivilDate? {
        if row.type.hasPrefix("campaign_") { return instances.first { $0.id == row.instanceID }?.endDate }
        guard let event = row.event.date, let ideal = row.idealDate else { return nil }
        switch row.type {
        case "birthday", "effective_date": return max(event - 1, ideal)
        case "aep": return event + policy.aep.sendWithinDays
        case "post_window": return event + 1 + policy.timing.postWindowGraceDays
        default: return nil
        }
    }

    /// What must be unique over all rows; nil for a row without identity (SPEC 4).
    func identity(of row: Row) -> String? {
        if row.isFollowup { return row.initialID.map { "follow-up of \($0)" } }
        let begin = "\(row.contactID) \(row.type)"
        if row.type.hasPrefix("campaign_") {
            let isGiven = targets.contains {
                $0.contactID == row.contactID && $0.instanceID == row.instanceID
                    && $0.triggerDate == row.event.date && $0.triggerDate != nil
            }
            return "\(begin) \(row.instanceID ?? 0) \(isGiven ? row.event.date?.description ?? "-" : "-")"
        }
        return row.event.year.map { "\(begin) \($0)" }
    }

    /// Uncommitted rows of today and later: after a run, just what it produced for them.
    var planned: [Row] { rows.filter { !$0.isCommitted && ($0.date.map { $0 >= today } ?? false) } }

    /// Committed rows that were or will be sent, with the day of it; follow-ups left out.
    func sendings(to contact: Int64) -> [(row: Row, date: CivilDate)] {
        rows.compactMap { row in
            guard row.contactID == contact, !row.isFollowup,
                ["scheduled", "processing", "accepted", "sent", "delivered"].contains(row.status),
                let date = row.moment(in: zone)?.date
            else { return nil }
            return (row, date)
        }
    }
}
