import SchedulingCore
import Testing

@Suite("Campaigns for every contact (SPEC 4)")
struct CampaignForAllTests {
    private func world(audience: Set<StateCode> = []) -> World {
        var world = World(on: "2026-03-01")
        world.add(1, in: "TX")
        world.add(2, in: "CA")
        world.type("blast") { ($0.targetsAllContacts, $0.daysBeforeEvent) = (true, 5) }
        world.instance(7, of: "blast", from: "2026-03-01", audience: audience)
        return world
    }

    private func reached(_ world: World) -> [Int64] {
        world.rows.filter { $0.type == "campaign_blast" }.map(\.contactID).sorted()
    }

    @Test("Every contact gets an email on the start date")
    func everyone() {
        var world = world()
        world.run()
        #expect(reached(world) == [1, 2])
        #expect(Set(world.rows.map(\.date)) == ["2026-03-01"])
    }

    @Test("Without start date nobody does")
    func noStart() {
        var world = world()
        world.instances[0].startDate = nil
        world.run()
        #expect(world.rows.isEmpty)
    }

    @Test("The audience narrows it to some states")
    func audience() {
        var world = world(audience: ["CA", "FL"])
        world.run()
        #expect(reached(world) == [2])
    }

    @Test("The audience does not narrow explicit targets")
    func audienceAndTarget() {
        var world = world(audience: ["CA"])
        world.target(1, instance: 7)
        world.run()
        #expect(reached(world) == [1, 2])
    }

    @Test(
        "A contact with a target row of its own, of any status, gets none on account of everyone",
        arguments: [CampaignTarget.Status.other, .pending])
    func explicit(status: CampaignTarget.Status) {
        var world = world()
        world.target(1, instance: 7, on: "2026-06-06", status: status)
        world.run()
        #expect(world.schedule(1) == (status == .other ? [] : ["campaign_blast 2026-06-01 #7"]))
        #expect(world.schedule(2) == ["campaign_blast 2026-03-01 #7"])
    }

    @Test("A target row in another instance does not matter")
    func otherInstance() {
        var world = world()
        world.target(1, instance: 8, status: .other)
        world.run()
        #expect(reached(world) == [1, 2])
    }

    @Test("An instance that is over, or whose type is inactive, reaches nobody", arguments: [true, false])
    func inactive(isOver: Bool) {
        var world = world()
        if isOver { world.today = "2026-03-05" }
        if isOver {
            world.instances[0].endDate = "2026-03-04"
        } else {
            world.campaignTypes[0].isActive = false
        }
        world.run()
        #expect(world.rows.isEmpty)
    }

    @Test("It is never too long overdue, and is sent once")
    func lateContact() {
        var world = world()
        world.run()
        for position in world.rows.indices { world.rows[position].status = "sent" }
        world.today = "2026-05-01"
        world.add(3)
        world.run()
        #expect(reached(world) == [1, 2, 3])
        #expect(world.schedule(3).first?.hasSuffix("skipped expired") == false)
    }

    @Test("An invalid contact gets none")
    func invalid() {
        var world = world()
        world.change(1) { $0.invalidity = .missingEmail }
        world.run()
        #expect(reached(world) == [2])
    }
}
