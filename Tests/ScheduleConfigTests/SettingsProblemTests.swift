import ScheduleConfig
import Testing

@Suite struct SettingsProblemTests {
    /// Each text with its only mistake.
    static let mistakes: [(String, String)] = [
        (
            "load_balancing: {period_days: 0}",
            "f:1:31: load_balancing.period_days: found “0”, expected a whole number from 1 to 366"
        ),
        (
            "load_balancing:\n  period_dyas: 3",
            "f:2:3: load_balancing.period_dyas: found an unknown key, expected one of daily_send_percentage_cap, ed_daily_soft_limit, ed_smoothing_window_days, catch_up_spread_days, overage_threshold, max_emails_per_contact_per_period, period_days; did you mean “period_days”?"
        ),
        (
            "processing: {batch_size: \"10\"}",
            "f:1:26: processing.batch_size: found the text “10”, expected a whole number from 1 to 1000000"
        ),
        (
            "processing: {batch_size: 1e3}",
            "f:1:26: processing.batch_size: found “1e3”, expected a whole number from 1 to 1000000"
        ),
        (
            "processing: {batch_size: 0100}",
            "f:1:26: processing.batch_size: found “0100”, expected a whole number from 1 to 1000000"
        ),
        (
            "processing: {batch_size: 99999999999999999999}",
            "f:1:26: processing.batch_size: found “99999999999999999999”, expected a whole number from 1 to 1000000"
        ),
        ("processing: [1]", "f:1:13: processing: found a list, expected a mapping"),
        ("processing: 5", "f:1:13: processing: found “5”, expected a mapping"),
        (
            "processing: {batch_size: {}}",
            "f:1:26: processing.batch_size: found a mapping, expected a whole number from 1 to 1000000"
        ),
        (
            "load_balancing: {ed_smoothing_window_days: 4}",
            "f:1:44: load_balancing.ed_smoothing_window_days: found “4”, expected an odd number from 1 to 365"
        ),
        (
            "load_balancing: {daily_send_percentage_cap: 7%}",
            "f:1:45: load_balancing.daily_send_percentage_cap: found “7%”, expected a share above 0, at most 1, such as 0.07"
        ),
        (
            "load_balancing: {overage_threshold: .nan}",
            "f:1:37: load_balancing.overage_threshold: found “.nan”, expected a number from 1 to 100, such as 1.2"
        ),
        (
            "timing_constants: {send_time: 24:00}",
            "f:1:31: timing_constants.send_time: found “24:00”, expected a time of day HH:MM:SS or HH:MM"
        ),
        (
            "timing_constants: {send_time: 8:30}",
            "f:1:31: timing_constants.send_time: found “8:30”, expected a time of day HH:MM:SS or HH:MM"
        ),
        (
            "runs: {daily_at: 02:00:00}",
            "f:1:18: runs.daily_at: found “02:00:00”, expected a time of day HH:MM"
        ),
        (
            "time_zone: America/Chicgo",
            "f:1:12: time_zone: found “America/Chicgo”, expected an IANA time zone such as America/Chicago; did you mean “America/Chicago”?"
        ),
        (
            "time_zone: CST",
            "f:1:12: time_zone: found “CST”, expected an IANA time zone such as America/Chicago"
        ),
        (
            "missing_anchor: skp",
            "f:1:17: missing_anchor: found “skp”, expected allow or skip; did you mean “skip”?"
        ),
        ("features: {enable_sms: 1}", "f:1:24: features.enable_sms: found “1”, expected true or false"),
        (
            "state_rules: {NO: {}}",
            "f:1:15: state_rules.NO: found an unknown state, expected the two capital letters of a state, such as CA"
        ),
        (
            "state_rules: {ca: {}}",
            "f:1:15: state_rules.ca: found an unknown state, expected the two capital letters of a state, such as CA; did you mean “CA”?"
        ),
        (
            "state_rules: {California: {}}",
            "f:1:15: state_rules.California: found an unknown state, expected the two capital letters of a state, such as CA"
        ),
        (
            "state_rules: {CA: yes}",
            "f:1:19: state_rules.CA: found “yes”, expected a mapping of windows, or none"
        ),
        (
            "state_rules: {CA: {birthday: {}}}",
            "f:1:20: state_rules.CA.birthday: found an unknown key, expected one of birthday_window, effective_date_window, year_round, age_76_plus"
        ),
        (
            "state_rules: {NY: {year_round: perhaps}}",
            "f:1:32: state_rules.NY.year_round: found “perhaps”, expected true, false, or a mapping"
        ),
        (
            "state_rules: {CA: {birthday_window: {window_after_days: 367}}}",
            "f:1:57: state_rules.CA.birthday_window.window_after_days: found “367”, expected a whole number from 0 to 366"
        ),
        (
            "state_rules: {CA: {birthday_window: [{}, {effective_from: 2023-02-29}]}}",
            "f:1:59: state_rules.CA.birthday_window[1].effective_from: found “2023-02-29”, expected a date YYYY-MM-DD"
        ),
        (
            "state_rules: {CA: {birthday_window: {effective_from: 2024-01-02, effective_until: 2024-01-01}}}",
            "f:1:37: state_rules.CA.birthday_window: found effective_until before effective_from, expected a rule that holds for at least one day"
        ),
        (
            "aep_config: {default_dates: []}",
            "f:1:29: aep_config.default_dates: found a list, expected a list of 1 to 366 dates, each with month and day"
        ),
        (
            "aep_config: {default_dates: [{month: 2, day: 30}]}",
            "f:1:30: aep_config.default_dates[0]: found month 2 with day 30, expected a day that the month has in a leap year"
        ),
        (
            "aep_config: {default_dates: [{month: 2}]}",
            "f:1:30: aep_config.default_dates[0]: found a date without month or day, expected both month and day"
        ),
        (
            "campaign_types: {a b: {}}",
            "f:1:18: campaign_types.a b: found the name “a b”, expected 1 to 64 letters, digits, hyphens and underscores"
        ),
        (
            "campaign_types: {x: {priorty: 1}}",
            "f:1:22: campaign_types.x.priorty: found an unknown key, expected one of respect_exclusion_windows, enable_followups, days_before_event, target_all_contacts, priority, active, respect_frequency_limits; did you mean “priority”?"
        ),
        (
            "email_templates: {birthday: \"\"}",
            "f:1:29: email_templates.birthday: found the text “”, expected the name of a template of 1 to 255 bytes"
        ),
        (
            "backup_retention_days: 0",
            "f:1:24: backup_retention_days: found “0”, expected a whole number from 1 to 3650"
        ),
        (
            "retention: {audit_days: 0, events_days: 365}",
            "f:1:41: retention.events_days: found “365”, expected a whole number from 400 to 36500, or 0"
        ),
        ("[1]", "f:1:1: found a list, expected a mapping of sections"),
        ("a: b: c", "f:1:5: found mapping values are not allowed in this context, expected well-formed YAML"),
        (
            "runs: {}\n---\nruns: {}",
            "f:2:1: found expected a single document in the stream, but found another document, expected well-formed YAML"
        ),
        ("runs: *x", "f:1:7: found undefined alias, expected well-formed YAML"),
        ("runs: {<<: 3}", "f:1:12: runs.<<: found “3”, expected a mapping to merge"),
        (
            "runs:\n\t- x",
            "f:2:1: found while scanning for the next token, found character that cannot start any token, expected well-formed YAML"
        ),
        ("runs: {}\n? [a]\n: b", "f:2:3: found a key that is no name, expected a name"),
    ]

    @Test(arguments: mistakes)
    func aMistakeIsTold(yaml: String, expected: String) {
        #expect(problems(yaml) == [expected])
    }

    @Test func everyMistakeIsToldAtOnce() {
        let found = problems(
            """
            timing_constants:
              send_tme: "08:30"
              followup_days_after: -1
              followup_days_after: 2
            load_balancing: {period_days: 1, period_days: 2, overage_threshold: 0}
            state_rules:
              XX: {}
              CA: {birthday_window: {window_after_days: many}}
              CA: none
            durability: fulll
            "durability": full
            """, environment: ["EMAIL_SCHEDULER_PROCESSING_BATCH_SIZE": "0"])
        #expect(
            found.map { $0.split(separator: " ").prefix(2).joined(separator: " ") } == [
                "f:2:3: timing_constants.send_tme:", "f:3:24: timing_constants.followup_days_after:",
                "f:4:3: timing_constants.followup_days_after:", "f:5:34: load_balancing.period_days:",
                "f:5:69: load_balancing.overage_threshold:", "f:7:3: state_rules.XX:",
                "f:8:45: state_rules.CA.birthday_window.window_after_days:", "f:9:3: state_rules.CA:",
                "f:10:13: durability:", "f:11:1: durability:",
                "EMAIL_SCHEDULER_PROCESSING_BATCH_SIZE: processing.batch_size:",
            ])
        #expect(found[2].hasSuffix("again, first given in line 3, expected each key once"))
    }

    @Test func aMistakeBehindAnAliasIsToldOnce() {
        #expect(problems("state_rules:\n  CA: &a {year_round: maybe}\n  OR: *a").count == 1)
    }

    @Test func bytesThatAreNotUTF8AreLocated() {
        let bytes = Array("runs: {}\n# ".utf8) + [0xFF, 10]
        #expect(throws: SettingsError.self) { try Settings(yaml: bytes, file: "f") }
        do throws(SettingsError) {
            _ = try Settings(yaml: bytes, file: "f")
        } catch {
            #expect(error.problems.map(\.location) == [.file("f", line: 2, column: 1)])
        }
    }

    @Test func controlCharactersAreLocated() {
        #expect(
            problems("runs: {}\ntime_zone: a\u{1}b").first?.hasPrefix("f:2:13: found control characters")
                == true)
    }
}
