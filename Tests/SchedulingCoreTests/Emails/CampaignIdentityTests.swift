import SchedulingCore
import Testing

@Suite("The identity of a campaign email (SPEC 4)")
struct CampaignIdentityTests {
    private func world() -> World {
        var world = World(on: "2026-03-01", born: nil)
        world.type("promo")
        world.instance(7, of: "promo", from: "2026-03-01")
        return world
    }

    private func commit(_ world: inout World, event: CivilDate?) {
        world.row(1, "campaign_promo", "2026-02-20", "bounced", event: event) { $0.instanceID = 7 }
    }

    private func planned(_ world: World) -> [String] { world.schedule().filter { !$0.hasSuffix("bounced") } }

    @Test("Its trigger date tells it from others of the instance")
    func byTrigger() {
        var world = world()
        world.target(1, instance: 7, on: "2026-02-20")
        world.target(1, instance: 7, on: "2026-05-09")
        commit(&world, event: "2026-02-20")
        world.run()
        #expect(planned(world) == ["campaign_promo 2026-05-09 #7"])
    }

    @Test("Without trigger date it is the only one of the instance, whatever its start date was")
    func undated() {
        var world = world()
        world.target(1, instance: 7)
        commit(&world, event: "2026-02-01")
        world.run()
        #expect(planned(world).isEmpty)
    }

    @Test("A row without event date is an undated one")
    func noEvent() {
        var world = world()
        world.target(1, instance: 7)
        commit(&world, event: nil)
        world.run()
        #expect(planned(world).isEmpty)
    }

    @Test("A row whose trigger date no target gives any more is an undated one")
    func targetGone() {
        var world = world()
        world.target(1, instance: 7, on: "2026-05-09")
        commit(&world, event: "2026-02-20")
        world.run()
        #expect(planned(world) == ["campaign_promo 2026-05-09 #7"], "the dated email is another one")
        world.targets = []
        world.target(1, instance: 7)
        world.run()
        #expect(planned(world).isEmpty, "the undated one is committed")
    }

    @Test("Of rows that a change of targets has given one identity, the one of the event is the email's")
    func twoRowsWithOneIdentity() {
        var world = world()
        let ids = (["2026-02-20", "2026-03-01"] as [CivilDate]).map { event in
            world.row(1, "campaign_promo", event, "skipped", event: event) {
                $0.instanceID = 7
                $0.idealDate = event
                $0.skipReason = "birthday_window"
            }
        }
        world.target(1, instance: 7)
        world.run()
        let events = ids.map { id in world.rows.first { $0.id == id }?.event.date }
        #expect(events == ["2026-02-20", "2026-03-01"], "each row keeps its event")
        #expect(world.rows.filter { $0.status == "pre-scheduled" }.map(\.id) == [ids[1]])
    }

    @Test("A cancelled target still gives its trigger date")
    func cancelledTarget() {
        var world = world()
        world.target(1, instance: 7, on: "2026-02-20", status: .other)
        world.target(1, instance: 7)
        commit(&world, event: "2026-02-20")
        world.run()
        #expect(planned(world) == ["campaign_promo 2026-03-01 #7"])
    }

    @Test("A produced email whose event date some target gives has that identity")
    func producedLikeStored() {
        var world = world()
        world.target(1, instance: 7, on: "2026-03-01", status: .other)
        world.target(1, instance: 7)
        commit(&world, event: "2026-03-01")
        world.run()
        #expect(planned(world).isEmpty)
    }

    @Test("Another instance, type or contact is another identity", arguments: 0...2)
    func others(change: Int) {
        var world = world()
        world.add(2)
        world.target(1, instance: 7)
        commit(&world, event: "2026-03-01")
        world.edit("campaign_promo") {
            if change == 0 { $0.instanceID = 8 }
            if change == 1 { $0.type = "campaign_policy_update" }
            if change == 2 { $0.contactID = 2 }
        }
        world.run()
        #expect(
            world.rows.contains { $0.status == "pre-scheduled" && $0.contactID == 1 && $0.instanceID == 7 })
    }

    @Test("When the start date changes an undated email moves in its row")
    func startMoves() throws {
        var world = world()
        world.target(1, instance: 7)
        world.run()
        let id = try world.only("campaign_promo").id
        world.instances[0].startDate = "2026-02-27"
        world.today = "2026-02-27"
        world.run()
        let row = try world.only("campaign_promo")
        #expect(row.id == id)
        #expect(row.date == "2026-02-27")
        #expect(row.event == .init("2026-02-27"))
    }

    @Test("When the trigger date changes the row is replaced")
    func triggerMoves() throws {
        var world = world()
        world.target(1, instance: 7, on: "2026-05-09")
        world.run()
        let id = try world.only("campaign_promo").id
        world.targets[0].triggerDate = "2026-06-09"
        world.run()
        #expect(world.schedule() == ["campaign_promo 2026-06-09 #7"])
        #expect(try world.only("campaign_promo").id != id)
    }

    @Test("A final skip without event year has no identity that could count as committed")
    func finalSkipWithoutEvent() {
        var world = world()
        world.target(1, instance: 7)
        world.row(1, "campaign_promo", "2026-02-20", "skipped", event: nil) {
            $0.instanceID = 7
            $0.skipReason = "expired"
        }
        world.run()
        #expect(world.rows.filter { $0.status == "pre-scheduled" }.map(\.event) == [.init("2026-03-01")])
    }

    @Test("A past row without event year expires beside the email and leaves it alone from then on")
    func pastRowWithoutEvent() {
        var world = world()
        world.target(1, instance: 7)
        let id = world.row(1, "campaign_promo", "2026-02-20") { $0.instanceID = 7 }
        world.run()
        #expect(world.rows.first { $0.id == id }?.skipReason == "expired")
        #expect(world.rows.filter { $0.status == "pre-scheduled" }.map(\.event) == [.init("2026-03-01")])
        #expect(world.run().rowChanges.isEmpty, "the second run of the day writes nothing")
    }

    @Test("A final skip counts as committed here too")
    func finalSkip() {
        var world = world()
        world.target(1, instance: 7, on: "2026-02-20")
        world.row(1, "campaign_promo", "2026-02-20", "skipped", event: "2026-02-20") {
            ($0.instanceID, $0.skipReason) = (7, "campaign_conflict")
        }
        let before = world.rows
        world.run()
        #expect(world.rows == before)
    }

    @Test("A planned row without event year has no identity and is replaced")
    func plannedWithoutYear() throws {
        var world = world()
        world.target(1, instance: 7)
        let old = world.row(1, "campaign_promo", "2026-03-01") { $0.instanceID = 7 }
        world.run()
        #expect(try world.only("campaign_promo").id != old)
    }
}
