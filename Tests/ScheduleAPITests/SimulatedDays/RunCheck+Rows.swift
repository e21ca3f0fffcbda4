import Foundation
import ScheduleStore
import SchedulingCore

extension RunCheck {
    // MARK: Follow-ups

    /// Every follow-up that is due stands as SPEC 10 says.
    mutating func checkFollowups(_ reading: DueReading) {
        guard reading.facts.invalidity == nil else { return }
        let rows = before.emails(of: reading.facts.id)
        for initial in rows where initial.isSent && hasFollowups(initial) && initial.sendDate <= today {
            let existing = rows.filter { $0.isFollowup && $0.initial == initial.id }
            let open = existing.first(where: \.isPlanned)
            guard existing.isEmpty || open != nil, open != nil || initial.sendDate >= today - 35 else {
                continue
            }
            let row = after.emails(of: reading.facts.id).first {
                $0.isFollowup && $0.initial == initial.id && !$0.isCommitted
            }
            let date = followupDate(initial, open)
            let reason =
                reading.isSuppressed ? "suppressed" : reading.facts.exclusion(on: date)
            let type = followupType(initial)
            guard let row, row.date == date, row.type == type, row.reason == reason,
                row.status == (reason == nil ? "pre-scheduled" : "skipped"), row.event == initial.event,
                row.instance == initial.instance, row.priority == initial.priority, row.ideal == nil,
                row.template == "\(type)_email", open.map({ $0.id == row.id }) ?? true
            else {
                violate(
                    "row \(initial.id) should have \(type) on \(date) (\(reason ?? "planned")), has \(row?.text ?? "none")"
                )
                continue
            }
            claimed.insert(row.id)
        }
    }

    private func hasFollowups(_ row: EmailRow) -> Bool {
        ["birthday", "effective_date", "aep", "post_window"].contains(row.type)
            || (row.isCampaign && before.types[String(row.type.dropFirst(9))]?.hasFollowups ?? false)
    }

    private func followupDate(_ initial: EmailRow, _ open: EmailRow?) -> CivilDate {
        if let open, open.date >= today { return open.date }
        let date = initial.sendDate + 2
        guard date < today else { return date }
        return today + 1 + Int(Aim.hash("followup_\(initial.id)_catchup") % 7)
    }

    private func followupType(_ initial: EmailRow) -> String {
        let since = initial.sentSecond
        let answers = before.answers.filter { $0.contact == initial.contact && $0.second >= since }
        if answers.contains(where: \.saysYes) { return "followup_4_hq_with_yes" }
        if !answers.isEmpty { return "followup_3_hq_no_yes" }
        let hasClicked = before.clicks.contains { click in
            guard click.second >= since else { return false }
            if click.schedule == nil, click.tracking == nil { return click.contact == initial.contact }
            return click.schedule == initial.id
                || (click.tracking != nil && click.tracking == initial.tracking)
        }
        return hasClicked ? "followup_2_clicked_no_hq" : "followup_1_cold"
    }

    // MARK: Rows that nothing claims

    /// Rows that the run did not produce: gone if they lay ahead, expired or history if not (SPEC 2, 11).
    mutating func checkLeftovers() {
        let onlyFollowups = run.request.kind == .followups
        func isDecided(_ row: EmailRow) -> Bool {
            !row.isCommitted && !claimed.contains(row.id) && (scope?.contains(row.contact) ?? true)
                && (!onlyFollowups || row.isFollowup)
        }
        for row in after.emails.values where isDecided(row) {
            let isKept = row.isFollowup && row.status == "skipped"
            if row.date >= today, !isKept { violate("nobody is due \(row.text)") }
            if row.date < today, row.isPlanned { violate("the day of \(row.text) has passed") }
            guard let old = before.emails[row.id] else {
                violate("nobody is due the new row \(row.text)")
                continue
            }
            if old.isPlanned, row.reason != "expired" { violate("\(old.text) became \(row.text)") }
            if !old.isPlanned, old.text != row.text { violate("history \(old.text) became \(row.text)") }
        }
        for row in before.emails.values where after.emails[row.id] == nil {
            if row.date < today || (row.isFollowup && row.status == "skipped") {
                violate("the run removed \(row.text)")
            }
        }
        if !onlyFollowups { checkTargets() }
    }

    /// The status of a target follows its row's (SPEC 4).
    private mutating func checkTargets() {
        for (old, new) in zip(before.targets, after.targets) where old.status != new.status {
            if !old.isOpen || !(scope?.contains(old.contact) ?? true) {
                violate("target \(old.id) was \(old.status) and is \(new.status)")
            }
        }
        for target in after.targets where target.isOpen {
            guard let event = target.trigger ?? after.instances[target.instance]?.start,
                let row = after.emails(of: target.contact).first(where: {
                    claimed.contains($0.id) && $0.isCampaign && $0.instance == target.instance
                        && $0.event == event
                })
            else { continue }
            if target.status != (row.isPlanned ? "scheduled" : "skipped") {
                violate("target \(target.id) is \(target.status), its row \(row.text)")
            }
        }
    }

    // MARK: Report

    /// The run's report, as far as it is held against the file.
    var report: Report {
        let object = run.report.flatMap {
            try? JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
        }
        return Report(object ?? [:])
    }

    struct Report {
        let overCap: [String]
        let totals: [String: Int]
        let invalid: [String: Int]
        let rows: [String: Int]

        init(_ object: [String: Any]) {
            overCap = object["over_cap"] as? [String] ?? []
            totals = object.compactMapValues { $0 as? Int }
            invalid = object["invalid"] as? [String: Int] ?? [:]
            let rows = object["email_schedules"] as? [[String: Any]] ?? []
            self.rows = Dictionary(
                uniqueKeysWithValues: rows.map { row in
                    let key = ["email_type", "status", "skip_reason"].map { row[$0] as? String ?? "" }
                    return (key.joined(separator: " "), row["count"] as? Int ?? 0)
                })
        }
    }

    /// The totals are those of the file (SPEC 12).
    mutating func checkReport() {
        let both = before.emails.values.compactMap { old in after.emails[old.id].map { (old, $0) } }
        let expected = [
            "inserted": after.emails.keys.count { before.emails[$0] == nil },
            "updated": both.count { $0.0.text != $0.1.text },
            "deleted": before.emails.keys.count { after.emails[$0] == nil },
            "unchanged": claimed.count { before.emails[$0]?.text == after.emails[$0]?.text },
            "contacts_processed": valid,
        ]
        let report = report
        for (name, count) in expected where report.totals[name] != count {
            violate("the report says \(report.totals[name] ?? -1) \(name), the file \(count)")
        }
        if report.invalid != invalid { violate("the report says invalid \(report.invalid), not \(invalid)") }
        let rows = claimed.compactMap { after.emails[$0] }
        let kinds = Dictionary(grouping: rows) { "\($0.type) \($0.status) \($0.reason ?? "")" }
            .mapValues(\.count)
        if report.rows != kinds { violate("the report says \(report.rows), the file \(kinds)") }
    }
}
