import SchedulingCore
import Testing

@Suite("Follow-ups: when they are made and for which day (SPEC 10)")
struct FollowupTests {
    /// Contact 1 with a birthday email that was sent.
    private func world(
        on today: CivilDate = "2026-03-01", sent date: CivilDate, _ edit: (inout Row) -> Void = { _ in }
    ) -> World {
        var world = World(on: today, born: nil)
        world.row(1, "birthday", date, "sent", event: date + 14, edit)
        return world
    }

    private func followups(_ world: World) -> [String] {
        world.schedule().filter { $0.hasPrefix("followup_") }
    }

    @Test(
        "One is due two days after the send date, that day included",
        arguments: ["2026-02-27", "2026-02-28", "2026-03-01"] as [CivilDate])
    func due(sent: CivilDate) {
        var world = world(sent: sent)
        world.run()
        #expect(followups(world) == ["followup_1_cold \(sent + 2)"])
    }

    @Test("The send date is that of actual_send_datetime, on the organisation's clock")
    func sendDate() {
        var world = world(sent: "2026-02-26") { $0.sentAt = "2026-03-01T03:00:00Z" }
        world.zone = ZoneOffsets(initialOffset: -21_600)
        world.run()
        #expect(followups(world) == ["followup_1_cold 2026-03-02"])
    }

    @Test("It has its initial email's event date, instance and priority, and no ideal date")
    func columns() throws {
        var world = world(sent: "2026-02-28") { ($0.priority, $0.instanceID) = (42, 7) }
        world.run()
        let row = try world.only("followup_1_cold")
        #expect(row.event == .init("2026-03-14"))
        #expect(row.priority == 42)
        #expect(row.instanceID == 7)
        #expect(row.idealDate == nil)
        #expect(row.initialID == 1)
        #expect(row.emailTemplate == "followup_1_cold_email")
        #expect(row.time == "08:30:00")
        #expect(world.run().rowChanges.isEmpty)
    }

    @Test("A null priority and null event columns are inherited too")
    func nulls() throws {
        var world = world(sent: "2026-02-28") { ($0.priority, $0.event) = (nil, .init()) }
        world.run()
        #expect(try world.only("followup_1_cold").priority == nil)
        #expect(try world.only("followup_1_cold").event == .init())
        #expect(world.run().rowChanges.isEmpty)
    }

    @Test("The run names the initial email's type, for the metadata")
    func initialType() throws {
        var world = world(sent: "2026-02-28")
        let outcome = world.run()
        guard case .insert(let email) = try #require(outcome.changes.first) else {
            Issue.record("\(outcome.changes)")
            return
        }
        #expect(email.initialType == .birthday)
    }

    /// FNV-1a of `followup_1_catchup` to `followup_3_catchup` modulo 7 is 3, 4, 0.
    @Test(
        "One that is overdue goes to one of the next seven days by its hash",
        arguments: [(0, "2026-03-05"), (1, "2026-03-06"), (2, "2026-03-02")] as [(Int, CivilDate)])
    func overdue(rowsBefore: Int, date: CivilDate) {
        var world = World(on: "2026-03-01", born: nil)
        for _ in 0..<rowsBefore { world.row(9, "aep", "2025-09-15", "sent", event: "2025-09-15") }
        world.row(1, "birthday", "2026-02-20", "sent", event: "2026-03-06")
        world.run()
        #expect(followups(world) == ["followup_1_cold \(date)"])
    }

    @Test(
        "The look-back reaches 35 days",
        arguments: [("2026-01-25", true), ("2026-01-24", false)] as [(CivilDate, Bool)])
    func lookback(sent: CivilDate, isMade: Bool) {
        var world = world(sent: sent)
        world.run()
        #expect(followups(world).isEmpty != isMade)
    }

    @Test("The look-back limits the making of a first row only")
    func beyondLookback() {
        var world = world(sent: "2025-12-01")
        world.row(1, "followup_1_cold", "2026-03-09", event: "2025-12-15") { $0.initialID = 1 }
        world.run()
        #expect(followups(world) == ["followup_1_cold 2026-03-09"])
    }

    @Test("An email sent after today has none yet")
    func notYet() {
        var world = world(sent: "2026-03-02")
        world.run()
        #expect(followups(world).isEmpty)
    }

    @Test(
        "Every sent email of the four types has one",
        arguments: ["birthday", "effective_date", "aep", "post_window"])
    func types(type: String) {
        var world = world(sent: "2026-02-28") { $0.type = type }
        world.run()
        #expect(followups(world) == ["followup_1_cold 2026-03-02"])
    }

    @Test(
        "A campaign email has one if its type says so",
        arguments: [("rate_increase", true), ("regulatory_notice", false), ("gone", false)])
    func campaigns(type: String, isMade: Bool) {
        var world = world(sent: "2026-02-28") { ($0.type, $0.instanceID) = ("campaign_\(type)", 7) }
        world.run()
        #expect(followups(world) == (isMade ? ["followup_1_cold 2026-03-02 #7"] : []))
    }

    @Test(
        "Follow-ups and emails of unknown types have none",
        arguments: ["followup_1_cold", "followup_9_new", "newsletter"])
    func noFollowup(type: String) {
        var world = world(sent: "2026-02-28") { $0.type = type }
        world.run()
        #expect(world.rows.count == 1)
    }

    @Test(
        "Only sent and delivered emails have one",
        arguments: [
            ("sent", true), ("delivered", true), ("scheduled", false), ("processing", false),
            ("accepted", false),
            ("failed", false), ("bounced", false), ("cancelled", false),
        ])
    func statuses(status: String, isMade: Bool) {
        var world = world(sent: "2026-02-28") { $0.status = status }
        world.run()
        #expect(followups(world).isEmpty != isMade)
    }

    @Test("Each sent email has its own")
    func several() {
        var world = world(sent: "2026-02-28")
        world.row(1, "aep", "2026-02-27", "delivered", event: "2026-02-27")
        world.run()
        #expect(followups(world) == ["followup_1_cold 2026-03-01", "followup_1_cold 2026-03-02"])
    }

    @Test(
        "A planned one keeps its date, today's too", arguments: ["2026-03-01", "2026-03-20"] as [CivilDate])
    func kept(date: CivilDate) {
        var world = world(sent: "2026-02-28")
        world.row(1, "followup_1_cold", date, event: "2026-03-14") { $0.initialID = 1 }
        world.run()
        #expect(followups(world) == ["followup_1_cold \(date)"])
    }

    @Test("A planned one whose day has passed gets a new date in its row")
    func missed() throws {
        var world = world(sent: "2026-02-20")
        let id = world.row(1, "followup_1_cold", "2026-02-22", event: "2026-03-06") { $0.initialID = 1 }
        world.run()
        let row = try world.only("followup_1_cold")
        #expect(row.id == id)
        #expect(row.date == "2026-03-05")
    }

    @Test(
        "A planned one goes when its initial email is no longer sent",
        arguments: ["bounced", "failed", "cancelled"])
    func initialBounced(status: String) {
        var world = world(sent: "2026-02-28")
        world.run()
        world.edit("birthday") { $0.status = status }
        world.run()
        #expect(followups(world).isEmpty)
    }

    @Test("It goes when the campaign type no longer has follow-ups")
    func typeChanged() {
        var world = world(sent: "2026-02-28") { ($0.type, $0.instanceID) = ("campaign_promo", 7) }
        world.type("promo")
        world.run()
        #expect(followups(world).count == 1)
        world.campaignTypes[0].enablesFollowups = false
        world.run()
        #expect(followups(world).isEmpty)
    }

    @Test("It expires when that happens after its day")
    func expires() {
        var world = world(sent: "2026-02-20") { $0.status = "bounced" }
        world.row(1, "followup_1_cold", "2026-02-28", event: "2026-03-06") { $0.initialID = 1 }
        world.run()
        #expect(followups(world) == ["followup_1_cold 2026-02-28 skipped expired"])
    }

    @Test(
        "A committed one is not made again, whatever its type",
        arguments: ["followup_1_cold", "followup_4_hq_with_yes", "followup_9_new"])
    func committed(type: String) {
        var world = world(sent: "2026-02-20")
        world.row(1, type, "2026-02-22", "failed", event: "2026-03-06") { $0.initialID = 1 }
        #expect(world.run().changes.isEmpty)
    }

    @Test("One of another initial email does not stand in the way")
    func otherInitial() {
        var world = world(sent: "2026-02-28")
        world.row(1, "followup_1_cold", "2026-02-22", "sent") { $0.initialID = 99 }
        world.run()
        #expect(followups(world).count == 2)
    }

    @Test("Days after, look-back and spread are those of the policy")
    func policy() {
        var world = world(sent: "2026-02-22")
        world.policy.timing.followupDaysAfter = 10
        world.run()
        #expect(followups(world) == ["followup_1_cold 2026-03-04"])
        world.rows.removeAll(where: \.isFollowup)
        world.policy.timing.followupLookbackDays = 6
        world.run()
        #expect(followups(world).isEmpty)
    }
}
