/// Spreads the emails of a run over days so that no day carries more than it can (SPEC 8), from counts alone.
///
/// Emails that differ only in their contact are one class. The rule's order ends with the contact id, so the
/// emails of a class leave in order of contact: knowing how many of a class end on which day, the date of
/// each follows from its position. Memory grows with days and classes, not with contacts.
public struct DailyCap: Sendable {
    /// What tells classes apart: everything in the rule's order but the contact.
    struct ClassKey: Equatable {
        let target: CivilDate
        let latest: CivilDate
        let priority: Int
        let typeRank: UInt8
        let instanceID: Int64
        let event: CivilDate

        init(_ draft: EmailDraft) {
            target = draft.date
            latest = draft.latest
            priority = draft.priority
            typeRank = draft.type.rank
            instanceID = draft.instanceID ?? 0
            event = draft.event
        }

        /// Everything mixed into one number, whose low bits spread.
        var mixed: UInt64 {
            let days =
                UInt64(UInt32(bitPattern: target.dayNumber)) << 32
                | UInt64(UInt32(bitPattern: latest.dayNumber))
            let rest =
                UInt64(UInt32(bitPattern: event.dayNumber)) << 16
                ^ UInt64(bitPattern: instanceID &* 31 &+ Int64(priority)) << 8 ^ UInt64(typeRank)
            let product = (days ^ rest &* 0x9E37_79B9_7F4A_7C15).multipliedFullWidth(
                by: 0xD6E8_FEB8_6659_FD93)
            return product.high ^ product.low
        }

        /// Who stays first on a full day.
        static func staysBefore(_ left: ClassKey, _ right: ClassKey) -> Bool {
            (left.latest, left.priority, left.target, left.typeRank, left.instanceID, left.event)
                < (right.latest, right.priority, right.target, right.typeRank, right.instanceID, right.event)
        }
    }

    /// How many of a class end on a day.
    struct Share {
        let day: CivilDate
        var count: Int
    }

    private let today: CivilDate
    private let cap: Int
    private let threshold: Int
    /// Emails and committed rows that stay on their day whatever happens.
    private(set) var pinned: DayCounts
    /// Committed rows among them: the fixed load F(d).
    private(set) var fixed: DayCounts
    private var counts = ClassTable<Int>()
    /// Where the emails of a class end, the last day first, as far as they are not placed; a class all of whose
    /// emails end on their target date is not among them.
    private var shares = ClassTable<[Share]>()
    /// Emails of classes that ended on their latest date.
    private var outOfTime: DayCounts
    /// Days that pinned emails push over the threshold.
    private(set) var overCapDays: [CivilDate] = []

    init(today: CivilDate, load: SchedulingPolicy.LoadBalancing, totalContacts: Int) {
        self.today = today
        cap = load.dailyCap(totalContacts: totalContacts)
        threshold = load.overageLimit(cap: cap)
        pinned = DayCounts(around: today)
        fixed = DayCounts(around: today)
        outOfTime = DayCounts(around: today)
    }

    /// Counts a committed row that loads a day.
    mutating func addFixed(on day: CivilDate) {
        guard day >= today else { return }
        fixed.count(day)
    }

    /// Takes what others load on each day as given; days that have passed are nobody's concern any more.
    mutating func setFixed(_ load: DayCounts) {
        for (day, count) in load.entries where day >= today { fixed[day] = count }
    }

    /// Frees a place that a row held.
    mutating func removeFixed(on day: CivilDate) {
        if fixed[day] > 0 { fixed[day] -= 1 }
    }

    /// Counts an email that is not skipped by now.
    mutating func add(_ draft: EmailDraft) {
        if draft.latest == draft.date {
            pinned.count(draft.date)
        } else {
            let position = counts.position(of: ClassKey(draft), startingAt: 0)
            counts.values[position] += 1
        }
    }

    /// What a day would carry, and what it may.
    struct Fill {
        let day: CivilDate
        /// Emails that would be sent on it if none were carried on: committed, pinned, and the pool.
        let count: Int
        /// Emails up to which a day is left alone.
        let threshold: Int
        /// Emails to which a day above the threshold is cut down.
        let cap: Int
    }

    /// Decides, for every class, how many of its emails end on which day.
    ///
    /// - Parameter note: Told every day that was filled.
    mutating func distribute(note: (Fill) -> Void = { _ in }) {
        var arrivals = zip(counts.keys, counts.values).map { (key: $0, count: $1) }.sorted {
            $0.key.target != $1.key.target
                ? $0.key.target > $1.key.target : ClassKey.staysBefore($1.key, $0.key)
        }
        counts = ClassTable()
        var pool: [(key: ClassKey, count: Int)] = []
        var day = today
        while !pool.isEmpty || !arrivals.isEmpty {
            if pool.isEmpty, let next = arrivals.last { day = max(day, next.key.target) }
            let carried = pool.count
            while let next = arrivals.last, next.key.target <= day {
                pool.append(next)
                arrivals.removeLast()
            }
            if carried > 0, carried < pool.count { pool.sort { ClassKey.staysBefore($0.key, $1.key) } }
            note(fill(day, &pool))
            day = day + 1
        }
        let given = shares
        shares = ClassTable()
        for (key, days) in zip(given.keys, given.values) where days.count > 1 || days[0].day != key.target {
            _ = shares.position(of: key, startingAt: days.reversed())
        }
        findOverCapDays()
    }

    /// What a day would carry together with some emails that may still move.
    func look(at day: CivilDate, pooled: Int = 0) -> Fill {
        Fill(day: day, count: fixed[day] + pinned[day] + pooled, threshold: threshold, cap: cap)
    }

    /// Leaves on a day what it can carry and keeps the rest in the pool, which is in the rule's order.
    private mutating func fill(_ day: CivilDate, _ pool: inout [(key: ClassKey, count: Int)]) -> Fill {
        let fill = look(at: day, pooled: pool.reduce(0) { $0 + $1.count })
        if fill.count <= threshold {
            for entry in pool { give(entry.key, entry.count, to: day) }
            pool.removeAll(keepingCapacity: true)
            return fill
        }
        let base = fixed[day] + pinned[day]
        let last = pool.reduce(0) { $0 + ($1.key.latest <= day ? $1.count : 0) }
        var room = max(0, cap - base - last)
        var rest: [(key: ClassKey, count: Int)] = []
        for entry in pool {
            let staying = entry.key.latest <= day ? entry.count : min(entry.count, room)
            if entry.key.latest > day { room -= staying }
            if staying > 0 { give(entry.key, staying, to: day) }
            if staying < entry.count { rest.append((entry.key, entry.count - staying)) }
        }
        pool = rest
        return fill
    }

    private mutating func give(_ key: ClassKey, _ count: Int, to day: CivilDate) {
        let position = shares.position(of: key, startingAt: [])
        shares.values[position].append(Share(day: day, count: count))
        if key.latest <= day { outOfTime[day] += count }
    }

    private mutating func findOverCapDays() {
        let days = [fixed, pinned, outOfTime].flatMap { $0.entries.map(\.day) }
        overCapDays = Set(days).filter { fixed[$0] + pinned[$0] + outOfTime[$0] > threshold }.sorted()
    }

    /// The final date of the next email of its class, in order of contact; an email of no other class stays
    /// where it aims.
    mutating func place(_ draft: EmailDraft) -> CivilDate {
        if draft.latest == draft.date { return draft.date }
        guard let position = shares.position(of: ClassKey(draft)), let share = shares.values[position].last
        else { return draft.date }
        if share.count > 1 {
            shares.values[position][shares.values[position].count - 1].count -= 1
        } else {
            shares.values[position].removeLast()
        }
        return share.day
    }
}

extension DailyCap {
    /// The cap without what it has counted by class, which is counted anew when a run is taken up: a copy of the
    /// whole would make the next count copy all classes.
    var withoutCounts: DailyCap {
        var cap = self
        cap.counts = ClassTable()
        return cap
    }

    /// Writes what is decided, and what is needed to decide it.
    func write(to state: inout StateEncoder) {
        fixed.write(to: &state)
        pinned.write(to: &state)
        state.write(overCapDays) { $0.write($1) }
        state.write(Array(zip(shares.keys, shares.values))) { state, entry in
            entry.0.write(to: &state)
            state.write(entry.1) { state, share in
                state.write(share.day)
                state.write(share.count)
            }
        }
    }

    /// Reads what `write(to:)` wrote.
    mutating func read(from state: inout StateDecoder) throws(StateDecoder.Malformed) {
        try fixed.read(from: &state)
        try pinned.read(from: &state)
        var days: [CivilDate] = []
        try state.each { state throws(StateDecoder.Malformed) in days.append(try state.day()) }
        overCapDays = days
        var read = ClassTable<[Share]>()
        try state.each { state throws(StateDecoder.Malformed) in
            let key = try ClassKey(from: &state)
            var shares: [Share] = []
            try state.each { state throws(StateDecoder.Malformed) in
                shares.append(Share(day: try state.day(), count: try state.number()))
            }
            _ = read.position(of: key, startingAt: shares)
        }
        shares = read
    }
}

extension DailyCap.ClassKey {
    fileprivate func write(to state: inout StateEncoder) {
        state.write(target)
        state.write(latest)
        state.write(priority)
        state.write(Int(typeRank))
        state.write(Int(instanceID))
        state.write(event)
    }

    fileprivate init(from state: inout StateDecoder) throws(StateDecoder.Malformed) {
        target = try state.day()
        latest = try state.day()
        priority = try state.number()
        typeRank = UInt8(truncatingIfNeeded: try state.number())
        instanceID = Int64(try state.number())
        event = try state.day()
    }
}
