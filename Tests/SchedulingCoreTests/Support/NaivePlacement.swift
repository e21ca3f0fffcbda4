import SchedulingCore

/// SPEC 8 and 9 written down directly: every email of a run in one list, sorted day by day.
struct NaivePlacement {
    /// An email that is not skipped by the time the cap comes.
    struct Email {
        let row: Row
        let target: CivilDate
        let latest: CivilDate
        var final: CivilDate
        var skipReason: String?

        /// Position among the types where an order leaves a tie (SPEC 5).
        var rank: Int {
            ["birthday", "effective_date", "aep", "post_window"].firstIndex(of: row.type) ?? 4
        }

        /// What SPEC 5 appends to every order.
        func isBefore(_ other: Email) -> Bool {
            let instances = (row.instanceID ?? 0, other.row.instanceID ?? 0)
            if rank != other.rank { return rank < other.rank }
            if instances.0 != instances.1 { return instances.0 < instances.1 }
            if let left = row.event.date, let right = other.row.event.date, left != right {
                return left < right
            }
            return row.contactID < other.row.contactID
        }

        var priority: Int64 { row.priority ?? 0 }
    }

    let world: World
    private(set) var emails: [Email] = []
    /// Days that committed rows and emails on their latest date bring over the threshold, in order.
    private(set) var overCapDays: [CivilDate] = []

    /// Decides a world that has not run yet. Targets come from a run without cap, which places every email
    /// on its target date.
    init(_ world: World) {
        self.world = world
        var uncapped = world
        uncapped.policy.load.overageThreshold = 1_000_000
        uncapped.run()
        for row in uncapped.planned where !row.isFollowup {
            guard row.skipReason == nil || NaivePlacement.isJudged(row), let target = row.date else {
                continue
            }
            emails.append(
                Email(row: row, target: target, latest: latest(of: row, target), final: target))
        }
        place()
        resolveConflicts()
        limitFrequency()
    }

    private static func isJudged(_ row: Row) -> Bool {
        row.skipReason == "campaign_conflict" || row.skipReason == "frequency_limit"
    }

    /// The target itself where it is a kept date, else the last day of the unbroken run of allowed days.
    private func latest(of row: Row, _ target: CivilDate) -> CivilDate {
        let isKept = world.rows.contains { old in
            old.id == row.id && old.date == target && target >= world.today && old.idealDate == row.idealDate
                && (old.status == "pre-scheduled" || old.status == "skipped" && NaivePlacement.isJudged(old))
        }
        if isKept { return target }
        guard let contact = world.contact(of: row) else { return target }
        let exclusions = world.catalog().exclusions(of: contact)
        let limit = world.deadline(of: row) ?? target + 400
        var latest = target
        while latest < limit, !world.respectsWindows(row) || !exclusions.excludes(latest + 1) {
            latest = latest + 1
        }
        return latest
    }

    // MARK: Daily cap

    private mutating func place() {
        let load = world.policy.load
        let cap = max(1, Int(load.dailySendPercentageCap * Double(world.totalContacts) + 1e-9))
        let threshold = Int(Double(cap) * load.overageThreshold + 1e-9)
        var fixed: [CivilDate: Int] = [:]
        for row in world.rows where row.isCommitted && row.status != "cancelled" && !row.isFollowup {
            if let day = row.moment(in: world.zone)?.date, day >= world.today { fixed[day, default: 0] += 1 }
        }
        var carried: [Int] = []
        var placed = 0
        var day = world.today
        while placed < emails.count {
            let pool = carried + emails.indices.filter { emails[$0].target == day }
            var staying = pool
            if fixed[day, default: 0] + pool.count > threshold {
                let pinned = pool.filter { emails[$0].latest == day }
                let others = pool.filter { emails[$0].latest != day }.sorted {
                    isBefore(emails[$0], emails[$1])
                }
                staying = pinned + others.prefix(max(0, cap - fixed[day, default: 0] - pinned.count))
            }
            for index in staying { emails[index].final = day }
            carried = pool.filter { !staying.contains($0) }
            placed += staying.count
            day = day + 1
        }
        for email in emails where email.final == email.latest { fixed[email.final, default: 0] += 1 }
        overCapDays = fixed.keys.filter { fixed[$0, default: 0] > threshold }.sorted()
    }

    private func isBefore(_ left: Email, _ right: Email) -> Bool {
        if left.latest != right.latest { return left.latest < right.latest }
        if left.priority != right.priority { return left.priority < right.priority }
        if left.target != right.target { return left.target < right.target }
        return left.isBefore(right)
    }

    // MARK: Conflict and frequency

    private mutating func resolveConflicts() {
        func contends(_ email: Email) -> Bool {
            email.row.type.hasPrefix("campaign_") && world.respectsFrequency(email.row)
        }
        let groups = Dictionary(grouping: emails.indices.filter { contends(emails[$0]) }) {
            "\(emails[$0].row.contactID) \(emails[$0].final)"
        }
        for group in groups.values {
            let first = emails[group[0]]
            let isTaken = world.sendings(to: first.row.contactID).contains { sent in
                sent.date == first.final && sent.row.type.hasPrefix("campaign_")
                    && world.respectsFrequency(sent.row)
            }
            let order = group.sorted {
                let (left, right) = (emails[$0], emails[$1])
                return left.priority != right.priority
                    ? left.priority < right.priority : left.isBefore(right)
            }
            for index in isTaken ? order[...] : order.dropFirst() {
                emails[index].skipReason = "campaign_conflict"
            }
        }
    }

    private mutating func limitFrequency() {
        let load = world.policy.load
        let open = emails.indices.filter { emails[$0].skipReason == nil }
        for (contact, group) in Dictionary(grouping: open, by: { emails[$0].row.contactID }) {
            var dates = world.sendings(to: contact).map(\.date)
            let order = group.sorted {
                let (left, right) = (emails[$0], emails[$1])
                if left.priority != right.priority { return left.priority < right.priority }
                return left.final != right.final ? left.final < right.final : left.isBefore(right)
            }
            for index in order {
                let date = emails[index].final
                let fullest =
                    (0..<load.periodDays).map { offset in
                        let window = (date - offset)...(date - offset + load.periodDays - 1)
                        return dates.count { window.contains($0) } + 1
                    }.max() ?? 1
                if fullest > load.maxEmailsPerContactPerPeriod, world.respectsFrequency(emails[index].row) {
                    emails[index].skipReason = "frequency_limit"
                } else {
                    dates.append(date)
                }
            }
        }
    }
}
