import SchedulingCore
import Testing

@Suite("Explanations of campaigns and follow-ups")
struct CampaignExplanationTests {
    @Test("A target within the campaign is planned, with the windows that hold for it or not")
    func planned() throws {
        var world = World(on: "2026-03-01", state: "TX")
        world.instance(7, of: "rate_increase", from: "2026-01-01", through: "2026-04-30")
        world.target(1, instance: 7, on: "2026-03-20")
        world.instance(8, of: "regulatory_notice", from: "2026-02-01")
        world.target(1, instance: 8, on: "2026-04-15")
        let bound = try world.explained("campaign_rate_increase")
        #expect(bound.instanceID == 7 && bound.date == "2026-03-06")
        #expect(
            bound.sentence == """
                The campaign_rate_increase email of campaign instance 7 for 2026-03-20 is planned on 2026-03-06, 14 \
                days before.
                """)
        #expect(bound.step(.campaignDates)?.outcome == .passed)
        #expect(bound.step(.overdueLimit)?.limit == 30)
        #expect(bound.step(.campaignConflict)?.outcome == .passed)
        let free = try world.explained("campaign_regulatory_notice")
        #expect(free.step(.exclusionWindow)?.cause == .ignoresWindows)
        #expect(free.step(.frequencyLimit)?.cause == .exempt)
        #expect(free.step(.campaignConflict) == nil)
    }

    @Test("A target outside of the campaign's dates, or too long overdue, is skipped")
    func outside() throws {
        var world = World(on: "2026-03-01", state: "TX")
        world.instance(7, of: "regulatory_notice", from: "2026-01-01", through: "2026-03-10")
        world.target(1, instance: 7, on: "2026-03-20")
        world.instance(8, of: "rate_increase", from: "2026-01-01")
        world.target(1, instance: 8, on: "2026-02-01")
        #expect(
            try world.explained("campaign_regulatory_notice").sentence.hasSuffix(
                "is not sent: its date 2026-03-20 is after the campaign's last day 2026-03-10."))
        #expect(
            try world.explained("campaign_rate_increase").sentence.hasSuffix(
                "is not sent: its date 2026-01-18 is 42 days past, and 30 are allowed."))
    }

    @Test("The campaign that wins a day is named")
    func conflict() throws {
        var world = World(on: "2026-03-01", state: "TX")
        world.instance(7, of: "rate_increase")
        world.target(1, instance: 7, on: "2026-03-24")
        world.instance(8, of: "seasonal_promo")
        world.target(1, instance: 8, on: "2026-03-17")
        let loser = try world.explained("campaign_seasonal_promo")
        #expect(loser.skipReason == .campaignConflict)
        #expect(
            loser.sentence.hasSuffix(
                "another campaign email goes to the contact on 2026-03-10: campaign_rate_increase on 2026-03-10."
            ))
        #expect(loser.step(.frequencyLimit) == nil)
        #expect(try world.explained("campaign_rate_increase").status == .preScheduled)
    }

    @Test(
        "What keeps a campaign from a contact is named",
        arguments: [
            ("2026-03-02", true, "pending", RuleStep.Cause.instanceNotActive),
            ("2026-01-01", false, "pending", .typeNotActive), ("2026-01-01", true, "other", .targetStatus),
            ("2026-01-01", true, "invalid", .invalidTriggerDate), ("", true, "none", .noDate),
        ] as [(String, Bool, String, RuleStep.Cause)])
    func none(start: String, isActive: Bool, kind: String, cause: RuleStep.Cause) throws {
        var world = World(on: "2026-03-01", state: "TX")
        world.type("plain") { $0.isActive = isActive }
        world.instance(7, of: "plain", from: CivilDate(start))
        world.target(
            1, instance: 7, on: kind == "pending" ? "2026-03-20" : nil,
            status: kind == "other" ? .other : .pending)
        if kind == "invalid" { world.targets[0].hasInvalidTriggerDate = true }
        let email = try world.explained("campaign_plain")
        #expect(email.status == .none && email.instanceID == 7)
        #expect(email.step(.campaignTarget)?.cause == cause)
        #expect(email.sentence.hasPrefix("There is no campaign_plain email of campaign instance 7"))
    }

    @Test("A campaign for everyone says why it leaves a state out; an unknown one is named by its number")
    func audience() throws {
        var world = World(on: "2026-03-01", state: "TX")
        world.type("all") { $0.targetsAllContacts = true }
        world.instance(7, of: "all", from: "2026-03-01", audience: ["CA"])
        world.target(1, instance: 99)
        #expect(try world.explained("campaign_all").step(.campaignTarget)?.cause == .audience)
        let unknown = try world.explained("campaign")
        #expect(unknown.instanceID == 99 && unknown.step(.campaignTarget)?.cause == .unknownInstance)
    }

    @Test("A dated target that stands for an undated one is explained once")
    func twin() throws {
        var world = World(on: "2026-03-01", state: "TX")
        world.instance(7, of: "rate_increase", from: "2026-03-01")
        world.target(1, instance: 7)
        world.target(1, instance: 7, on: "2026-03-01")
        let email = try world.explained("campaign_rate_increase")
        #expect(email.ideal == "2026-02-15")
        #expect(email.steps.filter { $0.rule == .eventDate }.count == 1)
    }

    @Test("A follow-up tells the email it follows, its day and what the contact did")
    func followup() throws {
        var world = World(on: "2026-07-07", born: "1950-07-20")
        let initial = world.row(1, "birthday", "2026-07-06", "sent", event: "2026-07-20")
        world.behaviour(at: "2026-07-06 12:00", .click(scheduleID: initial, trackingID: nil))
        let email = try world.explained("followup_2_clicked_no_hq")
        #expect(email.initialID == initial && email.date == "2026-07-08")
        #expect(email.steps.map(\.rule) == [.followup, .behaviour, .suppression, .exclusionWindow])
        #expect(email.step(.followup)?.emailType == "birthday")
        #expect(email.step(.behaviour)?.cause == .clicked)
        #expect(
            email.sentence
                == "The follow-up of row 1 (followup_2_clicked_no_hq) is planned on 2026-07-08.")
    }

    @Test("What gets no follow-up says why", arguments: ["2026-05-01", "2026-07-09"])
    func noFollowup(sent: String) throws {
        var world = World(on: "2026-07-07", state: "TX")
        world.row(1, "birthday", CivilDate(sent), "sent", event: "2026-07-20")
        let email = try world.explained("followup")
        #expect(email.status == .none)
        #expect(email.step(.followup)?.cause == (sent == "2026-05-01" ? .lookback : .notSentYet))
    }

    @Test("A follow-up whose day is past is caught up, and a committed one stands")
    func followupDates() throws {
        var world = World(on: "2026-07-20", state: "TX")
        let initial = world.row(1, "birthday", "2026-07-06", "sent", event: "2026-07-20")
        let late = try world.explained("followup_1_cold")
        let step = try #require(late.step(.catchUp))
        #expect(step.date == "2026-07-08" && step.resultDate == late.date)
        #expect(try #require(late.date) > world.today)
        let row = world.row(1, "followup_1_cold", "2026-07-08", "sent", event: "2026-07-20") {
            $0.initialID = initial
        }
        let done = try world.explained("followup_1_cold")
        #expect(done.status == .committed && done.rowID == row)
    }
}
