import SchedulingCore
import Testing

@Suite("What holds after every run, over random organisations")
struct PlanPropertyTests {
    static let seeds: [UInt64] = Array(1...30)

    @Test("Nothing is planned before today, in an exclusion window or past its deadline", arguments: seeds)
    func legal(seed: UInt64) {
        var world = RandomWorld.make(seed: seed)
        world.run()
        let catalog = world.catalog()
        for row in world.rows where row.status == "pre-scheduled" {
            guard let contact = world.contact(of: row), let date = row.date else {
                Issue.record("seed \(seed): \(row)")
                continue
            }
            #expect(contact.invalidity == nil, "seed \(seed): \(row)")
            #expect(date >= world.today, "seed \(seed): \(row)")
            if let deadline = world.deadline(of: row) { #expect(date <= deadline, "seed \(seed): \(row)") }
            guard world.respectsWindows(row) || row.isFollowup else { continue }
            let exclusions = catalog.exclusions(of: contact)
            #expect(!exclusions.excludes(date), "seed \(seed): \(row)")
            if let ideal = row.idealDate { #expect(!exclusions.excludes(ideal), "seed \(seed): \(row)") }
        }
    }

    @Test("No suppressed contact has a planned email", arguments: seeds.prefix(20))
    func suppressed(seed: UInt64) {
        var world = RandomWorld.make(seed: seed)
        world.run()
        let suppressed = Set(world.suppressions.filter { $0.channel == .email }.map(\.contactID))
        #expect(!world.rows.contains { $0.status == "pre-scheduled" && suppressed.contains($0.contactID) })
    }

    @Test("No day carries more than the threshold, unless it is reported", arguments: seeds)
    func dayTotals(seed: UInt64) {
        var world = RandomWorld.make(seed: seed)
        let report = world.run().report
        let load = world.policy.load
        let threshold = load.overageLimit(cap: load.dailyCap(totalContacts: world.totalContacts))
        for (day, count) in world.load() where day >= world.today && count > threshold {
            #expect(report.overCapDays.contains(day), "seed \(seed): \(count) on \(day)")
        }
    }

    @Test("No two rows have one identity", arguments: seeds)
    func identity(seed: UInt64) {
        var world = RandomWorld.make(seed: seed)
        world.run()
        for (identity, rows) in Dictionary(grouping: world.rows, by: world.identity) where identity != nil {
            #expect(rows.count == 1, "seed \(seed): \(rows.map(\.line))")
        }
    }

    @Test("A second run on the same day changes nothing", arguments: seeds)
    func again(seed: UInt64) {
        var world = RandomWorld.make(seed: seed)
        world.run()
        let changes = world.run().changes
        #expect(changes.isEmpty, "seed \(seed)")
    }

    @Test("The next day's run moves no email that was planned for then or later", arguments: seeds)
    func nextDay(seed: UInt64) {
        var world = RandomWorld.make(seed: seed)
        for step in 1...3 as ClosedRange<UInt64> {
            world.run()
            world = RandomWorld.nextDay(of: world, seed: seed &* 31 &+ step)
            let before = world.planned.filter { $0.status == "pre-scheduled" }
            world.run()
            let after = Dictionary(uniqueKeysWithValues: world.rows.map { ($0.id, $0) })
            for row in before {
                #expect(after[row.id]?.date == row.date, "seed \(seed), step \(step): \(row)")
                let reason = after[row.id]?.skipReason
                #expect(
                    reason == nil || reason == "frequency_limit" || reason == "campaign_conflict",
                    "seed \(seed), step \(step): \(row)")
            }
        }
    }

    @Test("Committed rows are as they were", arguments: seeds.prefix(20))
    func committed(seed: UInt64) {
        var world = RandomWorld.make(seed: seed)
        let before = world.rows.filter(\.isCommitted)
        world.run()
        #expect(world.rows.filter(\.isCommitted) == before, "seed \(seed)")
    }

    @Test("A replan forgets every kept date, and is kept in turn", arguments: seeds)
    func replan(seed: UInt64) {
        var replanned = RandomWorld.make(seed: seed)
        var forgotten = replanned
        for position in forgotten.rows.indices where !forgotten.rows[position].isCommitted {
            forgotten.rows[position].idealDate = nil
        }
        replanned.run(replans: true)
        forgotten.run()
        #expect(Set(replanned.planned) == Set(forgotten.planned), "seed \(seed)")
        let changes = replanned.run().changes
        #expect(changes.isEmpty, "seed \(seed)")
    }
}

@Suite("What a run decides does not depend on how it reads")
struct ReadingPropertyTests {
    @Test(
        "Batches of any size, rows in any order, everyone read again or not: the same rows",
        arguments: Array(1...8) as [UInt64])
    func readings(seed: UInt64) {
        let world = RandomWorld.make(seed: seed)
        let last = world.rows.map(\.id).max() ?? 0
        func rows(_ reading: World.Reading) -> Set<Row> {
            var copy = world
            copy.reading = reading
            copy.run()
            return Set(
                copy.rows.map { row in
                    var row = row
                    if row.id > last { row.id = 0 }
                    return row
                })
        }
        let expected = rows(.init(batchSize: 1000))
        let readings: [World.Reading] = [
            .init(batchSize: 1), .init(batchSize: 7, rereadsEveryone: true),
            .init(batchSize: 1000, rereadsEveryone: true), .init(batchSize: 13, shuffleSeed: seed),
            .init(batchSize: 80, rereadsEveryone: true, shuffleSeed: seed &+ 1),
        ]
        for reading in readings {
            #expect(rows(reading) == expected, "seed \(seed): \(reading)")
        }
    }
}
