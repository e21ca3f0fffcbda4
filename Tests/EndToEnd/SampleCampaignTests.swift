import Foundation
import Testing

/// `campaigns setup-samples`.
@Suite struct SampleCampaignTests {
    private let scratch: Scratch
    private let today = "2025-06-02"

    init() throws { scratch = try Scratch() }

    @Test func `a fresh file gets types, instances and targets, which a run plans`() throws {
        let file = scratch.path("agency.sqlite3")
        let contacts = Repository.root.appending(path: "Config/sample-contacts.csv").path
        #expect(try Binary.run("import", "--db", file, contacts).status == 0)
        let made = try setUp(file)
        #expect(made.status == 0, "\(made.errors)")
        #expect(
            made.output == """
                campaign type custom: created
                campaign type initial_blast: created
                campaign type policy_update: created
                campaign type rate_increase: created
                campaign type regulatory_notice: created
                campaign type seasonal_promo: created
                campaign instance 1, Sample welcome (initial_blast): created, for every contact
                campaign instance 2, Sample rate increase (rate_increase): created, 6 targets created
                campaign instance 3, Sample regulatory notice (regulatory_notice): created, 6 targets created
                campaign instance 4, Sample seasonal promotion (seasonal_promo): created, 6 targets created

                """)
        #expect(
            try Database(file).sql(
                "SELECT days_before_event FROM campaign_types WHERE name = 'rate_increase'")
                == "14")

        #expect(try Binary.run("run", "--db", file, "--today", today).status == 0)
        let planned = try Database(file).sql(
            "SELECT DISTINCT email_type FROM email_schedules WHERE email_type LIKE 'campaign_%' ORDER BY 1")
        #expect(
            planned == """
                campaign_initial_blast
                campaign_rate_increase
                campaign_regulatory_notice
                campaign_seasonal_promo
                """)
        #expect(
            try Database(file).sql(
                "SELECT count(*) FROM email_schedules WHERE skip_reason = 'outside_campaign_dates'")
                == "0")
    }

    @Test(arguments: ["fresh", "", "--keyless"])
    func `a second time changes nothing`(options: String) throws {
        let file = scratch.path("agency.sqlite3")
        if options != "fresh" { try Reference.makeSeedDatabase(file, today: today, options) }
        let first = try setUp(file)
        #expect(first.status == 0, "\(first.errors)")
        #expect(first.output.contains("campaign type regulatory_notice: created"))
        let content = try Database(file).dump()
        let again = try setUp(file, today: "2025-07-14")
        #expect(again.status == 0, "\(again.errors)")
        #expect(again.output.split(separator: "\n").allSatisfy { $0.contains("already there") })
        #expect(try Database(file).dump() == content)
    }

    @Test func `what a file of another system has already stays as it is`() throws {
        let file = scratch.path("agency.sqlite3")
        try Reference.makeSeedDatabase(file, today: today, "")
        let types =
            "SELECT name, priority, active, updated_at FROM campaign_types WHERE name <> 'policy_update' "
            + "AND name <> 'regulatory_notice' ORDER BY 1"
        let before = try Database(file).sql(types)
        let made = try setUp(file)
        #expect(made.output.contains("campaign type custom: already there"))
        #expect(
            made.output.contains(
                "Sample rate increase (rate_increase): created, 100 targets created"))
        #expect(try Database(file).sql(types) == before)
    }

    private func setUp(_ file: String, today: String? = nil) throws -> Command {
        try Binary.run("campaigns", "setup-samples", "--db", file, "--today", today ?? self.today)
    }
}
