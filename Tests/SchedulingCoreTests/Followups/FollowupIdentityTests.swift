import SchedulingCore
import Testing

@Suite("Follow-ups without initial_schedule_id, excluded and suppressed ones (SPEC 4, 10)")
struct FollowupIdentityTests {
    /// Contact 1 with a birthday email sent on 20 February and an AEP email sent on the 24th.
    private func world(state: StateCode = "TX") -> World {
        var world = World(on: "2026-03-01", state: state)
        world.row(1, "birthday", "2026-02-20", "sent", event: "2026-03-06")
        world.row(1, "aep", "2026-02-24", "sent", event: "2026-02-24")
        return world
    }

    /// Initial emails that a run makes follow-ups for.
    private func made(_ world: inout World) -> [Int64?] {
        world.run()
        return world.rows.filter { $0.isFollowup && $0.initialID != nil }.map(\.initialID)
    }

    @Test(
        "A committed one belongs to the latest email sent on or before its send date",
        arguments: [
            ("2026-02-26", [1]), ("2026-02-24", [1]), ("2026-02-23", [2]), ("2026-02-20", [2]),
            ("2026-02-19", [1, 2]),
        ]
            as [(CivilDate, [Int64])])
    func latest(date: CivilDate, made: [Int64?]) {
        var world = world()
        world.row(1, "followup_1_cold", date, "sent")
        #expect(self.made(&world) == made)
    }

    @Test("Of two sent on one day it is the later, of two at one moment that of the higher row id")
    func sameDay() {
        var world = world()
        world.rows[0].date = "2026-02-24"
        world.row(1, "followup_1_cold", "2026-02-26", "sent")
        var byMoment = world
        byMoment.rows[0].sentAt = "2026-02-24 17:00:00"
        #expect(made(&world) == [1])
        #expect(made(&byMoment) == [2])
    }

    @Test("An email that can have no follow-up owns none")
    func notFollowable() {
        var world = world()
        world.rows[1].status = "bounced"
        world.row(1, "followup_1_cold", "2026-02-26", "sent")
        #expect(made(&world) == [])
    }

    @Test("A planned one without it is replaced")
    func planned() throws {
        var world = world()
        world.rows.removeLast()
        let old = world.row(1, "followup_1_cold", "2026-03-09")
        world.run()
        let row = try world.only("followup_1_cold")
        #expect(row.id != old)
        #expect(row.initialID == 1)
    }

    @Test("On an excluded date it is skipped there, for good, with no post-window email")
    func excluded() {
        var world = World(on: "2026-03-01", born: nil)
        world.row(1, "aep", "2026-02-28", "sent", event: "2026-02-28")
        var window = ExclusionWindow.yearRound
        window.effectiveUntil = "2026-03-05"
        world.policy.stateRules["TX"] = StateRule(window)
        world.run()
        let skipped = "followup_1_cold 2026-03-02 skipped year_round_exclusion"
        #expect(world.schedule() == ["aep 2026-02-28 sent", skipped])
        world.runDaily(through: "2026-03-10")
        #expect(world.schedule() == ["aep 2026-02-28 sent", skipped])
    }

    @Test("It obeys windows though its campaign ignores them")
    func campaignIgnoresWindows() {
        var world = World(on: "2026-03-01", state: "NY")
        world.type("notice") { $0.respectsExclusionWindows = false }
        world.row(1, "campaign_notice", "2026-02-28", "sent", event: "2026-02-28") { $0.instanceID = 7 }
        world.run()
        #expect(world.schedule().last == "followup_1_cold 2026-03-02 #7 skipped year_round_exclusion")
    }

    @Test("A planned one is skipped on its day once that is excluded")
    func excludedLater() throws {
        var world = World(on: "2026-03-01", born: nil)
        world.row(1, "aep", "2026-02-28", "sent", event: "2026-02-28")
        world.run()
        let id = try world.only("followup_1_cold").id
        world.change(1) { $0.state = "NY" }
        world.run()
        let row = try world.only("followup_1_cold")
        #expect(row.line == "followup_1_cold 2026-03-02 skipped year_round_exclusion")
        #expect(row.id == id)
    }

    @Test("That of a suppressed contact is skipped as suppressed, for good")
    func suppressed() {
        var world = World(on: "2026-03-01", state: "NY")
        world.row(1, "aep", "2026-02-28", "sent", event: "2026-02-28")
        world.suppress(1)
        world.run()
        #expect(world.schedule().last == "followup_1_cold 2026-03-02 skipped suppressed")
        world.suppressions = []
        #expect(world.run().rowChanges.isEmpty)
    }

    @Test("A skipped one stays in the table though its initial email bounced")
    func skippedStays() {
        var world = World(on: "2026-03-01", born: nil)
        world.row(1, "aep", "2026-02-28", "bounced", event: "2026-02-28")
        world.row(1, "followup_1_cold", "2026-03-02", "skipped") { $0.initialID = 1 }
        #expect(world.run().changes.isEmpty)
    }
}
