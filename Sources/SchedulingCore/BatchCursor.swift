/// Where the entries of one contact stand in the arrays of a batch.
struct ContactRanges {
    var rows: Range<Int>
    var targets: Range<Int>
    var suppressions: Range<Int>
    var behaviours: Range<Int>
}

/// Walks a batch contact by contact, in order of id, in step with the other arrays.
struct BatchCursor {
    private var rows = 0
    private var targets = 0
    private var suppressions = 0
    private var behaviours = 0

    /// Passes over the schedule rows of ids before a contact's: they belong to contacts that are gone.
    @inline(__always)
    mutating func orphans(before id: Int64, in batch: ContactBatch) -> Range<Int> {
        let first = rows
        while rows < batch.rows.count, batch.rows[rows].contactID < id { rows += 1 }
        return first..<rows
    }

    /// The entries of the next contact; those of ids before it are passed over.
    @inline(__always)
    mutating func ranges(of id: Int64, in batch: ContactBatch) -> ContactRanges {
        ContactRanges(
            rows: take(&rows, batch.rows, \.contactID, id),
            targets: take(&targets, batch.targets, \.contactID, id),
            suppressions: take(&suppressions, batch.suppressions, \.contactID, id),
            behaviours: take(&behaviours, batch.behaviours, \.contactID, id))
    }

    /// The schedule rows behind the last contact.
    func rest(in batch: ContactBatch) -> Range<Int> { rows..<batch.rows.count }

    @inline(__always)
    private func take<Entry>(
        _ position: inout Int, _ entries: [Entry], _ contact: KeyPath<Entry, Int64>, _ id: Int64
    ) -> Range<Int> {
        while position < entries.count, entries[position][keyPath: contact] < id { position += 1 }
        let first = position
        while position < entries.count, entries[position][keyPath: contact] == id { position += 1 }
        return first..<position
    }
}
