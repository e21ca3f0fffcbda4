import SchedulingCore

/// What must hold of a file at the end of any day, whatever happened.
struct DayCheck {
    let snapshot: Snapshot
    let today: CivilDate
    let calendars: WindowCalendars
    /// Contacts that somebody changed behind the service's back since the last full run.
    let unseen: Set<Int64>
    /// Whether a full run was the last to decide.
    let isAfterFullRun: Bool

    var violations: [String] {
        snapshot.emailsByContact.flatMap { contact, rows -> [String] in
            if !isAfterFullRun, unseen.contains(contact) { return [] }
            let planned = rows.filter(\.isPlanned)
            guard let columns = snapshot.contacts[contact] else {
                return rows.filter { !$0.isCommitted && $0.date >= today && !$0.isFollowup }
                    .map { "contact \(contact) is gone, but not \($0.text)" }
            }
            let facts = ContactFacts(columns, today: today, calendars)
            return planned.compactMap { fault(of: $0, facts) } + (isAfterFullRun ? excess(rows) : [])
        }
    }

    private func fault(of row: EmailRow, _ facts: ContactFacts) -> String? {
        if let reason = facts.invalidity { return "planned for a contact with \(reason): \(row.text)" }
        if snapshot.suppressed.contains(facts.id) { return "planned for a suppressed contact: \(row.text)" }
        if isAfterFullRun, row.date < today { return "planned for a day that has passed: \(row.text)" }
        let type = row.isCampaign ? snapshot.types[String(row.type.dropFirst(9))] : nil
        if type?.respectsWindows ?? true, let reason = facts.exclusion(on: row.date) {
            return "planned in a \(reason): \(row.text)"
        }
        if let instance = row.instance.flatMap({ snapshot.instances[$0] }), !row.isFollowup,
            let end = instance.end, row.date > end
        {
            return "planned after the end of its campaign: \(row.text)"
        }
        return nil
    }

    /// Periods of 14 days with more than two emails, where one of them was planned that the limit holds for.
    private func excess(_ rows: [EmailRow]) -> [String] {
        let counted = rows.filter { !$0.isFollowup && ($0.isPlanned || $0.wasOrWillBeSent) }
        func date(_ row: EmailRow) -> CivilDate { row.isPlanned ? row.date : row.sendDate }
        func isLimited(_ row: EmailRow) -> Bool {
            !row.isCampaign || snapshot.types[String(row.type.dropFirst(9))]?.respectsFrequency ?? true
        }
        return counted.filter(\.isPlanned).flatMap { row in
            (0..<14).compactMap { back in
                let period = (row.date - back)...(row.date - back + 13)
                let inside = counted.filter { period.contains(date($0)) }
                let isExcused = !inside.filter(\.isPlanned).allSatisfy(isLimited)
                return inside.count > 2 && !isExcused ? "\(inside.count) emails in \(period)" : nil
            }
        }
    }
}
