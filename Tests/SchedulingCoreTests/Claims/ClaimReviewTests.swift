import SchedulingCore
import Testing

@Suite struct ClaimReviewTests {
    private static func verdict(
        _ world: World, _ row: Int64, _ channel: SendChannel = .email
    ) throws -> ClaimReview.Verdict {
        let catalog = world.catalog()
        var facts = ClaimReview.Facts()
        facts.batch = world.batch(1...1, catalog)
        let review = ClaimReview(catalog: catalog, channel: channel)
        return review.verdict(on: try #require(facts.batch.rows.first { $0.id == row }), facts)
    }

    /// A contact in Texas, which has no windows, with a planned birthday email of today.
    private static func birthday(state: StateCode = "TX") -> (world: World, row: Int64) {
        var world = World(on: "2026-03-01", state: state, born: "1960-03-15")
        world.change(1) { $0.hasPhone = true }
        let row = world.row(1, "birthday", "2026-03-01", event: "2026-03-15") {
            $0.emailTemplate = "birthday_email"
            $0.smsTemplate = "birthday_sms"
        }
        return (world, row)
    }

    @Test(arguments: SendChannel.allCases)
    func `an email that nothing stands against may be sent`(_ channel: SendChannel) throws {
        let (world, row) = Self.birthday()
        #expect(try Self.verdict(world, row, channel) == .send)
    }

    @Test
    func `a suppressed contact gets nothing, and keeps its email where only text messages are suppressed`()
        throws
    {
        var (world, row) = Self.birthday()
        world.suppress(1, .sms)
        #expect(try Self.verdict(world, row, .email) == .send)
        #expect(try Self.verdict(world, row, .sms) == .skipText(.suppressed))
        world.edit("birthday") { $0.emailTemplate = nil }
        #expect(try Self.verdict(world, row, .sms) == .skip(.suppressed))
        world.suppress(1)
        #expect(try Self.verdict(world, row, .email) == .skip(.suppressed))
    }

    @Test func `the date of sending must be allowed in the contact's state`() throws {
        let (world, row) = Self.birthday(state: "CA")
        #expect(try Self.verdict(world, row) == .skip(.birthdayWindow))
        let (other, otherRow) = Self.birthday(state: "NY")
        #expect(try Self.verdict(other, otherRow) == .skip(.yearRoundExclusion))
    }

    @Test func `a campaign that ignores windows is sent in them, its follow-up is not`() throws {
        var world = World(on: "2026-03-01", state: "CA", born: "1960-03-15")
        world.instance(7, of: "initial_blast", from: "2026-03-01")
        let blast = world.row(1, "campaign_initial_blast", "2026-03-01", event: "2026-03-01") {
            $0.instanceID = 7
        }
        #expect(try Self.verdict(world, blast) == .send)
        let followup = world.row(1, "followup_1_cold", "2026-03-01", event: "2026-03-01") {
            $0.instanceID = 7
        }
        #expect(try Self.verdict(world, followup) == .skip(.birthdayWindow))
    }

    @Test func `a contact that is gone or invalid gets nothing`() throws {
        var (world, row) = Self.birthday()
        world.change(1) { $0.invalidity = .invalidZIP }
        #expect(try Self.verdict(world, row) == .skip(.expired))
        world.contacts = []
        #expect(try Self.verdict(world, row) == .skip(.expired))
    }

    @Test func `a third email within fourteen days is not sent, counting only what was or will be sent`()
        throws
    {
        var (world, row) = Self.birthday()
        world.row(1, "aep", "2026-02-20", "sent", event: "2026-02-20")
        world.row(1, "effective_date", "2026-02-15", "delivered", event: "2026-03-15")
        world.row(1, "post_window", "2026-02-21", "bounced", event: "2026-02-20")
        #expect(try Self.verdict(world, row) == .send)
        world.row(1, "post_window", "2026-03-01", "processing", event: "2025-02-20")
        #expect(try Self.verdict(world, row) == .skip(.frequencyLimit))
        // The row itself does not count, whoever has it.
        world.edit("birthday") { $0.status = "processing" }
        world.rows.removeAll { $0.type == "post_window" && $0.status == "processing" }
        #expect(try Self.verdict(world, row) == .send)
    }

    @Test func `a second campaign email on one day is not sent, a regulatory notice is`() throws {
        var world = World(on: "2026-03-01", state: "TX")
        for (id, type) in [(7, "rate_increase"), (8, "seasonal_promo"), (9, "regulatory_notice")] {
            world.instance(Int64(id), of: type, from: "2026-03-01")
            world.target(1, instance: Int64(id))
        }
        world.row(1, "campaign_rate_increase", "2026-03-01", "processing", event: "2026-03-01") {
            $0.instanceID = 7
        }
        let promo = world.row(1, "campaign_seasonal_promo", "2026-03-01", event: "2026-03-01") {
            $0.instanceID = 8
        }
        let notice = world.row(1, "campaign_regulatory_notice", "2026-03-01", event: "2026-03-01") {
            $0.instanceID = 9
        }
        #expect(try Self.verdict(world, promo) == .skip(.campaignConflict))
        #expect(try Self.verdict(world, notice) == .send)
    }

    private static func campaign(
        _ type: String = "rate_increase", target: CampaignTarget.Status? = .scheduled,
        on trigger: CivilDate? = nil,
        through end: CivilDate? = "2026-03-01", _ change: (inout CampaignType) -> Void = { _ in }
    ) -> (World, Int64) {
        var world = World(on: "2026-03-01", state: "TX")
        world.type(type, change)
        world.instance(7, of: type, from: "2026-02-01", through: end)
        if let target { world.target(1, instance: 7, on: trigger, status: target) }
        let row = world.row(1, "campaign_\(type)", "2026-03-01", event: trigger ?? "2026-02-01") {
            $0.instanceID = 7
        }
        return (world, row)
    }

    @Test func `a campaign email is sent while its campaign is active`() throws {
        let (world, row) = Self.campaign()
        #expect(try Self.verdict(world, row) == .send)
        let (late, lateRow) = Self.campaign(through: "2026-02-28")
        #expect(try Self.verdict(late, lateRow) == .skip(.outsideCampaignDates))
        let (inactive, inactiveRow) = Self.campaign { $0.isActive = false }
        #expect(try Self.verdict(inactive, inactiveRow) == .skip(.outsideCampaignDates))
        var (gone, goneRow) = Self.campaign()
        gone.instances = []
        #expect(try Self.verdict(gone, goneRow) == .skip(.outsideCampaignDates))
    }

    private static let targets: [(CampaignTarget.Status, Bool)] = [
        (.pending, true), (.scheduled, true), (.skipped, true), (.sent, true), (.other, false),
    ]

    @Test(arguments: targets)
    func `a target that was taken back gets nothing`(_ status: CampaignTarget.Status, _ isSent: Bool) throws {
        let (world, row) = Self.campaign(target: status, on: "2026-03-10")
        #expect(try Self.verdict(world, row) == (isSent ? .send : .skip(.expired)))
    }

    @Test func `a target of another date does not stand for the email`() throws {
        var (world, row) = Self.campaign(on: "2026-03-10")
        world.targets[0].triggerDate = "2026-04-10"
        #expect(try Self.verdict(world, row) == .skip(.expired))
    }

    @Test func `without target an email is sent where the campaign is for everyone in the contact's state`()
        throws
    {
        let (world, row) = Self.campaign(target: nil)
        #expect(try Self.verdict(world, row) == .skip(.expired))
        var (all, allRow) = Self.campaign("blast", target: nil) { $0.targetsAllContacts = true }
        #expect(try Self.verdict(all, allRow) == .send)
        all.instances[0].audience = ["CA"]
        #expect(try Self.verdict(all, allRow) == .skip(.expired))
    }

    @Test func `an email whose deadline is past makes no sense any more`() throws {
        var (world, row) = Self.birthday()
        world.today = "2026-03-14"
        #expect(try Self.verdict(world, row) == .send)
        world.today = "2026-03-15"
        #expect(try Self.verdict(world, row) == .skip(.expired))
        let window = world.row(1, "post_window", "2026-03-01", event: "2026-03-06")
        #expect(try Self.verdict(world, window) == .skip(.expired))
        world.today = "2026-03-14"
        #expect(try Self.verdict(world, window) == .send)
    }

    @Test func `a follow-up is sent while the email that it follows counts as sent`() throws {
        var world = World(on: "2026-03-01", state: "TX")
        let initial = world.row(1, "birthday", "2026-02-27", "delivered", event: "2026-03-13")
        let followup = world.row(1, "followup_1_cold", "2026-03-01", event: "2026-03-13") {
            $0.initialID = initial
        }
        #expect(try Self.verdict(world, followup) == .send)
        world.edit("birthday") { $0.status = "bounced" }
        #expect(try Self.verdict(world, followup) == .skip(.expired))
    }

    @Test func `nobody without a phone gets a text message`() throws {
        var (world, row) = Self.birthday()
        world.change(1) { $0.hasPhone = false }
        #expect(try Self.verdict(world, row, .sms) == .skipText(.expired))
        #expect(try Self.verdict(world, row, .email) == .send)
    }

    @Test func `the first reason in order is given`() throws {
        var (world, row) = Self.birthday(state: "CA")
        world.today = "2026-03-15"
        #expect(try Self.verdict(world, row) == .skip(.birthdayWindow))
        world.suppress(1)
        #expect(try Self.verdict(world, row) == .skip(.suppressed))
    }
}
