import SchedulingCore

/// An email that SPEC 4 says a contact is due, whose identity is not committed.
struct DueEmail {
    let identity: Identity
    let type: String
    let event, ideal: CivilDate
    let deadline: CivilDate?
    let priority: Int
    let template: String?
    var instance: Int64?
    var respectsWindows = true
    var respectsFrequency = true
    /// Whether an explicit target gives its trigger date.
    var isDated = false

    var contact: Int64 { identity.contact }
    var isCampaign: Bool { instance != nil }
    /// Place among the types where an order leaves a tie (SPEC 5).
    var rank: Int { ["birthday", "effective_date", "aep", "post_window"].firstIndex(of: type) ?? 4 }

    func isDue(by date: CivilDate) -> Bool { deadline.map { date <= $0 } ?? true }
}

/// One coming round of a birthday, policy anniversary or enrolment date.
struct Occurrence {
    let type: String
    let event, ideal, deadline: CivilDate

    /// The occurrence of a type in a year; nil where the contact has none (SPEC 4).
    static func of(_ type: String, in year: Int, _ facts: ContactFacts) -> Occurrence? {
        switch type {
        case "birthday":
            return facts.birth.map { on(ContactFacts.anniversary(of: $0, in: year), before: 14, type) }
        case "effective_date":
            guard let effective = facts.effective, year > effective.year else { return nil }
            return on(ContactFacts.anniversary(of: effective, in: year), before: 30, type)
        default:
            guard let event = CivilDate(year: year, month: 9, day: 15) else { return nil }
            return Occurrence(type: "aep", event: event, ideal: event, deadline: event + 30)
        }
    }

    private static func on(_ event: CivilDate, before: Int, _ type: String) -> Occurrence {
        Occurrence(type: type, event: event, ideal: event - before, deadline: max(event - 1, event - before))
    }

    /// The first occurrence that is open, counting years from last year upwards.
    static func firstOpen(_ type: String, _ facts: ContactFacts, today: CivilDate) -> Occurrence? {
        let first = today.year - 1
        let later = (facts.effective?.year ?? first) + 1
        return (first...max(first + 4, later + 1)).lazy.compactMap { of(type, in: $0, facts) }
            .first { $0.deadline >= today }
    }
}

/// What one contact is due on a day.
struct DueReading {
    static let anniversaries = ["birthday", "effective_date", "aep"]

    let facts: ContactFacts
    let snapshot: Snapshot
    let today: CivilDate

    var isSuppressed: Bool { snapshot.suppressed.contains(facts.id) }
    private var rows: [EmailRow] { snapshot.emails(of: facts.id) }

    /// Every email that is due and not committed.
    var emails: [DueEmail] {
        guard facts.invalidity == nil else { return [] }
        return (anniversaries + postWindowEmails + campaigns).filter { !isCommitted($0.identity) }
    }

    /// The ideal date for which the contact counts in smoothing (SPEC 6).
    var smoothedDate: CivilDate? {
        guard facts.invalidity == nil, !isSuppressed,
            let first = Occurrence.firstOpen("effective_date", facts, today: today),
            facts.exclusion(on: first.ideal) == nil
        else { return nil }
        return first.ideal
    }

    private func isCommitted(_ identity: Identity, countingExpired: Bool = true) -> Bool {
        rows.contains {
            $0.countsAsCommitted(on: today, countingExpired: countingExpired)
                && snapshot.identity(of: $0) == identity
        }
    }

    private func identity(_ type: String, _ event: CivilDate) -> Identity {
        Identity(contact: facts.id, type: type, year: event.year)
    }

    private var anniversaries: [DueEmail] {
        Self.anniversaries.compactMap { type in
            Occurrence.firstOpen(type, facts, today: today).map {
                DueEmail(
                    identity: identity(type, $0.event), type: type, event: $0.event, ideal: $0.ideal,
                    deadline: $0.deadline, priority: type == "aep" ? 3 : 5, template: "\(type)_email")
            }
        }
    }

    /// One email on the day after each closed stretch that swallows an anniversary email.
    private var postWindowEmails: [DueEmail] {
        guard !isSuppressed else { return [] }
        var ends: [CivilDate] = []
        for type in Self.anniversaries {
            let first = Occurrence.firstOpen(type, facts, today: today)
            let years = Set((today.year - 1)...(today.year + 1)).union(first.map { [$0.event.year] } ?? [])
            for occurrence in years.compactMap({ Occurrence.of(type, in: $0, facts) }) {
                guard facts.exclusion(on: occurrence.ideal) != nil,
                    let end = facts.endOfStretch(from: occurrence.ideal)
                else { continue }
                let identity = identity(type, occurrence.event)
                let isSkippedNow = occurrence.event == first?.event && !isCommitted(identity)
                let isPast =
                    occurrence.deadline < today && end >= today - 1 - 7
                    && !isCommitted(identity, countingExpired: false)
                if isSkippedNow || isPast { ends.append(end) }
            }
        }
        let open = ends.filter { $0 + 1 + 7 >= today }.sorted()
        let earliest = open.filter { end in !open.contains { $0 < end && $0.year == end.year } }
        return Set(earliest).sorted().map { end in
            DueEmail(
                identity: identity("post_window", end), type: "post_window", event: end, ideal: end + 1,
                deadline: end + 1 + 7, priority: 8, template: "post_window_email")
        }
    }

    private var campaigns: [DueEmail] {
        var found: [DueEmail] = []
        let targets = snapshot.targets(of: facts.id)
        for instance in snapshot.instances.values.sorted(by: { $0.id < $1.id }) {
            guard let type = snapshot.types[instance.type], type.isActive,
                instance.start.map({ $0 <= today }) ?? true, instance.end.map({ today <= $0 }) ?? true
            else { continue }
            let own = targets.filter { $0.instance == instance.id }
            let dated = Set(own.filter(\.isOpen).compactMap(\.trigger))
            for event in dated.sorted() { found.append(campaign(instance, type, event, isDated: true)) }
            let isInAudience =
                instance.audience.map { $0.isEmpty || $0 == "[]" || $0.contains("\"\(facts.state)\"") }
                ?? true
            let isUndated =
                own.isEmpty
                ? type.targetsAll && isInAudience : own.contains { $0.isOpen && $0.trigger == nil }
            if isUndated, let start = instance.start, !dated.contains(start) {
                found.append(campaign(instance, type, start, isDated: false))
            }
        }
        return found
    }

    private func campaign(
        _ instance: Snapshot.InstanceRow, _ type: TypeRow, _ event: CivilDate, isDated: Bool
    ) -> DueEmail {
        let name = "campaign_\(type.name)"
        var email = DueEmail(
            identity: snapshot.campaignIdentity(facts.id, name, instance.id, event), type: name,
            event: event, ideal: isDated ? event - type.daysBefore : event, deadline: instance.end,
            priority: type.priority, template: instance.template)
        email.instance = instance.id
        email.respectsWindows = type.respectsWindows
        email.respectsFrequency = type.respectsFrequency
        email.isDated = isDated
        return email
    }
}
