import SchedulingCore
import SeededRandomness
import Testing

@Suite("Placing by counts gives what placing by hand does (SPEC 8, 9)")
struct PlacementPropertyTests {
    /// What tells the emails of a world apart, beside their dates.
    private func key(_ row: Row) -> String {
        "\(row.contactID) \(row.type) \(row.instanceID ?? 0) \(row.event.date?.description ?? "-")"
    }

    private func compare(_ world: World, seed: UInt64) {
        let naive = NaivePlacement(world)
        var world = world
        let report = world.run().report
        let rows = Dictionary(
            uniqueKeysWithValues: world.planned.filter { !$0.isFollowup }.map { (key($0), $0) })
        for email in naive.emails {
            let row = rows[key(email.row)]
            #expect(row?.date == email.final, "seed \(seed): \(email.row.line), latest \(email.latest)")
            #expect(row?.skipReason == email.skipReason, "seed \(seed): \(email.row.line)")
        }
        #expect(naive.overCapDays == report.overCapDays, "seed \(seed)")
    }

    @Test("In organisations with a past", arguments: Array(1...20) as [UInt64])
    func withPast(seed: UInt64) {
        compare(RandomWorld.make(seed: seed), seed: seed)
    }

    @Test("When everything is balanced anew under a tight cap", arguments: Array(1...20) as [UInt64])
    func tight(seed: UInt64) {
        var world = RandomWorld.make(seed: seed)
        world.rows.removeAll { !$0.isCommitted }
        world.policy.load.dailySendPercentageCap = 0.012
        world.policy.load.overageThreshold = 2
        compare(world, seed: seed)
    }

    @Test("For crowds of equal and unequal emails on few days", arguments: Array(1...40) as [UInt64])
    func crowds(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var cap = CapWorld(totalContacts: generator.number(1...150), on: CapWorld.day)
        for _ in 0...generator.number(2...12) {
            let instance = Int64(generator.number(1...5))
            cap.add(
                Int64(generator.number(1...25)), on: generator.number(0...6), instance: instance,
                priority: generator.number(1...3),
                lastDay: generator.chance(0.6) ? generator.number(6...12) : nil)
        }
        for _ in 0...4 {
            cap.commit(
                generator.number(0...6), on: generator.number(0...8), generator.pick(["sent", "failed"]))
        }
        compare(cap.world, seed: seed)
    }
}

@Suite("Windows found by arithmetic are those found day by day (SPEC 3)")
struct WindowPropertyTests {
    /// Every occurrence of the years around a date, the rule as SPEC writes it.
    private func excludes(_ date: CivilDate, _ windows: [ExclusionWindow], _ contact: Contact) -> Bool {
        windows.contains { window in
            if let from = window.effectiveFrom, date < from { return false }
            if let until = window.effectiveUntil, date > until { return false }
            let anchor = window.kind == .birthday ? contact.birthDate : contact.effectiveDate
            guard window.kind != .yearRound, let anchor else { return window.kind == .yearRound }
            let (first, month, day) = anchor.components
            return ((date.year - 1)...(date.year + 2)).contains { year in
                guard window.kind == .birthday || year >= first else { return false }
                let hook = CivilDate(
                    anniversaryOfMonth: month, day: window.usesMonthStart ? 1 : day, in: year)
                return date >= hook - window.daysBefore - window.preWindowExtensionDays
                    && date <= hook + window.daysAfter
            }
        }
    }

    private func windows(_ generator: inout SeededGenerator) -> [ExclusionWindow] {
        (0...generator.number(0...2)).map { _ in
            var window = ExclusionWindow.birthday(
                daysBefore: generator.number(0...90), daysAfter: generator.number(0...300),
                usesMonthStart: generator.chance(0.3), preWindowExtensionDays: generator.number(0...200))
            window.kind = generator.pick([.birthday, .birthday, .effectiveDate, .yearRound])
            if window.kind == .yearRound || generator.chance(0.3) {
                window.effectiveFrom = ("2026-01-01" as CivilDate) + generator.number(-400...400)
                window.effectiveUntil = window.effectiveFrom.map { $0 + generator.number(0...900) }
            }
            return window
        }
    }

    @Test("Excluded days, ends of stretches, and last allowed days", arguments: Array(1...40) as [UInt64])
    func windows(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let contact = Contact(
            id: 1, state: "TX", birthDate: ("1950-01-01" as CivilDate) + generator.number(0...7000),
            effectiveDate: generator.chance(0.8)
                ? ("2024-01-01" as CivilDate) + generator.number(0...900) : nil)
        let windows = windows(&generator)
        let exclusions = ContactExclusions(
            contact: contact, rule: StateRule(windows: windows), missingAnchor: .allow)
        let first: CivilDate = "2025-01-01"
        let excluded = (0...2400).map { excludes(first + $0, windows, contact) }
        for offset in 0...2400 where exclusions.excludes(first + offset) != excluded[offset] {
            Issue.record("seed \(seed): \(first + offset) \(windows)")
        }
        for offset in stride(from: 0, through: 1500, by: 7) {
            let date = first + offset
            if excluded[offset] {
                let length = (0...800).first { !excluded[offset + $0 + 1] }
                #expect(exclusions.endOfStretch(containing: date) == length.map { date + $0 }, "seed \(seed)")
            } else {
                let length = (0...400).first { $0 == 400 || excluded[offset + $0 + 1] } ?? 0
                let last = exclusions.lastAllowed(from: date, through: date + 400)
                #expect(last == date + length, "seed \(seed): \(date) \(windows)")
            }
        }
    }
}
