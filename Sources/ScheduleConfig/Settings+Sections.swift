import SchedulingCore

extension Settings {
    /// Reads a whole configuration into the values that hold so far, section by section.
    mutating func read(_ file: inout SectionReader) {
        let extensionBefore = preWindowExclusionDays
        file.section("timing_constants") { readTiming(&$0) }
        extendRules(from: extensionBefore, to: preWindowExclusionDays)
        file.section("aep_config") { readEnrolment(&$0) }
        file.section("load_balancing") { readLoad(&$0) }
        file.section("processing") { $0.read("batch_size", .integer(1...1_000_000), into: &batchSize) }
        file.section("priorities") { section in
            section.read("birthday", Settings.priority, into: &policy.priorities.birthday)
            section.read("effective_date", Settings.priority, into: &policy.priorities.effectiveDate)
            section.read("aep", Settings.priority, into: &policy.priorities.aep)
            section.read("post_window", Settings.priority, into: &policy.priorities.postWindow)
        }
        file.read("time_zone", TimeZoneNames.scalar, into: &timeZone)
        file.read("missing_anchor", .word(), into: &policy.missingAnchor)
        readStateRules(&file)
        readCampaignTypes(&file)
        readTemplates(&file)
        file.section("features") { $0.read("enable_sms", .boolean, into: &policy.enablesSMS) }
        file.section("runs") { section in
            section.read("daily_at", .timeOfDay(withSeconds: false), into: &runs.dailyAt)
            section.add("daily_at", runs.dailyAt.map { .text($0) } ?? .null)
            section.read("backup_before", .boolean, into: &runs.backsUpBefore)
        }
        file.read("backup_retention_days", .integer(1...3_650), into: &backupRetentionDays)
        file.section("retention") { section in
            section.read("audit_days", Settings.retentionDays(90), into: &retention.audit_days)
            section.read("runs_days", Settings.retentionDays(30), into: &retention.runs_days)
            section.read("imports_days", Settings.retentionDays(1), into: &retention.imports_days)
            section.read("events_days", Settings.retentionDays(400), into: &retention.events_days)
        }
        file.read("durability", .word(), into: &durability)
    }

    /// Days that a rule counts: a year at most.
    static let days = SettingsScalar<Int>.integer(0...366)
    /// Days from an email to its event; negative for after it.
    static let daysBefore = SettingsScalar<Int>.integer(-366...366)
    /// A priority; lower is more important.
    static let priority = SettingsScalar<Int>.integer(0...10_000)

    /// Days that history is kept, at least so many; 0 for ever. What follow-ups are decided by is needed for a year
    /// and some days.
    private static func retentionDays(_ least: Int) -> SettingsScalar<Int> {
        .integer(least...36_500, or: 0)
    }

    private mutating func readTiming(_ section: inout SectionReader) {
        section.read("send_time", .timeOfDay(withSeconds: true), into: &policy.timing.sendTime)
        section.read(
            "birthday_email_days_before", Settings.daysBefore, into: &policy.timing.birthdayDaysBefore)
        section.read(
            "effective_date_days_before", Settings.daysBefore, into: &policy.timing.effectiveDateDaysBefore)
        section.read("pre_window_exclusion_days", Settings.days, into: &preWindowExclusionDays)
        section.read("followup_days_after", Settings.days, into: &policy.timing.followupDaysAfter)
        section.read("followup_lookback_days", Settings.days, into: &policy.timing.followupLookbackDays)
        section.read("post_window_grace_days", Settings.days, into: &policy.timing.postWindowGraceDays)
        section.read(
            "campaign_max_overdue_days", .integer(0...3_650), into: &policy.timing.campaignMaxOverdueDays)
    }

    private mutating func readLoad(_ section: inout SectionReader) {
        section.read(
            "daily_send_percentage_cap",
            .number("a share above 0, at most 1, such as 0.07") { $0 > 0 && $0 <= 1 },
            into: &policy.load.dailySendPercentageCap)
        section.read(
            "ed_daily_soft_limit", .integer(1...1_000_000_000), into: &policy.load.effectiveDateDailySoftLimit
        )
        section.read(
            "ed_smoothing_window_days", .integer(1...365, isOdd: true),
            into: &policy.load.effectiveDateSmoothingWindowDays)
        section.read("catch_up_spread_days", .integer(1...366), into: &policy.load.catchUpSpreadDays)
        section.read(
            "overage_threshold", .number("a number from 1 to 100, such as 1.2") { $0 >= 1 && $0 <= 100 },
            into: &policy.load.overageThreshold)
        section.read(
            "max_emails_per_contact_per_period", .integer(1...1_000),
            into: &policy.load.maxEmailsPerContactPerPeriod)
        section.read("period_days", .integer(1...366), into: &policy.load.periodDays)
    }

    private mutating func readEnrolment(_ section: inout SectionReader) {
        if let value = section.value("default_dates") {
            let path = section.path(of: "default_dates")
            let expected = "a list of 1 to 366 dates, each with month and day"
            if case .list(let items) = value.content, (1...366).contains(items.count) {
                let pattern = section.pattern(of: "default_dates") + "[]"
                policy.aep.dates = items.enumerated().map { index, item in
                    Settings.readMonthDay(
                        SectionReader(
                            section.reader, path: "\(path)[\(index)]", pattern: pattern, value: item),
                        item)
                }
            } else {
                section.reader.report(value.mark, path, found: value.found, expected: expected)
            }
        }
        section.add(
            "default_dates",
            .list(
                policy.aep.dates.map {
                    .map([
                        SettingsValue.Entry(key: "month", value: .integer($0.month)),
                        SettingsValue.Entry(key: "day", value: .integer($0.day)),
                    ])
                }))
        section.read("send_within_days", Settings.days, into: &policy.aep.sendWithinDays)
    }

    private static func readMonthDay(
        _ section: SectionReader, _ value: YAMLValue
    ) -> SchedulingPolicy.AnnualEnrolment.MonthDay {
        var section = section
        var month: Int?
        var day: Int?
        section.read("month", .integer(1...12), into: &month)
        section.read("day", .integer(1...31), into: &day)
        section.finish()
        let names = section.entries.map(\.name)
        if case .map = value.content, !names.contains("month") || !names.contains("day") {
            section.reader.report(
                value.mark, section.path, found: "a date without month or day", expected: "both month and day"
            )
        }
        if let month, let day, day > CivilDate.daysInMonth(month, year: 2000) {
            section.reader.report(
                value.mark, section.path, found: "month \(month) with day \(day)",
                expected: "a day that the month has in a leap year")
        }
        return SchedulingPolicy.AnnualEnrolment.MonthDay(month: month ?? 1, day: day ?? 1)
    }
}
