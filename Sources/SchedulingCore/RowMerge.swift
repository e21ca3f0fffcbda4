/// Compares what a run decided for one contact with the rows it has (SPEC 11). Only differences become
/// changes, so that a run with nothing new writes nothing.
struct RowMerge {
    let today: CivilDate
    /// For each row of the batch whether a produced email of the contact claims it; as long as it need be.
    private var isClaimed: [Bool] = []
    private var deletions: [RowChange] = []
    private var updates: [RowChange] = []
    private var insertions: [RowChange] = []
    /// Rows left as they are that a produced email claims.
    private(set) var unchanged = 0

    init(today: CivilDate, unchanged: Int = 0) {
        self.today = today
        self.unchanged = unchanged
    }

    /// Takes in one email and the position of the uncommitted row with its identity.
    @inline(__always)
    mutating func add(_ email: PlannedEmail, row position: Int?, in batch: ContactBatch) {
        guard let position else { return insertions.append(.insert(email)) }
        while isClaimed.count <= position { isClaimed.append(false) }
        isClaimed[position] = true
        if email.isStored(as: batch.rows[position]) {
            unchanged += 1
        } else {
            updates.append(.update(rowID: batch.rows[position].id, email))
        }
    }

    /// Hands out the changes of the contact, and deletes or expires its rows that nothing claimed.
    mutating func finish(
        _ rows: Range<Int>, in batch: ContactBatch, followupsOnly: Bool = false, _ emit: (RowChange) -> Void
    ) {
        for position in rows {
            if position < isClaimed.count, isClaimed[position] {
                isClaimed[position] = false
                continue
            }
            let row = batch.rows[position]
            if followupsOnly, !row.type.isFollowup { continue }
            guard !row.status.isCommitted, let date = row.scheduledDate,
                !(row.status == .skipped && row.type.isFollowup)
            else { continue }
            if date >= today {
                deletions.append(.delete(rowID: row.id))
            } else if row.status == .preScheduled {
                updates.append(.expire(rowID: row.id))
            }
        }
        RowMerge.hand(&deletions, to: emit)
        RowMerge.hand(&updates, to: emit)
        RowMerge.hand(&insertions, to: emit)
    }

    private static func hand(_ changes: inout [RowChange], to emit: (RowChange) -> Void) {
        if changes.isEmpty { return }
        for change in changes { emit(change) }
        changes.removeAll(keepingCapacity: true)
    }
}

extension PlannedEmail {
    /// Whether a stored row holds exactly this email.
    @inline(__always)
    func isStored(as row: StoredEmail) -> Bool {
        let reason: StoredEmail.StoredReason = skipReason.map { .known($0) } ?? .none
        return row.status == (skipReason == nil ? .preScheduled : .skipped) && row.skipReason == reason
            && row.type == type && row.scheduledDate == date && row.idealDate == idealDate
            && row.event == event && row.scheduledTime == time && row.priority == priority
            && row.instanceID == instanceID && row.emailTemplate == emailTemplate
            && row.smsTemplate == smsTemplate && row.initialID == initialID
    }
}
