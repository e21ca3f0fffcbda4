import ScheduleStore
import SchedulingCore

/// What the last full run, and the partial ones since, left: the others' count for a partial run (SPEC 11).
struct Standing {
    /// The ideal date for which each contact counts in smoothing (SPEC 6).
    var smoothing: [Int64: CivilDate] = [:]
    /// Emails and committed rows by date (SPEC 8).
    var load: [CivilDate: Int] = [:]
}

extension RunCheck {
    /// Emails that a day may carry (SPEC 6).
    var cap: Int { max(1, Int(0.07 * Double(before.contacts.count) + 1e-9)) }
    private var threshold: Int { Int(Double(cap) * 1.2 + 1e-9) }

    /// What loads each day beside the emails that the run decides.
    private var fixedLoad: [CivilDate: Int] {
        guard let scope else {
            let rows = before.emails.values.filter {
                $0.isCommitted && $0.status != "cancelled" && !$0.isFollowup
            }
            return Dictionary(grouping: rows, by: \.sendDate).mapValues(\.count)
        }
        var load = standing.load
        for row in before.emails.values
        where scope.contains(row.contact) && !row.isFollowup && row.date >= today {
            let isReplaced =
                row.isPlanned
                || (row.status == "skipped"
                    && ["campaign_conflict", "frequency_limit"].contains(row.reason))
            if isReplaced { load[row.date] = max(0, (load[row.date] ?? 0) - 1) }
        }
        return load
    }

    /// What the run leaves for partial runs after it.
    var newStanding: Standing {
        guard run.request.kind != .followups, !run.request.isDryRun else { return standing }
        var next = Standing(smoothing: smoothed, load: fixedLoad.filter { $0.key >= today })
        if let scope {
            next.smoothing = standing.smoothing.filter { !scope.contains($0.key) }
            next.smoothing.merge(smoothed) { _, new in new }
        }
        for item in placed { next.load[item.row.date, default: 0] += 1 }
        return next
    }

    /// The daily cap (SPEC 8), read backwards from where the emails ended: what was carried over a day was
    /// carried rightly, and what stayed there too.
    mutating func checkCap() {
        let load = fixedLoad
        let byDate = Dictionary(grouping: placed, by: \.row.date)
        let moved = placed.filter { $0.target < $0.row.date }
        var over: [CivilDate] = []
        var days = Set(byDate.keys).union(load.keys.filter { $0 >= today })
        for item in moved { days.formUnion(item.target..<item.row.date) }
        for day in days.sorted() {
            let fixed = load[day] ?? 0
            let staying = byDate[day] ?? []
            let carried = moved.filter { $0.target <= day && day < $0.row.date }
            let pinned = staying.count { $0.latest == day }
            let total = fixed + staying.count
            if fixed + pinned > threshold { over.append(day) }
            if carried.isEmpty {
                if total > threshold, pinned < staying.count {
                    violate(
                        "\(day) carries \(total) although \(staying.count - pinned) could wait, cap \(cap)")
                }
                continue
            }
            if total + carried.count <= threshold {
                violate("\(day) had room for all \(total + carried.count), but \(carried.count) moved on")
            }
            let free = staying.filter { $0.latest > day }
            if total != max(cap, fixed + pinned) {
                violate(
                    "\(day) carries \(total) while \(carried.count) move on, \(pinned) pinned, cap \(cap)")
            }
            if let last = free.max(by: Self.staysBefore), let first = carried.min(by: Self.staysBefore),
                Self.staysBefore(first, last)
            {
                violate("\(day): \(first.row.text) moved on before \(last.row.text)")
            }
        }
        if report.overCap != over.map(\.description) {
            violate("the report says days over cap are \(report.overCap), they are \(over)")
        }
    }

    private static func staysBefore(_ left: Placed, _ right: Placed) -> Bool {
        func order(_ item: Placed) -> [Int64] {
            [
                Int64(item.latest.dayNumber), Int64(item.email.priority), Int64(item.target.dayNumber),
                Int64(item.email.rank), item.email.instance ?? 0, Int64(item.email.event.dayNumber),
                item.email.contact,
            ]
        }
        return order(left).lexicographicallyPrecedes(order(right))
    }

    /// Conflict and frequency (SPEC 8, 9) for one contact: skipped where they say so, and only there.
    mutating func checkSkips(of items: ArraySlice<Placed>, contact: Int64) {
        let sent = before.emails(of: contact).filter { $0.wasOrWillBeSent && !$0.isFollowup }
        let sentCampaigns = sent.filter {
            $0.isCampaign && before.types[String($0.type.dropFirst(9))]?.respectsFrequency ?? true
        }
        func order(_ item: Placed) -> [Int64] {
            [Int64(item.email.priority), item.email.instance ?? 0, Int64(item.email.event.dayNumber)]
        }
        let contenders = items.filter { $0.email.isCampaign && $0.email.respectsFrequency }
        var dates = sent.map(\.sendDate)
        for item in items.sorted(by: Self.isMoreImportant) {
            let date = item.row.date
            let isContender = item.email.isCampaign && item.email.respectsFrequency
            let loses =
                sentCampaigns.contains { $0.sendDate == date }
                || contenders.contains {
                    $0.row.date == date && order($0).lexicographicallyPrecedes(order(item))
                }
            var expected: String?
            if isContender, loses {
                expected = "campaign_conflict"
            } else if item.email.respectsFrequency, Self.isTooMany(dates + [date], around: date) {
                expected = "frequency_limit"
            } else {
                dates.append(date)
            }
            if item.row.reason != expected {
                violate("\(item.row.text) should be skipped for \(expected ?? "nothing")")
            }
        }
    }

    private static func isMoreImportant(_ left: Placed, _ right: Placed) -> Bool {
        func order(_ item: Placed) -> [Int64] {
            [
                Int64(item.email.priority), Int64(item.row.date.dayNumber), Int64(item.email.rank),
                item.email.instance ?? 0, Int64(item.email.event.dayNumber),
            ]
        }
        return order(left).lexicographicallyPrecedes(order(right))
    }

    /// Whether some 14 days around a date hold more than two of the dates.
    private static func isTooMany(_ dates: [CivilDate], around date: CivilDate) -> Bool {
        (0..<14).contains { back in
            let period = (date - back)...(date - back + 13)
            return dates.count { period.contains($0) } > 2
        }
    }
}
