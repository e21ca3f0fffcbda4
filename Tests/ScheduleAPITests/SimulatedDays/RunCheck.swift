import ScheduleStore
import SchedulingCore

/// Holds what one run did to the file against SPEC.
struct RunCheck {
    let run: RunRecord
    let before, after: Snapshot
    let calendars: WindowCalendars
    /// What the last full run and the partial ones since left on each day.
    let standing: Standing
    /// The contacts that the run decides; nil for everyone.
    let scope: Set<Int64>?

    private(set) var violations: [String] = []
    /// Emails that got a date, before conflict and frequency.
    var placed: [Placed] = []
    /// Rows of `after` that the run decided.
    var claimed: Set<Int64> = []
    /// The ideal date for which each contact counts in smoothing.
    var smoothed: [Int64: CivilDate] = [:]
    var invalid: [String: Int] = [:]
    var valid = 0

    var today: CivilDate { run.request.today }

    /// An email that got a date, with the row that says so.
    struct Placed {
        let email: DueEmail
        let row: EmailRow
        let target, latest: CivilDate
    }

    init(
        _ run: RunRecord, before: Snapshot, after: Snapshot, standing: Standing, calendars: WindowCalendars
    ) {
        self.run = run
        self.before = before
        self.after = after
        self.standing = standing
        self.calendars = calendars
        scope = Self.scope(of: run.request, before)
    }

    /// The contacts of a run: those it lists, those of a campaign that does not take everyone, or all.
    private static func scope(of request: RunRequest, _ snapshot: Snapshot) -> Set<Int64>? {
        switch request.kind {
        case .full, .followups: return nil
        case .contacts: return Set(request.contactIDs ?? [])
        case .campaign:
            guard let id = request.campaignInstanceID else { return nil }
            let type = snapshot.instances[id].flatMap { snapshot.types[$0.type] }
            if type?.targetsAll ?? false { return nil }
            let enrolled = snapshot.targets.filter { $0.instance == id }.map(\.contact)
            let planned = snapshot.emails.values.filter { $0.instance == id && !$0.isCommitted }
            return Set(enrolled).union(planned.map(\.contact))
        }
    }

    mutating func violate(_ text: String) { violations.append(text) }

    /// Everything that must hold after the run.
    mutating func check() {
        guard run.state == .completed else {
            return violate("the run ended as \(run.state.rawValue): \(run.error ?? "")")
        }
        checkCommittedRows()
        checkIdentities()
        if run.request.isDryRun {
            let isSame = before.emails.mapValues(\.text) == after.emails.mapValues(\.text)
            return isSame ? () : violate("a dry run wrote")
        }
        checkOthers()
        if run.request.kind == .followups {
            checkFollowupsOnly()
        } else {
            checkPlans()
            checkCap()
        }
        checkLeftovers()
        checkReport()
    }

    // MARK: Rows that must stay

    /// Committed rows are as they were (SPEC 1, 11).
    private mutating func checkCommittedRows() {
        for row in before.emails.values where row.isCommitted {
            if after.emails[row.id]?.text != row.text {
                violate("committed row \(row.text) became \(after.emails[row.id]?.text ?? "nothing")")
            }
        }
    }

    /// No identity twice, but for rows that a change of targets since has given one identity (SPEC 4).
    private mutating func checkIdentities() {
        func shared(_ snapshot: Snapshot) -> [Identity: Set<Int64>] {
            var rows: [Identity: Set<Int64>] = [:]
            for row in snapshot.emails.values {
                if let identity = snapshot.identity(of: row) { rows[identity, default: []].insert(row.id) }
            }
            return rows.filter { $0.value.count > 1 }
        }
        let known = shared(before)
        for (identity, rows) in shared(after) where !rows.isSubset(of: known[identity] ?? []) {
            violate("rows \(rows.sorted()) share the identity \(identity)")
        }
    }

    /// Nobody else's rows are touched.
    private mutating func checkOthers() {
        guard let scope else { return }
        let others = { (snapshot: Snapshot) in
            snapshot.emails.filter { !scope.contains($0.value.contact) }.mapValues(\.text)
        }
        if others(before) != others(after) { violate("rows of contacts outside the run changed") }
    }

    // MARK: Contacts

    private mutating func checkPlans() {
        let ids = scope.map { Array($0) } ?? Array(before.contacts.keys)
        let readings = ids.sorted().compactMap { id in
            before.contacts[id].map {
                DueReading(
                    facts: ContactFacts($0, today: today, calendars), snapshot: before, today: today)
            }
        }
        for reading in readings { smoothed[reading.facts.id] = reading.smoothedDate }
        var crowd = standing.smoothing.filter { entry in scope.map { !$0.contains(entry.key) } ?? false }
        crowd.merge(smoothed) { _, new in new }
        let counts = Dictionary(grouping: crowd.values, by: { $0 }).mapValues(\.count)
        let limit = max(1, min(15, Int(0.30 * Double(cap) + 1e-9)))
        for reading in readings {
            count(reading.facts)
            let start = placed.count
            for email in reading.emails {
                check(email, reading) { (counts[$0] ?? 0) > limit }
            }
            checkSkips(of: placed[start...], contact: reading.facts.id)
            checkFollowups(reading)
        }
    }

    private mutating func checkFollowupsOnly() {
        for contact in before.contacts.values {
            let facts = ContactFacts(contact, today: today, calendars)
            count(facts)
            checkFollowups(DueReading(facts: facts, snapshot: before, today: today))
        }
        for row in before.emails.values
        where !row.isFollowup && after.emails[row.id]?.text != row.text {
            violate("a run of follow-ups changed \(row.text)")
        }
    }

    private mutating func count(_ facts: ContactFacts) {
        if let reason = facts.invalidity {
            invalid[reason, default: 0] += 1
        } else {
            valid += 1
        }
    }

    /// An email that is due has its row: planned, or skipped for a reason that holds.
    private mutating func check(
        _ email: DueEmail, _ reading: DueReading, isCrowded: (CivilDate) -> Bool
    ) {
        let aim = Aim(email, reading, replans: run.request.replans, isCrowded: isCrowded)
        let rows = after.emails(of: email.contact).filter {
            !$0.isCommitted && after.identity(of: $0) == email.identity
        }
        let place = "\(email.type) of contact \(email.contact) for \(email.event), ideal \(email.ideal)"
        guard let row = rows.first(where: { fits($0, email, aim) }) else {
            let found = rows.map { "\($0.status) \($0.reason ?? "") \($0.date)" }
            return violate("\(place): expected \(aim), found \(found)")
        }
        claimed.insert(row.id)
        if case .planned(let target, let latest) = aim {
            placed.append(Placed(email: email, row: row, target: target, latest: latest))
        }
        let fields = [row.template, row.smsTemplate, row.time, row.priority.map(String.init)]
        if fields != [email.template, nil, "08:30:00", String(email.priority)] {
            violate("\(place): the row says \(row.text)")
        }
    }

    private func fits(_ row: EmailRow, _ email: DueEmail, _ aim: Aim) -> Bool {
        guard row.ideal == email.ideal, row.event == email.event, row.instance == email.instance else {
            return false
        }
        switch aim {
        case .skipped(let reason, let date):
            return row.status == "skipped" && row.reason == reason && row.date == date
        case .planned(let target, let latest):
            guard target <= row.date, row.date <= latest else { return false }
            return row.isPlanned
                ? row.reason == nil : ["campaign_conflict", "frequency_limit"].contains(row.reason)
        }
    }
}
