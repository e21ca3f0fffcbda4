import SchedulingCore
import Testing

@Suite("Effective-date smoothing (SPEC 6)")
struct SmoothingTests {
    /// Days from 16 May on which contacts 1 to 16 land: FNV-1a of `<id>_effective_date_2026` modulo 5, minus 2.
    static let shifts = [0, -2, -2, 2, -1, -2, 1, 1, 2, -1, -2, 2, 1, 0, 0, -1]

    private func world(_ count: Int64) -> World {
        var world = World(on: "2026-03-01")
        if count > 0 { world.add(1...count, effective: "2019-06-15") }
        return world
    }

    private func dates(_ world: World) -> [CivilDate?] {
        world.rows.filter { $0.type == "effective_date" }.sorted { $0.contactID < $1.contactID }.map(\.date)
    }

    @Test("As many as the limit stay on their ideal date")
    func atLimit() {
        var world = world(15)
        world.run()
        #expect(world.load() == ["2026-05-16": 15])
    }

    @Test("One more, and every one of them moves by its hash")
    func overLimit() {
        var world = world(16)
        world.run()
        #expect(dates(world) == SmoothingTests.shifts.map { ("2026-05-16" as CivilDate) + $0 })
    }

    @Test("The ideal date stays what it was")
    func ideal() {
        var world = world(16)
        world.run()
        #expect(Set(world.rows.map(\.idealDate)) == ["2026-05-16"])
    }

    @Test("Only emails that share an ideal date are counted together")
    func otherDates() {
        var world = world(15)
        world.add(16, effective: "2019-06-16")
        world.add(17, born: "1950-05-30")
        world.run()
        #expect(world.load() == ["2026-05-16": 16, "2026-05-17": 1])
    }

    @Test("Committed emails count, so that the others move as if it were not sent")
    func committed() {
        var world = world(16)
        world.row(16, "effective_date", "2026-05-16", "sent", event: "2026-06-15")
        world.run()
        #expect(dates(world).first == "2026-05-16")
        #expect(dates(world)[1] == "2026-05-14")
    }

    @Test("Suppressed, excluded and invalid contacts do not count")
    func notCounted() {
        var world = world(18)
        world.suppress(16)
        world.change(17) { $0.state = "NY" }
        world.change(18) { $0.invalidity = .missingEmail }
        world.run()
        #expect(world.load() == ["2026-05-16": 15])
    }

    @Test("Neither do occurrences after the first open one")
    func firstOpenOnly() {
        var world = world(15)
        world.add(16, effective: "2025-06-16")
        world.run()
        #expect(world.load()["2026-05-16"] == 15)
    }

    @Test("Excluded days are no candidates")
    func excluded() {
        // Closed 17 May to 15 June: 14, 15 and 16 May are left.
        var world = world(16)
        world.policy.stateRules["TX"] = StateRule(
            .effectiveDate(daysBefore: 29, daysAfter: 0, preWindowExtensionDays: 0))
        world.run()
        let expected = (1...16).map {
            ("2026-05-14" as CivilDate) + FNVHash("\($0)_effective_date_2026").index(in: 3)
        }
        #expect(dates(world) == expected)
    }

    @Test("Days after the deadline are no candidates")
    func deadline() {
        // Due on the eve, which is the deadline too: 12, 13 and 14 June.
        var world = world(16)
        world.policy.timing.effectiveDateDaysBefore = 1
        world.run()
        // FNV-1a modulo 3 of contacts 1 to 3 is 0, 2, 1.
        #expect(dates(world).prefix(3) == ["2026-06-12", "2026-06-14", "2026-06-13"])
        #expect(world.load().keys.max() == "2026-06-14")
    }

    @Test("A window of one day moves nothing, one of three days a day at most", arguments: [(1, 0), (3, 1)])
    func width(days: Int, reach: Int) {
        var world = world(16)
        world.policy.load.effectiveDateSmoothingWindowDays = days
        world.run()
        let ideal: CivilDate = "2026-05-16"
        #expect(Set(dates(world)) == Set((ideal - reach)...(ideal + reach)))
    }

    @Test(
        "The limit is 30 per cent of the cap, 15 at most and 1 at least",
        arguments: [(1, 1), (3, 1), (4, 1), (7, 2), (10, 3), (49, 14), (50, 15), (1000, 15)])
    func limit(cap: Int, limit: Int) {
        #expect(SchedulingPolicy().load.smoothingLimit(cap: cap) == limit)
    }

    @Test("The soft limit is that of the policy")
    func softLimit() {
        var world = world(3)
        world.policy.load.effectiveDateDailySoftLimit = 2
        world.run()
        #expect(dates(world) == ["2026-05-16", "2026-05-14", "2026-05-14"])
    }
}
