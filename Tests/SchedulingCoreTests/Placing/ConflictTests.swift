import SchedulingCore
import Testing

@Suite("Several campaign emails on one day (SPEC 8)")
struct ConflictTests {
    /// Contact 1 with two instances of types without windows; frequency is no matter.
    private func world(on today: CivilDate = "2026-03-01", priorities: (Int, Int) = (5, 5)) -> World {
        var world = World(on: today, born: nil)
        world.policy.load.maxEmailsPerContactPerPeriod = 100
        for (id, priority) in [(1, priorities.0), (2, priorities.1)] as [(Int64, Int)] {
            world.type("type\(id)") { $0.priority = priority }
            world.instance(id, of: "type\(id)")
        }
        return world
    }

    @Test("The more important one stays", arguments: [(5, 4, 2), (4, 5, 1)] as [(Int, Int, Int)])
    func priority(first: Int, second: Int, winner: Int) {
        var world = world(priorities: (first, second))
        world.target(1, instance: 1, on: "2026-05-04")
        world.target(1, instance: 2, on: "2026-05-04")
        world.run()
        #expect(
            world.schedule().sorted()
                == [1, 2].map {
                    "campaign_type\($0) 2026-05-04 #\($0)\($0 == winner ? "" : " skipped campaign_conflict")"
                })
    }

    @Test("Of equally important ones that of the lower instance stays")
    func instance() {
        var world = world()
        world.target(1, instance: 2, on: "2026-05-04")
        world.target(1, instance: 1, on: "2026-05-04")
        world.run()
        #expect(
            world.schedule(1, "campaign_type2") == ["campaign_type2 2026-05-04 #2 skipped campaign_conflict"])
        #expect(world.schedule(1, "campaign_type1") == ["campaign_type1 2026-05-04 #1"])
    }

    @Test("Of two events of one instance the earlier stays")
    func event() {
        // Both are overdue and the instance ends today, so both go out today.
        var world = world()
        world.instances[0].endDate = world.today
        world.target(1, instance: 1, on: "2026-02-25")
        world.target(1, instance: 1, on: "2026-02-20")
        world.run()
        let kept = world.rows.filter { $0.status == "pre-scheduled" }
        #expect(kept.map(\.event) == [.init("2026-02-20")])
        #expect(world.rows.allSatisfy { $0.date == world.today })
    }

    @Test("On different days there is no conflict")
    func differentDays() {
        var world = world()
        world.target(1, instance: 1, on: "2026-05-04")
        world.target(1, instance: 2, on: "2026-05-05")
        world.run()
        #expect(world.schedule() == ["campaign_type1 2026-05-04 #1", "campaign_type2 2026-05-05 #2"])
    }

    @Test("Emails that are no campaigns take no part")
    func otherTypes() {
        var world = world()
        world.change(1) { $0.birthDate = "1950-05-18" }
        world.target(1, instance: 1, on: "2026-05-04")
        world.row(1, "aep", "2026-05-04", "sent", event: "2026-05-04")
        world.run()
        #expect(
            world.schedule() == [
                "aep 2026-05-04 sent", "birthday 2026-05-04", "campaign_type1 2026-05-04 #1",
            ])
    }

    @Test("Other contacts take no part")
    func otherContacts() {
        var world = world()
        world.add(2)
        world.target(1, instance: 1, on: "2026-05-04")
        world.target(2, instance: 2, on: "2026-05-04")
        world.run()
        #expect(!world.rows.contains { $0.status == "skipped" })
    }

    @Test(
        "A committed campaign row that was or will be sent on that day wins over all",
        arguments: ["scheduled", "processing", "accepted", "sent", "delivered"])
    func committed(status: String) {
        var world = world(priorities: (1, 1))
        world.row(1, "campaign_gone", "2026-05-04", status, event: "2026-05-04") { $0.instanceID = 9 }
        world.target(1, instance: 1, on: "2026-05-04")
        world.run()
        #expect(
            world.schedule(1, "campaign_type1") == ["campaign_type1 2026-05-04 #1 skipped campaign_conflict"])
    }

    @Test("One that came to nothing does not", arguments: ["cancelled", "failed", "bounced", "dropped"])
    func ended(status: String) {
        var world = world()
        world.row(1, "campaign_gone", "2026-05-04", status, event: "2026-05-04") { $0.instanceID = 9 }
        world.target(1, instance: 1, on: "2026-05-04")
        world.run()
        #expect(world.schedule(1, "campaign_type1") == ["campaign_type1 2026-05-04 #1"])
    }

    @Test("The day of a committed row is that of its sending")
    func sendDate() {
        var world = world()
        world.row(1, "campaign_gone", "2026-05-03", "sent", event: "2026-05-03") {
            ($0.instanceID, $0.sentAt) = (9, "2026-05-04T00:10:00")
        }
        world.target(1, instance: 1, on: "2026-05-04")
        world.target(1, instance: 2, on: "2026-05-03")
        world.run()
        #expect(
            world.schedule(1, "campaign_type1") == ["campaign_type1 2026-05-04 #1 skipped campaign_conflict"])
        #expect(world.schedule(1, "campaign_type2") == ["campaign_type2 2026-05-03 #2"])
    }

    @Test("Types that ignore frequency limits neither lose nor count", arguments: [0, 9])
    func exempt(priority: Int) {
        var world = world()
        world.type("notice") { ($0.respectsFrequencyLimits, $0.priority) = (false, priority) }
        world.instance(8, of: "notice")
        world.instance(9, of: "notice")
        world.target(1, instance: 1, on: "2026-05-04")
        world.target(1, instance: 8, on: "2026-05-04")
        world.row(1, "campaign_notice", "2026-05-04", "sent", event: "2026-05-04") { $0.instanceID = 9 }
        world.run()
        #expect(
            world.schedule() == [
                "campaign_notice 2026-05-04 #9 sent", "campaign_notice 2026-05-04 #8",
                "campaign_type1 2026-05-04 #1",
            ])
    }

    @Test("Regulatory notices alone are exempt by default, also as a type of that name in the database")
    func regulatoryNotice() {
        #expect(!CampaignType(name: "regulatory_notice").respectsFrequencyLimits)
        #expect(CampaignType(name: "policy_update").respectsFrequencyLimits)
        let types = CampaignType.defaults.values
        #expect(types.filter { !$0.respectsFrequencyLimits }.map(\.name) == ["regulatory_notice"])
    }

    @Test("When the winner goes, the loser takes its day")
    func winnerGone() {
        var world = world(priorities: (1, 2))
        world.target(1, instance: 1, on: "2026-05-04")
        world.target(1, instance: 2, on: "2026-05-04")
        world.run()
        world.targets.removeAll { $0.instanceID == 1 }
        world.run()
        #expect(world.schedule() == ["campaign_type2 2026-05-04 #2"])
    }
}
