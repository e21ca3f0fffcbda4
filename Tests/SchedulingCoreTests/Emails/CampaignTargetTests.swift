import SchedulingCore
import Testing

@Suite("Campaign emails of explicit targets (SPEC 4)")
struct CampaignTargetTests {
    /// Contact 1 and an instance of a type that is sent five days before its event.
    private func world(
        on today: CivilDate = "2026-03-01", state: StateCode = "TX", born: CivilDate? = nil,
        from start: CivilDate? = nil, through end: CivilDate? = nil,
        _ edit: (inout CampaignType) -> Void = { _ in }
    ) -> World {
        var world = World(on: today, state: state, born: born)
        world.type("promo") {
            $0.daysBeforeEvent = 5
            $0.priority = 4
            edit(&$0)
        }
        world.instance(7, of: "promo", from: start, through: end)
        return world
    }

    @Test("A target with a trigger date gets one email, days before that date")
    func dated() throws {
        var world = world()
        world.target(1, instance: 7, on: "2026-05-09")
        world.run()
        let row = try world.only("campaign_promo")
        #expect(row.line == "campaign_promo 2026-05-04 #7")
        #expect(row.event == .init("2026-05-09"))
        #expect(row.priority == 4)
        #expect(row.idealDate == "2026-05-04")
    }

    @Test("Days before the event may be negative")
    func after() throws {
        var world = world { $0.daysBeforeEvent = -3 }
        world.target(1, instance: 7, on: "2026-05-09")
        world.run()
        #expect(try world.only("campaign_promo").date == "2026-05-12")
    }

    @Test("Without trigger date the event is the start date, and the email goes out on it")
    func undated() throws {
        var world = world(on: "2026-03-01", from: "2026-03-01")
        world.target(1, instance: 7)
        world.run()
        let row = try world.only("campaign_promo")
        #expect(row.line == "campaign_promo 2026-03-01 #7")
        #expect(row.event == .init("2026-03-01"))
    }

    @Test("Without trigger date and start date there is no row")
    func noDate() {
        var world = world()
        world.target(1, instance: 7)
        world.run()
        #expect(world.rows.isEmpty)
        #expect(world.targets.map(\.status) == [.pending])
    }

    @Test("A trigger date that is no date makes no email and stands for no other target")
    func invalidTrigger() {
        var world = world(from: "2026-03-01")
        world.target(1, instance: 7)
        world.targets[0].hasInvalidTriggerDate = true
        world.run()
        #expect(world.rows.isEmpty)
        world.target(1, instance: 7)
        world.run()
        #expect(world.schedule() == ["campaign_promo 2026-03-01 #7"])
        #expect(world.targets.map(\.status) == [.pending, .scheduled])
    }

    @Test(
        "An instance is active between its dates, both included",
        arguments: [
            ("2026-03-01", nil, true), ("2026-03-02", nil, false), (nil, "2026-03-01", true),
            (nil, "2026-02-28", false), ("2026-02-01", "2026-03-31", true),
        ] as [(CivilDate?, CivilDate?, Bool)])
    func active(start: CivilDate?, end: CivilDate?, isActive: Bool) {
        var world = world(from: start, through: end)
        world.target(1, instance: 7, on: "2026-03-06")
        world.run()
        #expect(world.rows.isEmpty != isActive)
    }

    @Test("An inactive type makes no email")
    func inactiveType() {
        var world = world { $0.isActive = false }
        world.target(1, instance: 7, on: "2026-05-09")
        world.run()
        #expect(world.rows.isEmpty)
    }

    @Test("An instance of a type that does not exist makes none")
    func noType() {
        var world = world()
        world.instance(8, of: "gone")
        world.target(1, instance: 8, on: "2026-05-09")
        world.target(1, instance: 9, on: "2026-05-09")
        world.run()
        #expect(world.rows.isEmpty)
    }

    @Test(
        "A target wants an email unless it is of another status than pending, scheduled and skipped",
        arguments: [(.pending, true), (.scheduled, true), (.skipped, true), (.other, false)]
            as [(CampaignTarget.Status, Bool)])
    func status(status: CampaignTarget.Status, isMade: Bool) {
        var world = world()
        world.target(1, instance: 7, on: "2026-05-09", status: status)
        world.run()
        #expect(world.rows.isEmpty != isMade)
    }

    @Test(
        "Its status becomes that of its row",
        arguments: [("TX", .scheduled), ("NY", .skipped)] as [(StateCode, CampaignTarget.Status)])
    func statusAfter(state: StateCode, status: CampaignTarget.Status) {
        var world = world(state: state)
        world.target(1, instance: 7, on: "2026-05-09")
        world.run()
        #expect(world.targets.map(\.status) == [status])
        #expect(world.run().changes.isEmpty)
    }

    @Test("It follows its row from one run to the next")
    func statusChanges() {
        var world = world()
        world.target(1, instance: 7, on: "2026-05-09")
        for (state, status) in [("TX", .scheduled), ("NY", .skipped), ("TX", .scheduled)]
            as [(StateCode, CampaignTarget.Status)]
        {
            world.change(1) { $0.state = state }
            world.run()
            #expect(world.targets.map(\.status) == [status])
        }
    }

    @Test("A target whose email is committed keeps its status")
    func statusCommitted() {
        var world = world()
        world.row(1, "campaign_promo", "2026-05-04", "scheduled", event: "2026-05-09") { $0.instanceID = 7 }
        world.target(1, instance: 7, on: "2026-05-09")
        #expect(world.run().changes.isEmpty)
    }

    @Test("Each trigger date has its own email")
    func severalDates() {
        var world = world()
        for date in ["2026-05-09", "2026-06-09", "2026-05-09"] as [CivilDate] {
            world.target(1, instance: 7, on: date)
        }
        world.run()
        #expect(world.schedule() == ["campaign_promo 2026-05-04 #7", "campaign_promo 2026-06-04 #7"])
        #expect(Set(world.targets.map(\.status)) == [.scheduled])
    }

    @Test(
        "Of a dated and an undated target with one event date the dated one decides the day",
        arguments: [true, false])
    func twins(datedFirst: Bool) {
        var world = world(on: "2026-03-10", from: "2026-03-09", through: "2026-03-30")
        world.target(1, instance: 7, on: datedFirst ? "2026-03-09" : nil)
        world.target(1, instance: 7, on: datedFirst ? nil : "2026-03-09")
        world.run()
        #expect(world.rows.map(\.idealDate) == ["2026-03-04"])
        #expect(Set(world.targets.map(\.status)) == [.scheduled])
    }

    @Test("One event date in two instances is two emails")
    func twoInstances() {
        var world = world()
        world.instance(8, of: "promo")
        world.target(1, instance: 7, on: "2026-05-09")
        world.target(1, instance: 8, on: "2026-05-09")
        world.run()
        #expect(world.rows.map(\.instanceID).sorted { ($0 ?? 0) < ($1 ?? 0) } == [7, 8])
    }

    @Test(
        "Windows hold if the type respects them, else not",
        arguments: [(true, "skipped"), (false, "pre-scheduled")])
    func windows(respects: Bool, status: String) throws {
        var world = world(state: "CA", born: "1950-06-15") { $0.respectsExclusionWindows = respects }
        world.policy.timing.birthdayDaysBefore = 100
        world.target(1, instance: 7, on: "2026-05-09")
        world.run()
        #expect(try world.only("campaign_promo").status == status)
    }

    @Test("A campaign that ignores windows catches up in a closed state")
    func ignoresWindowsOverdue() {
        var world = world(state: "NY") { $0.respectsExclusionWindows = false }
        world.target(1, instance: 7, on: "2026-03-04")
        world.run()
        let days = FNVHash("1_campaign_promo_7_2026-03-04_catchup").index(in: 7)
        #expect(world.schedule() == ["campaign_promo \(("2026-03-02" as CivilDate) + days) #7"])
    }

    @Test(
        "An ideal date after the end of the instance is skipped there",
        arguments: [(0, nil), (1, "outside_campaign_dates")])
    func outside(daysLater: Int, reason: String?) throws {
        var world = world(through: "2026-05-04")
        world.target(1, instance: 7, on: ("2026-05-09" as CivilDate) + daysLater)
        world.run()
        let row = try world.only("campaign_promo")
        #expect(row.skipReason == reason)
        #expect(row.date == ("2026-05-04" as CivilDate) + daysLater)
    }

    @Test("An excluded date outranks one outside the campaign")
    func outsideAndExcluded() throws {
        var world = world(state: "NY", through: "2026-05-04")
        world.target(1, instance: 7, on: "2026-05-20")
        world.run()
        #expect(try world.only("campaign_promo").skipReason == "year_round_exclusion")
    }

    @Test(
        "A dated target more than 30 days overdue has expired",
        arguments: [("2026-02-04", nil), ("2026-02-03", "expired")] as [(CivilDate, String?)])
    func overdue(trigger: CivilDate, reason: String?) throws {
        // Ideal dates 30 and 31 days before today.
        var world = world()
        world.target(1, instance: 7, on: trigger)
        world.run()
        let row = try world.only("campaign_promo")
        #expect(row.skipReason == reason)
        if reason != nil { #expect(row.date == trigger - 5) }
    }

    @Test("An undated target never does")
    func undatedOverdue() throws {
        var world = world(from: "2025-06-01")
        world.target(1, instance: 7)
        world.run()
        #expect(try world.only("campaign_promo").status == "pre-scheduled")
    }

    @Test("Nor does one that keeps its date")
    func keptOverdue() {
        var world = world(on: "2026-03-01")
        world.target(1, instance: 7, on: "2026-02-03")
        world.row(1, "campaign_promo", "2026-03-02", event: "2026-02-03") {
            ($0.instanceID, $0.idealDate) = (7, "2026-01-29")
        }
        world.run()
        #expect(world.schedule() == ["campaign_promo 2026-03-02 #7"])
    }

    @Test("Expired for good, it is left alone from then on")
    func staysExpired() {
        var world = world()
        world.target(1, instance: 7, on: "2026-02-03")
        world.run()
        world.today = "2026-03-02"
        #expect(world.run().changes.isEmpty)
        #expect(world.schedule() == ["campaign_promo 2026-01-29 #7 skipped expired"])
    }

    @Test("When an instance is paused its planned emails are removed, and its committed ones stay")
    func paused() {
        var world = world()
        world.add(2)
        world.target(1, instance: 7, on: "2026-05-09")
        world.target(2, instance: 7, on: "2026-05-09")
        world.run()
        world.edit("campaign_promo", of: 2) { $0.status = "scheduled" }
        world.campaignTypes[0].isActive = false
        world.run()
        #expect(world.schedule(1).isEmpty)
        #expect(world.schedule(2) == ["campaign_promo 2026-05-04 #7 scheduled"])
    }
}
