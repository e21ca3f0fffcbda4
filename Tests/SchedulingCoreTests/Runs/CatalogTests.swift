import SchedulingCore
import Testing

@Suite("Names, statuses and texts as runs read them (SPEC 1, 3, 4)")
struct CatalogTests {
    private let catalog = World(on: "2026-03-01").catalog()

    private func type(_ name: String) -> EmailType { catalog.emailType(named: Array(name.utf8).span) }

    @Test(
        "Every name that a run writes reads back",
        arguments: [
            "birthday", "effective_date", "aep", "post_window", "followup_1_cold", "followup_2_clicked_no_hq",
            "followup_3_hq_no_yes", "followup_4_hq_with_yes", "campaign_rate_increase",
            "campaign_policy_update",
        ])
    func names(name: String) {
        #expect(catalog.name(of: type(name)) == name)
        #expect(type(name).isFollowup == name.hasPrefix("followup_"))
        #expect(type(name).isCampaign == name.hasPrefix("campaign_"))
        #expect(type(name).isAnniversary == ["birthday", "effective_date", "aep"].contains(name))
    }

    @Test(
        "A name that no run writes is an unknown follow-up, an unknown campaign, or unknown",
        arguments: [
            ("followup_9_new", .unknownFollowup), ("campaign_gone", .unknownCampaign),
            ("newsletter", .unknown),
            ("followup_", .unknown), ("campaign_", .unknown), ("", .unknown), ("Birthday", .unknown),
            ("unknown", .unknown),
        ] as [(String, EmailType)])
    func unknownNames(name: String, expected: EmailType) {
        #expect(type(name) == expected)
    }

    @Test("Types rank as SPEC 5 lists them")
    func ranks() {
        let ranks = ["birthday", "effective_date", "aep", "post_window", "campaign_gone", "followup_1_cold"]
            .map { type($0).rank }
        #expect(ranks == [0, 1, 2, 3, 4, 5])
        #expect(type("campaign_rate_increase").rank == 4)
        #expect(type("followup_9_new").rank == 5)
    }

    @Test(
        "A status is committed unless it is pre-scheduled or skipped",
        arguments: [
            ("pre-scheduled", .preScheduled), ("skipped", .skipped), ("scheduled", .underway),
            ("processing", .underway), ("accepted", .underway), ("sent", .sent), ("delivered", .sent),
            ("cancelled", .cancelled), ("failed", .ended), ("bounced", .ended), ("dropped", .ended),
            ("", .ended), ("Skipped", .ended),
        ] as [(String, StoredEmail.Status)])
    func statuses(text: String, expected: StoredEmail.Status) {
        let status = StoredEmail.Status(Array(text.utf8).span)
        #expect(status == expected)
        #expect(status.isCommitted == !["pre-scheduled", "skipped"].contains(text))
        #expect(status.wasOrWillBeSent == (expected == .underway || expected == .sent))
    }

    @Test(
        "Every skip reason reads back, and other texts are kept apart from none",
        arguments: SkipReason.allCases)
    func reasons(reason: SkipReason) {
        #expect(StoredEmail.StoredReason(Array(reason.rawValue.utf8).span) == .known(reason))
        #expect(StoredEmail.StoredReason(Array("".utf8).span) == .none)
        #expect(StoredEmail.StoredReason(Array("\(reason.rawValue)s".utf8).span) == .unknown)
    }

    @Test("A text is known if some row can hold it, and null is no text")
    func symbols() {
        var table = SymbolTable()
        let first = table.insert("one")
        #expect(table.insert("one") == first)
        #expect(table.insert("two") != first)
        #expect(table.insert(nil) == .null)
        #expect(table.text(of: first) == "one")
        #expect(table.symbol(of: Array("three".utf8).span) == .unknown)
        #expect(table.text(of: .unknown) == nil)
        #expect(table.text(of: .null) == nil)
        #expect(table.insert("") != .null)
    }

    @Test("Event columns are a date only if all three are there and real")
    func eventColumns() {
        #expect(StoredEmail.EventColumns("2026-02-28").date == "2026-02-28")
        #expect(StoredEmail.EventColumns(year: 2026, month: 2, day: 29).date == nil)
        #expect(StoredEmail.EventColumns(year: 2026, month: nil, day: 1).date == nil)
        #expect(StoredEmail.EventColumns(year: -1, month: 1, day: 1).date == nil)
    }

    @Test("Two types of one name are one, the database's")
    func typeFromDatabase() {
        var world = World(on: "2026-03-01")
        world.type("rate_increase") { $0.priority = 9 }
        world.instance(7, of: "rate_increase")
        let catalog = world.catalog()
        #expect(
            catalog.instances[7]?.type == catalog.emailType(named: Array("campaign_rate_increase".utf8).span))
    }
}
