/// A number for each day. Days around the run's own are in an array, the few others in a dictionary.
public struct DayCounts: Sendable, Hashable {
    private let first: CivilDate
    private var near: [Int]
    private var far: [CivilDate: Int] = [:]

    /// Zero on every day; `center` is the run's date.
    public init(around center: CivilDate) {
        first = center - 500
        near = Array(repeating: 0, count: 1500)
    }

    /// The number of a day.
    public subscript(day: CivilDate) -> Int {
        get {
            let position = day - first
            return near.indices.contains(position) ? near[position] : far(day)
        }
        set {
            let position = day - first
            if near.indices.contains(position) { near[position] = newValue } else { far[day] = newValue }
        }
    }

    /// Adds one to the number of a day.
    @inline(__always)
    mutating func count(_ day: CivilDate) {
        let position = day - first
        if near.indices.contains(position) { near[position] += 1 } else { countFar(day) }
    }

    /// Adds one to the number of a day for each email that has one.
    @inline(__always)
    mutating func count(_ drafts: [EmailDraft], _ day: (borrowing EmailDraft) -> CivilDate?) {
        let first = first
        var counts = near.mutableSpan
        var isFar = false
        for index in drafts.indices {
            guard let day = day(drafts[index]) else { continue }
            let position = day - first
            if counts.indices.contains(position) { counts[position] += 1 } else { isFar = true }
        }
        guard isFar else { return }
        for draft in drafts {
            if let day = day(draft), !near.indices.contains(day - first) { countFar(day) }
        }
    }

    @inline(never)
    private func far(_ day: CivilDate) -> Int { far[day] ?? 0 }

    @inline(never)
    private mutating func countFar(_ day: CivilDate) { far[day, default: 0] += 1 }

    /// Writes the days whose number is not zero.
    func write(to state: inout StateEncoder) {
        state.write(entries) { state, entry in
            state.write(entry.day)
            state.write(entry.count)
        }
    }

    /// Reads what `write(to:)` wrote, in place of the numbers there are.
    mutating func read(from state: inout StateDecoder) throws(StateDecoder.Malformed) {
        for index in near.indices { near[index] = 0 }
        far = [:]
        var read = self
        try state.each { state throws(StateDecoder.Malformed) in
            read[try state.day()] = try state.number()
        }
        self = read
    }

    /// The days whose number is not zero, in order.
    public var entries: [(day: CivilDate, count: Int)] {
        let nearEntries = near.indices.lazy.filter { near[$0] != 0 }.map { (first + $0, near[$0]) }
        if far.isEmpty { return Array(nearEntries) }
        let farEntries = far.lazy.filter { $0.value != 0 }.map { ($0.key, $0.value) }
        return (Array(nearEntries) + Array(farEntries)).sorted { $0.0 < $1.0 }
    }
}
