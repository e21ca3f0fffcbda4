extension ContactPlanner {
    /// Whether a row's identity counts as committed: the row is, or its skip is final (SPEC 4). An uncommitted
    /// row without event year has no identity that could count.
    func countsAsCommitted(_ row: StoredEmail, countingExpired: Bool = true) -> Bool {
        if row.status.isCommitted { return true }
        guard row.status == .skipped, row.event.year != nil, let date = row.scheduledDate, date < today,
            case .known(let reason) = row.skipReason
        else { return false }
        switch reason {
        case .campaignConflict, .frequencyLimit: return true
        case .expired: return countingExpired
        default: return false
        }
    }

    /// The position of a row for which the email of a type and event year counts as committed; nil where it
    /// does not.
    func committedRow(
        _ type: EmailType, year: Int, in batch: ContactBatch, countingExpired: Bool = true
    ) -> Int? {
        ranges.rows.first {
            let row = batch.rows[$0]
            return row.type == type && countsAsCommitted(row, countingExpired: countingExpired)
                && eventYear(of: row) == year
        }
    }

    /// The position of the uncommitted row of a type and event year.
    func openRow(_ type: EmailType, year: Int, in batch: ContactBatch) -> Int? {
        ranges.rows.first {
            let row = batch.rows[$0]
            return row.type == type && !row.status.isCommitted && row.event.year.map(Int.init) == year
        }
    }

    /// The event year of an anniversary or post-window row; a committed one without has that of its scheduled
    /// date plus the days before (SPEC 4).
    private func eventYear(of row: StoredEmail) -> Int? {
        if let year = row.event.year { return Int(year) }
        guard row.status.isCommitted, let date = row.scheduledDate,
            let days = catalog.policy.daysBefore(row.type)
        else { return nil }
        return (date + days).year
    }
}
