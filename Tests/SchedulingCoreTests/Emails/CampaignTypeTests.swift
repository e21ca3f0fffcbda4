import SchedulingCore
import Testing

@Suite("Campaign types (SPEC 13)")
struct CampaignTypeTests {
    @Test("Rows of campaign_types replace the defaults of the same name")
    func replacesDefault() throws {
        var world = World(on: "2026-03-01", born: nil)
        world.instance(7, of: "rate_increase")
        world.target(1, instance: 7, on: "2026-05-20")
        world.run()
        #expect(try world.only("campaign_rate_increase").date == "2026-05-06")
        world.type("rate_increase") { $0.daysBeforeEvent = 1 }
        world.run()
        #expect(try world.only("campaign_rate_increase").date == "2026-05-19")
        #expect(try world.only("campaign_rate_increase").priority == 10, "a null priority is 10")
    }

    @Test(
        "The default types are those of section 13",
        arguments: [
            ("rate_increase", true, true, 14, false, 1), ("seasonal_promo", true, true, 7, false, 5),
            ("initial_blast", false, false, 0, true, 10), ("regulatory_notice", false, false, 0, false, 1),
            ("policy_update", true, true, 5, true, 3),
        ])
    func defaults(name: String, windows: Bool, followups: Bool, days: Int, all: Bool, priority: Int) throws {
        let type = try #require(CampaignType.defaults[name])
        #expect(type.respectsExclusionWindows == windows)
        #expect(type.enablesFollowups == followups)
        #expect(type.daysBeforeEvent == days)
        #expect(type.targetsAllContacts == all)
        #expect(type.priority == priority)
        #expect(type.isActive)
        #expect(CampaignType.defaults.count == 5)
    }
}
