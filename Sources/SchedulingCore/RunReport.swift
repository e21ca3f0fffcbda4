/// What a run counted (SPEC 12). Sums of two reports of different contacts are the report of both.
public struct RunReport: Sendable, Equatable {
    /// Rows that belong together in the report.
    public struct RowKind: Hashable, Sendable {
        /// Column `email_type`.
        public let type: EmailType
        /// Nil for status `pre-scheduled`, else the reason of `skipped`.
        public let skipReason: SkipReason?
    }

    /// A state and a reason, for the hit rate of exclusion windows.
    public struct Exclusion: Hashable, Sendable {
        /// State whose rule held.
        public let state: StateCode
        /// Reason of the rows.
        public let reason: SkipReason
    }

    /// What the days of a run carry, at the three stages of placing.
    public struct Volume: Sendable, Equatable {
        /// Emails by ideal date.
        public var ideal: DayCounts
        /// Emails by target date: after keeping, smoothing and catch-up.
        public var target: DayCounts
        /// Emails by final date: after the daily cap, conflict and frequency.
        public var final: DayCounts
    }

    /// Contacts that got a decision; invalid ones are not among them.
    public internal(set) var contactsProcessed = 0
    /// Contacts without schedule, by the reason.
    public internal(set) var invalid: [Contact.Invalidity: Int] = [:]
    /// Contacts whose own state is not that of their ZIP.
    public internal(set) var stateZIPMismatches = 0
    /// Emails decided, by kind of row.
    public var rows: [RowKind: Int] {
        rowTally.entries.reduce(into: [:]) {
            $0[RowKind(type: EmailType(code: $1.number), skipReason: $1.reason)] = $1.count
        }
    }
    /// Emails skipped by an exclusion window, by state.
    public var exclusions: [Exclusion: Int] {
        stateTally.entries.reduce(into: [:]) { result, entry in
            guard let reason = entry.reason, reason.isExclusion else { return }
            result[Exclusion(state: StateCode(index: entry.number), reason: reason)] = entry.count
        }
    }
    /// Emails decided for contacts of a state, the basis of the hit rate.
    public var emailsByState: [StateCode: Int] {
        stateTally.entries.reduce(into: [:]) {
            $0[StateCode(index: $1.number), default: 0] += $1.count
        }
    }
    private var rowTally = Tally()
    private var stateTally = Tally()
    /// Rows added.
    public internal(set) var inserted = 0
    /// Rows rewritten in place, expired ones among them.
    public internal(set) var updated = 0
    /// Rows removed.
    public internal(set) var deleted = 0
    /// Rows that stand as they were.
    public internal(set) var unchanged = 0
    /// Emails of each day, not skipped, follow-ups aside.
    public internal(set) var volume: Volume
    /// Days that emails which cannot wait push over the cap.
    public internal(set) var overCapDays: [CivilDate] = []

    init(today: CivilDate) {
        let none = DayCounts(around: today)
        volume = Volume(ideal: none, target: none, final: none)
    }

    /// Counts a follow-up that was decided, which is no matter of the state's windows.
    mutating func count(_ type: EmailType, _ skipReason: SkipReason?) {
        rowTally.add(Int(type.code), skipReason)
    }

    /// Counts the emails that were decided for a contact of a state.
    @inline(__always)
    mutating func count(_ drafts: [EmailDraft], state: StateCode?) {
        rowTally.add(drafts) { Int($0.type.code) }
        if let state { stateTally.add(drafts) { _ in Int(state.index) } }
    }

    mutating func count(_ change: RowChange) {
        switch change {
        case .insert: inserted += 1
        case .update, .expire: updated += 1
        case .delete: deleted += 1
        case .target: break
        }
    }
}

extension RunReport {
    /// Writes everything that was counted.
    func write(to state: inout StateEncoder, _ catalog: RunCatalog) {
        for number in [contactsProcessed, stateZIPMismatches, inserted, updated, deleted, unchanged] {
            state.write(number)
        }
        state.write(invalid) { state, entry in
            state.write(entry.key.rawValue)
            state.write(entry.value)
        }
        state.write(rowTally.entries) { state, entry in
            state.write(catalog.name(of: EmailType(code: entry.number)))
            state.write(entry.reason?.rawValue ?? "")
            state.write(entry.count)
        }
        state.write(stateTally.entries) { state, entry in
            state.write(Int(entry.number))
            state.write(entry.reason?.rawValue ?? "")
            state.write(entry.count)
        }
        for counts in [volume.ideal, volume.target, volume.final] { counts.write(to: &state) }
        state.write(overCapDays) { $0.write($1) }
    }

    /// Reads what `write(to:_:)` wrote.
    mutating func read(
        from state: inout StateDecoder, _ catalog: RunCatalog
    ) throws(StateDecoder.Malformed) {
        contactsProcessed = try state.number()
        stateZIPMismatches = try state.number()
        inserted = try state.number()
        updated = try state.number()
        deleted = try state.number()
        unchanged = try state.number()
        var read = self
        try state.each { state throws(StateDecoder.Malformed) in
            guard let reason = Contact.Invalidity(rawValue: try state.text()) else {
                throw StateDecoder.Malformed()
            }
            read.invalid[reason] = try state.number()
        }
        try state.each { state throws(StateDecoder.Malformed) in
            let type = catalog.emailType(named: Array(try state.text().utf8).span)
            let reason = SkipReason(rawValue: try state.text())
            read.rowTally.add(Int(type.code), reason, try state.number())
        }
        try state.each { state throws(StateDecoder.Malformed) in
            let number = try state.number()
            guard (0..<StateCode.count).contains(number) else { throw StateDecoder.Malformed() }
            let reason = SkipReason(rawValue: try state.text())
            read.stateTally.add(number, reason, try state.number())
        }
        try read.volume.ideal.read(from: &state)
        try read.volume.target.read(from: &state)
        try read.volume.final.read(from: &state)
        try state.each { state throws(StateDecoder.Malformed) in read.overCapDays.append(try state.day()) }
        self = read
    }
}

/// Counts by a small number, such as the code of a type, and a skip reason or none.
private struct Tally: Sendable, Equatable {
    private static let width = SkipReason.allCases.count + 1
    private var counts: [Int] = []

    mutating func add(_ number: Int, _ reason: SkipReason?, _ count: Int = 1) {
        let position = Tally.position(number, reason)
        if position >= counts.count { makeRoom(for: position) }
        counts[position] += count
    }

    /// Adds one for each email, by a number and its skip reason.
    @inline(__always)
    mutating func add(_ drafts: [EmailDraft], _ number: (borrowing EmailDraft) -> Int) {
        var added = 0
        while added < drafts.count {
            var span = counts.mutableSpan
            var position = 0
            while added < drafts.count {
                position = Tally.position(number(drafts[added]), drafts[added].skipReason)
                guard position < span.count else { break }
                span[position] += 1
                added += 1
            }
            if added < drafts.count { makeRoom(for: position) }
        }
    }

    @inline(__always)
    private static func position(_ number: Int, _ reason: SkipReason?) -> Int {
        number * width + (reason.map { $0.rank + 1 } ?? 0)
    }

    @inline(never)
    private mutating func makeRoom(for position: Int) {
        counts.append(contentsOf: repeatElement(0, count: position + 1 - counts.count))
    }

    /// The counts that are not zero.
    var entries: [(number: UInt16, reason: SkipReason?, count: Int)] {
        counts.indices.filter { counts[$0] > 0 }.map { position in
            let rank = position % Tally.width
            return (
                UInt16(position / Tally.width), rank == 0 ? nil : SkipReason.allCases[rank - 1],
                counts[position]
            )
        }
    }
}
