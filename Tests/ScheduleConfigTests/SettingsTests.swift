import ScheduleConfig
import SchedulingCore
import Testing

/// Reads a text as a configuration file.
func settings(_ yaml: String, environment: [String: String] = [:]) throws(SettingsError) -> Settings {
    try Settings(yaml: Array(yaml.utf8), file: "f", environment: environment)
}

/// The mistakes of a text, one line each.
func problems(_ yaml: String, environment: [String: String] = [:]) -> [String] {
    do throws(SettingsError) {
        _ = try settings(yaml, environment: environment)
        return []
    } catch {
        return error.problems.map(\.description)
    }
}

@Suite struct SettingsTests {
    @Test(arguments: [
        "", "\n", "# nothing\n", "---\n", "{}", "null", "timing_constants:\n", "\u{FEFF}", "state_rules: {}",
    ])
    func whatIsLeftOutHasItsDefault(yaml: String) throws {
        #expect(try settings(yaml) == Settings())
    }

    @Test func numbersOfEverySectionAreRead() throws {
        let settings = try settings(
            """
            timing_constants: {send_time: 07:15, birthday_email_days_before: 1, effective_date_days_before: 2,
              followup_days_after: 3, followup_lookback_days: 4, post_window_grace_days: 5, campaign_max_overdue_days: 6}
            aep_config: {default_dates: [{month: 2, day: 29}, {month: 10, day: 1}], send_within_days: 7}
            load_balancing: {daily_send_percentage_cap: 1, ed_daily_soft_limit: 8, ed_smoothing_window_days: 9,
              catch_up_spread_days: 10, overage_threshold: 2.5, max_emails_per_contact_per_period: 11, period_days: 12}
            processing: {batch_size: 13}
            priorities: {aep: 14, birthday: 15, effective_date: 16, post_window: 17}
            time_zone: US/Eastern
            missing_anchor: skip
            features: {enable_sms: yes}
            runs: {daily_at: 02:30, backup_before: true}
            backup_retention_days: 18
            durability: full
            """)
        let timing = settings.policy.timing
        #expect(timing.sendTime == "07:15:00")
        #expect(
            [timing.birthdayDaysBefore, timing.effectiveDateDaysBefore, timing.followupDaysAfter] == [
                1, 2, 3,
            ])
        #expect(
            [timing.followupLookbackDays, timing.postWindowGraceDays, timing.campaignMaxOverdueDays] == [
                4, 5, 6,
            ])
        #expect(settings.policy.aep.dates == [.init(month: 2, day: 29), .init(month: 10, day: 1)])
        #expect(settings.policy.aep.sendWithinDays == 7)
        let load = settings.policy.load
        #expect(load.dailySendPercentageCap == 1 && load.overageThreshold == 2.5)
        #expect([load.effectiveDateDailySoftLimit, load.effectiveDateSmoothingWindowDays] == [8, 9])
        #expect(
            [load.catchUpSpreadDays, load.maxEmailsPerContactPerPeriod, load.periodDays] == [10, 11, 12])
        #expect(settings.batchSize == 13)
        let priorities = settings.policy.priorities
        #expect(
            [priorities.aep, priorities.birthday, priorities.effectiveDate, priorities.postWindow] == [
                14, 15, 16, 17,
            ])
        #expect(settings.timeZone == "US/Eastern" && settings.policy.missingAnchor == .skip)
        #expect(settings.policy.enablesSMS && settings.runs.dailyAt == "02:30" && settings.runs.backsUpBefore)
        #expect(settings.backupRetentionDays == 18 && settings.durability == .full)
    }

    @Test(arguments: [
        ("08:30:00", "08:30:00"), ("\"08:30\"", "08:30:00"), ("'23:59:59'", "23:59:59"),
        ("00:00", "00:00:00"),
    ])
    func sendTimeIsReadAsText(written: String, expected: String) throws {
        #expect(try settings("timing_constants: {send_time: \(written)}").policy.timing.sendTime == expected)
    }

    @Test func aStateThatIsNamedHasExactlyItsWindows() throws {
        let rules = try settings(
            """
            state_rules:
              CA: {birthday_window: {window_after_days: 5, age_76_plus: true, effective_from: 2025-01-01, citation: Act 1}}
              NV: none
              MO: {}
              WA:
              TX: {age_76_plus: true, effective_date_window: [{window_before_days: 1}, {effective_until: 2020-12-31}]}
              FL: {year_round: {effective_from: 2030-01-01}}
              NY: {year_round: false}
            """
        ).policy.stateRules
        var birthday = ExclusionWindow.birthday(daysBefore: 0, daysAfter: 5)
        birthday.effectiveFrom = CivilDate(year: 2025, month: 1, day: 1)
        birthday.citation = "Act 1"
        var age = ExclusionWindow(kind: .age(atLeast: 76))
        age.effectiveFrom = birthday.effectiveFrom
        age.citation = birthday.citation
        #expect(rules["CA"]?.windows == [birthday, age])
        for state in ["NV", "MO", "WA", "NY"] { #expect(rules[state] == nil) }
        var second = ExclusionWindow.effectiveDate(daysBefore: 0, daysAfter: 0)
        second.effectiveUntil = CivilDate(year: 2020, month: 12, day: 31)
        let first = ExclusionWindow.effectiveDate(daysBefore: 1, daysAfter: 0)
        #expect(rules["TX"]?.windows == [first, second, ExclusionWindow(kind: .age(atLeast: 76))])
        #expect(rules["FL"]?.windows.first?.kind == .yearRound)
        #expect(rules["OR"] == StateRule.defaults()["OR"])
    }

    @Test func theExtensionIsTheDefaultOfEveryWindow() throws {
        let rules = try settings(
            """
            state_rules:
              VA: {birthday_window: {window_after_days: 1}}
              MD: {birthday_window: {window_after_days: 1, pre_window_extension_days: 3}}
            timing_constants: {pre_window_exclusion_days: 20}
            """
        ).policy.stateRules
        #expect(rules["CA"] == StateRule.defaults(preWindowExtensionDays: 20)["CA"])
        #expect(rules["VA"]?.windows.first?.preWindowExtensionDays == 20)
        #expect(rules["MD"]?.windows.first?.preWindowExtensionDays == 3)
    }

    @Test func campaignTypesAndTemplatesChangeOnlyWhatIsGiven() throws {
        let settings = try settings(
            """
            campaign_types: {seasonal_promo: {priority: 2}, win-back: {days_before_event: -3}, initial_blast: }
            email_templates: {birthday: happy, aep: {sms: null}, post_window: {email: later}}
            """)
        var promo = CampaignType.defaults["seasonal_promo"]
        promo?.priority = 2
        var winBack = CampaignType(name: "win-back")
        winBack.daysBeforeEvent = -3
        #expect(settings.policy.campaignTypes["seasonal_promo"] == promo)
        #expect(settings.policy.campaignTypes["win-back"] == winBack)
        #expect(settings.policy.campaignTypes["initial_blast"] == CampaignType.defaults["initial_blast"])
        #expect(settings.policy.templates["birthday"] == TemplatePair(email: "happy", sms: "birthday_sms"))
        #expect(settings.policy.templates["aep"] == TemplatePair(email: "aep_email"))
        #expect(
            settings.policy.templates["post_window"] == TemplatePair(email: "later", sms: "post_window_sms"))
    }

    @Test func aliasesAndMergeKeysAreFollowed() throws {
        let rules = try settings(
            """
            state_rules:
              TX: &rule {birthday_window: &window {window_before_days: 7, window_after_days: 8}}
              FL: *rule
              GA: {birthday_window: {<<: *window, window_after_days: 9}}
            """
        ).policy.stateRules
        #expect(rules["FL"] == rules["TX"])
        #expect(rules["GA"]?.windows == [.birthday(daysBefore: 7, daysAfter: 9)])
    }

    @Test(arguments: [
        "", "state_rules: {CA: none, TX: {age_76_plus: true, birthday_window: [{}, {age_76_plus: true}]}}",
        "timing_constants: {pre_window_exclusion_days: 9}\nstate_rules: {ID: {birthday_window: {window_after_days: 63, pre_window_extension_days: 60}}}",
        "state_rules: {OR: {year_round: {citation: \"a \\\"b\\\" \\\\ §\"}}}\nemail_templates: {aep: {email: null}}",
        "campaign_types: {x: {priority: 0}}\nruns: {daily_at: \"23:00\"}\ndurability: full",
    ])
    func theTreeReadsBackAsTheSameSettings(yaml: String) throws {
        let settings = try settings(yaml)
        #expect(try Settings(yaml: Array(settings.tree.json.utf8), file: "tree") == settings)
    }

    @Test func jsonIsRead() throws {
        let json =
            "{\n\t\"runs\": {\"daily_at\":\"02:00\"},\n\t\"email_templates\":{\"aep\":\"a\\/b\\u00e9\"}\n}"
        let settings = try settings(json)
        #expect(settings.runs.dailyAt == "02:00" && settings.policy.templates["aep"]?.email == "a/b\u{E9}")
    }
}
