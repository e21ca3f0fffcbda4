import SchedulingCore
import Testing

@Suite("The frequency limit (SPEC 9)")
struct FrequencyTests {
    /// Contact 1, with an AEP email on 4 May, and a birthday and an effective-date email at offsets from it.
    private func world(birthday: Int? = nil, effective: Int? = nil, aep: Bool = true) -> World {
        let day: CivilDate = "2026-05-04"
        func years(_ years: Int, before date: CivilDate) -> CivilDate {
            let (year, month, day) = date.components
            return CivilDate(anniversaryOfMonth: month, day: day, in: year - years)
        }
        var world = World(
            on: "2026-03-01", born: birthday.map { years(76, before: day + $0 + 14) },
            effective: effective.map { years(5, before: day + $0 + 30) })
        if aep { world.policy.aep.dates = [.init(month: 5, day: 4)] }
        return world
    }

    /// Rows that may be sent, and those that frequency skipped.
    private func outcome(_ world: World) -> (sendable: [String], limited: [String]) {
        let open = world.rows.filter { !$0.isCommitted }
        return (
            open.filter { $0.skipReason == nil }.map(\.type).sorted(),
            open.filter { $0.skipReason == "frequency_limit" }.map(\.type).sorted()
        )
    }

    @Test("Two emails within fourteen days are allowed")
    func two() {
        var world = world(birthday: 0)
        world.run()
        #expect(world.schedule() == ["aep 2026-05-04", "birthday 2026-05-04"])
    }

    @Test("The third is skipped at its final date")
    func three() {
        var world = world(birthday: 0, effective: 2)
        world.run()
        #expect(
            world.schedule() == [
                "aep 2026-05-04", "birthday 2026-05-04", "effective_date 2026-05-06 skipped frequency_limit",
            ])
    }

    @Test(
        "Fourteen consecutive days end thirteen days after the first",
        arguments: [(13, true), (14, false), (-13, true), (-14, false)])
    func edge(offset: Int, isLimited: Bool) {
        var world = world(birthday: 0, effective: offset)
        world.run()
        #expect(outcome(world).limited.isEmpty != isLimited)
    }

    @Test("What counts is any fourteen days, not only those that begin with an email of the run")
    func between() {
        var world = world()
        world.row(1, "birthday", "2026-04-28", "sent", event: "2026-05-12")
        world.row(1, "effective_date", "2026-05-11", "scheduled", event: "2026-06-10")
        world.run()
        #expect(outcome(world).limited == ["aep"])
    }

    @Test("Two emails that are far apart leave room for one between them")
    func roomBetween() {
        var world = world()
        world.row(1, "birthday", "2026-04-27", "sent", event: "2026-05-11")
        world.row(1, "effective_date", "2026-05-11", "scheduled", event: "2026-06-10")
        world.run()
        #expect(outcome(world).sendable == ["aep"])
    }

    @Test("The more important email stays, then the earlier, then that of the type that comes first")
    func order() {
        var important = world(birthday: -2, effective: -1)
        important.policy.priorities.aep = 6
        important.run()
        #expect(outcome(important).limited == ["aep"])
        var earlier = world(birthday: 2, effective: 1)
        earlier.run()
        #expect(outcome(earlier).limited == ["birthday"])
        var tied = world(birthday: 1, effective: 1)
        tied.run()
        #expect(outcome(tied).limited == ["effective_date"])
    }

    @Test(
        "Committed rows that were or will be sent count",
        arguments: ["scheduled", "processing", "accepted", "sent", "delivered"])
    func committed(status: String) {
        var world = world()
        world.row(1, "birthday", "2026-04-30", status, event: "2026-05-14")
        world.row(1, "campaign_gone", "2026-05-01", status, event: "2026-05-01") { $0.instanceID = 9 }
        world.run()
        #expect(outcome(world).limited == ["aep"])
    }

    @Test(
        "Committed rows that came to nothing do not",
        arguments: ["cancelled", "failed", "bounced", "dropped"])
    func ended(status: String) {
        var world = world()
        world.row(1, "birthday", "2026-04-30", status, event: "2026-05-14")
        world.row(1, "campaign_gone", "2026-05-01", status, event: "2026-05-01") { $0.instanceID = 9 }
        world.run()
        #expect(outcome(world).sendable == ["aep"])
    }

    @Test("Committed follow-ups do not count")
    func followups() {
        var world = world()
        world.row(1, "followup_1_cold", "2026-04-30", "sent")
        world.row(1, "followup_2_clicked_no_hq", "2026-05-02", "scheduled")
        world.run()
        #expect(outcome(world).sendable == ["aep"])
    }

    @Test("A committed row counts on the day of its sending")
    func sendDate() {
        var world = world()
        for (type, event) in [("birthday", "2026-04-30"), ("effective_date", "2026-05-20")]
            as [(String, CivilDate)]
        {
            world.row(1, type, "2026-04-20", "sent", event: event) { $0.sentAt = "2026-04-21 09:00:00" }
        }
        world.run()
        #expect(outcome(world).limited == ["aep"])
        for position in world.rows.indices where world.rows[position].isCommitted {
            world.rows[position].sentAt = nil
        }
        world.run()
        #expect(outcome(world).sendable == ["aep"])
    }

    @Test("Skipped emails do not count")
    func skipped() {
        var world = world()
        world.today = "2026-05-04"
        for (type, event) in [("birthday", "2026-05-15"), ("effective_date", "2026-06-01")]
            as [(String, CivilDate)]
        {
            world.row(1, type, "2026-05-02", "skipped", event: event) { $0.skipReason = "frequency_limit" }
        }
        world.run()
        #expect(outcome(world).sendable == ["aep"])
    }

    /// An exempt campaign email on 4 May beside whatever else there is.
    private func withNotice(_ world: World, priority: Int) -> World {
        var world = world
        world.type("notice") { ($0.respectsFrequencyLimits, $0.priority) = (false, priority) }
        world.instance(8, of: "notice")
        world.target(1, instance: 8, on: "2026-05-04")
        return world
    }

    @Test("Exempt campaign emails are never skipped")
    func exempt() {
        var world = withNotice(world(birthday: 0), priority: 9)
        world.run()
        #expect(outcome(world).sendable == ["aep", "birthday", "campaign_notice"])
    }

    @Test("But they count")
    func exemptCounts() {
        var world = withNotice(world(birthday: 0), priority: 1)
        world.run()
        #expect(outcome(world).sendable == ["aep", "campaign_notice"])
        #expect(outcome(world).limited == ["birthday"])
    }

    @Test("Committed rows of exempt types count too")
    func exemptCommitted() {
        var world = withNotice(world(birthday: 0), priority: 1)
        world.row(1, "campaign_notice", "2026-05-04", "sent", event: "2026-05-04") { $0.instanceID = 8 }
        world.run()
        #expect(outcome(world).limited == ["birthday"])
    }

    @Test("An email skipped for conflict does not count")
    func conflict() {
        var world = world(birthday: 0, aep: false)
        for id in 1...2 as ClosedRange<Int64> {
            world.type("type\(id)") { $0.priority = 2 }
            world.instance(id, of: "type\(id)")
            world.target(1, instance: id, on: "2026-05-04")
        }
        world.run()
        #expect(outcome(world).sendable == ["birthday", "campaign_type1"])
        #expect(outcome(world).limited.isEmpty)
    }

    @Test("Limit and period are those of the policy")
    func policy() {
        var one = world(birthday: 0)
        one.policy.load.maxEmailsPerContactPerPeriod = 1
        one.run()
        #expect(outcome(one).limited == ["birthday"])
        var short = world(birthday: 0, effective: 2)
        short.policy.load.periodDays = 2
        short.run()
        #expect(outcome(short).limited.isEmpty)
    }

    @Test("A limited email comes back on its day when there is room again")
    func room() {
        var world = world(birthday: 0, effective: 2)
        world.run()
        world.change(1) { $0.birthDate = nil }
        world.run()
        #expect(world.schedule() == ["aep 2026-05-04", "effective_date 2026-05-06"])
    }

    @Test("Emails of other contacts do not count")
    func otherContacts() {
        var world = world(birthday: 0)
        world.add(2)
        world.row(2, "birthday", "2026-05-04", "sent", event: "2026-05-18")
        world.row(3, "birthday", "2026-05-04", "sent", event: "2026-05-18")
        world.run()
        #expect(outcome(world).limited.isEmpty)
    }
}
