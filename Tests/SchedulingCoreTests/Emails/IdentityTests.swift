import SchedulingCore
import Testing

@Suite("Committed rows and final skips (SPEC 1, 4)")
struct IdentityTests {
    @Test(
        "A committed email is not planned again for its event, whatever its status",
        arguments: [
            "scheduled", "processing", "accepted", "sent", "delivered", "failed", "bounced", "dropped",
            "cancelled", "canceled", "paused", "",
        ])
    func committed(status: String) {
        var world = World(on: "2026-03-01", born: "1950-06-15")
        world.row(1, "birthday", "2026-06-01", status, event: "2026-06-15")
        let before = world.rows
        world.run()
        #expect(world.rows == before)
    }

    @Test(
        "The next occurrence comes once it is the first open one",
        arguments: [("2026-06-14", nil), ("2026-06-15", "birthday 2027-06-01")] as [(CivilDate, String?)])
    func next(today: CivilDate, line: String?) {
        var world = World(on: today, born: "1950-06-15")
        world.row(1, "birthday", "2026-06-01", "failed", event: "2026-06-15")
        world.run()
        #expect(world.schedule() == ["birthday 2026-06-01 failed"] + (line.map { [$0] } ?? []))
    }

    @Test("A committed row of another year does not stand in the way")
    func otherYear() {
        var world = World(on: "2026-03-01", born: "1950-06-15")
        world.row(1, "birthday", "2025-06-01", "sent", event: "2025-06-15")
        world.run()
        #expect(world.schedule(1, "birthday").last == "birthday 2026-06-01")
    }

    @Test(
        "A committed row without event year has that of its date and the days before",
        arguments: [("birthday", "2026-12-25"), ("effective_date", "2026-12-08"), ("aep", "2027-01-01")]
            as [(String, CivilDate)])
    func withoutYear(type: String, date: CivilDate) {
        var world = World(on: "2026-12-05", born: "1950-01-06", effective: "2019-01-06")
        world.policy.aep.dates = [.init(month: 1, day: 1)]
        world.row(1, type, date, "scheduled")
        world.run()
        #expect(world.schedule(1, type) == ["\(type) \(date) scheduled"])
    }

    @Test("The event year of a committed row without one may be the year of its date")
    func withoutYearSame() {
        var world = World(on: "2026-12-05", born: "1950-01-06")
        // 17 December + 14 days is still 2026: another occurrence than that of January 2027.
        world.row(1, "birthday", "2026-12-17", "scheduled")
        world.run()
        #expect(world.schedule() == ["birthday 2026-12-17 scheduled", "birthday 2026-12-23"])
    }

    @Test("A planned row without event year has no identity and is replaced")
    func plannedWithoutYear() throws {
        var world = World(on: "2026-03-01", born: "1950-06-15")
        let old = world.row(1, "birthday", "2026-06-01") { $0.idealDate = "2026-06-01" }
        world.run()
        #expect(try world.only("birthday").id != old)
        #expect(world.schedule() == ["birthday 2026-06-01"])
    }

    @Test(
        "A skip for conflict, frequency or expiry is final once its day is past",
        arguments: ["campaign_conflict", "frequency_limit", "expired"])
    func finalSkip(reason: String) {
        var world = World(on: "2026-06-02", born: "1950-06-15")
        world.row(1, "birthday", "2026-06-01", "skipped", event: "2026-06-15") { $0.skipReason = reason }
        let before = world.rows
        world.run()
        #expect(world.rows == before)
    }

    @Test("Without event year it has no identity, so nothing is final about it")
    func finalWithoutYear() {
        var world = World(on: "2026-06-02", born: "1950-06-15")
        world.row(1, "birthday", "2026-06-01", "skipped") { $0.skipReason = "frequency_limit" }
        world.run()
        #expect(world.rows.count == 2)
    }

    @Test(
        "It is not final on its own day",
        arguments: ["campaign_conflict", "frequency_limit", "expired"])
    func todaysSkip(reason: String) {
        var world = World(on: "2026-06-01", born: "1950-06-15")
        world.row(1, "birthday", "2026-06-01", "skipped", event: "2026-06-15") {
            ($0.skipReason, $0.idealDate) = (reason, "2026-06-01")
        }
        world.run()
        #expect(world.schedule() == ["birthday 2026-06-01"])
    }

    @Test(
        "A skip for another reason is never final",
        arguments: [
            "suppressed", "birthday_window", "missing_anchor", "outside_campaign_dates", "holiday", nil,
        ])
    func otherSkips(reason: String?) throws {
        var world = World(on: "2026-06-02", born: "1950-06-15")
        let id = world.row(1, "birthday", "2026-06-01", "skipped", event: "2026-06-15") {
            $0.skipReason = reason
        }
        world.run()
        let row = try world.only("birthday")
        #expect(row.id == id)
        #expect(row.status == "pre-scheduled")
        #expect(row.date.map { $0 > "2026-06-02" && $0 <= "2026-06-09" } == true)
    }
}

@Suite("Suppressed contacts, templates and SMS (SPEC 2, 4)")
struct SuppressionAndTemplateTests {
    @Test("A suppressed contact gets its rows skipped at their ideal dates")
    func suppressed() {
        var world = World(on: "2026-06-05", born: "1950-06-15", effective: "2019-08-01")
        world.instance(7, of: "regulatory_notice")
        world.target(1, instance: 7, on: "2026-01-05")
        world.suppress(1)
        world.run()
        #expect(
            world.schedule() == [
                "campaign_regulatory_notice 2026-01-05 #7 skipped suppressed",
                "birthday 2026-06-01 skipped suppressed", "effective_date 2026-07-02 skipped suppressed",
            ])
    }

    @Test("Suppression outranks every other reason")
    func outranks() {
        var world = World(on: "2026-03-01", state: "NY", born: "1950-06-15")
        world.suppress(1)
        world.run()
        #expect(world.schedule() == ["birthday 2026-06-01 skipped suppressed"])
    }

    @Test("When suppression is lifted the emails come back in their rows")
    func lifted() throws {
        var world = World(on: "2026-03-01", born: "1950-06-15")
        world.suppress(1)
        world.run()
        let id = try world.only("birthday").id
        world.suppressions = []
        world.run()
        #expect(world.schedule() == ["birthday 2026-06-01"])
        #expect(try world.only("birthday").id == id)
    }

    @Test("A suppressed email gives its place on a full day to others")
    func countsNowhere() {
        var world = World(on: "2026-03-01")
        world.totalContacts = 1
        world.add(1...2, born: "1950-06-15")
        world.suppress(1)
        world.run()
        #expect(world.schedule(2) == ["birthday 2026-06-01"])
    }

    @Test("Another contact's suppression changes nothing")
    func another() {
        var world = World(on: "2026-03-01")
        world.add(1...3, born: "1950-06-15")
        world.suppress(2)
        world.run()
        #expect((1...3).map { world.schedule($0).count { $0.contains("suppressed") } } == [0, 1, 0])
    }

    @Test(
        "The SMS template is filled only with SMS enabled, a phone number, and no suppression of SMS",
        arguments: [
            (true, true, false, "birthday_sms"), (false, true, false, nil), (true, false, false, nil),
            (true, true, true, nil),
        ])
    func sms(isEnabled: Bool, hasPhone: Bool, isSuppressed: Bool, template: String?) throws {
        var world = World(on: "2026-03-01", born: "1950-06-15")
        world.policy.enablesSMS = isEnabled
        world.change(1) { $0.hasPhone = hasPhone }
        if isSuppressed { world.suppress(1, .sms) }
        world.run()
        let row = try world.only("birthday")
        #expect(row.status == "pre-scheduled")
        #expect(row.smsTemplate == template)
        #expect(row.emailTemplate == "birthday_email")
    }

    @Test("Templates are those of the configuration, by type; a type without has none")
    func configured() throws {
        var world = World(on: "2026-03-01", born: "1950-06-15", effective: "2019-08-01")
        world.policy.templates = ["birthday": TemplatePair(email: "cake", sms: "short cake")]
        world.policy.enablesSMS = true
        world.change(1) { $0.hasPhone = true }
        world.run()
        #expect(try world.only("birthday").emailTemplate == "cake")
        #expect(try world.only("birthday").smsTemplate == "short cake")
        #expect(try world.only("effective_date").emailTemplate == nil)
        #expect(try world.only("effective_date").smsTemplate == nil)
    }

    @Test("Campaign templates are those of the instance")
    func campaign() throws {
        var world = World(on: "2026-03-01", born: nil)
        world.policy.enablesSMS = true
        world.change(1) { $0.hasPhone = true }
        world.instance(7, of: "rate_increase")
        world.target(1, instance: 7, on: "2026-06-15")
        world.run()
        let row = try world.only("campaign_rate_increase")
        #expect(row.emailTemplate == "rate_increase_mail")
        #expect(row.smsTemplate == "rate_increase_text")
    }
}
