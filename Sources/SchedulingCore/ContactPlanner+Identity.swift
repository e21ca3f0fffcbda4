extension ContactPlanner {
    /// Whether a row's identity counts as committed: the row is, or its skip is final (SPEC 4). An uncommitted
    /// row without event year has no identity that could count.
    @inline(__always)
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
    @inline(__always)
    func committedRow(
        _ type: EmailType, year: Int, in batch: ContactBatch, countingExpired: Bool = true
    ) -> Int? {
        for position in ranges.rows where batch.rows[position].type == type {
            let row = batch.rows[position]
            if countsAsCommitted(row, countingExpired: countingExpired), eventYear(of: row) == year {
                return position
            }
        }
        return nil
    }

    /// The position of the uncommitted row of a type and event year.
    @inline(__always)
    func openRow(_ type: EmailType, year: Int, in batch: ContactBatch) -> Int? {
        for position in ranges.rows where batch.rows[position].type == type {
            let row = batch.rows[position]
            if !row.status.isCommitted, row.event.year.map(Int.init) == year { return position }
        }
        return nil
    }

    /// The event year of an anniversary or post-window row; a committed one without has that of its scheduled
    /// date plus the days before (SPEC 4).
    @inline(__always)
    private func eventYear(of row: StoredEmail) -> Int? {
        if let year = row.event.year { return Int(year) }
        guard row.status.isCommitted, let date = row.scheduledDate,
            let days = catalog.policy.daysBefore(row.type)
        else { return nil }
        return (date + days).year
    }
}
