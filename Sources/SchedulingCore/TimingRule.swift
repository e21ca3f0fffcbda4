/// When an email type that comes round every year is due (SPEC 4): an anchor, days before it, a deadline.
/// Adding such a type means adding a value to `SchedulingPolicy.timingRules`.
public struct TimingRule: Hashable, Sendable {
    /// What the event date is an anniversary of.
    public enum Anchor: Hashable, Sendable {
        /// The contact's birth date.
        case birthDate
        /// The policy's effective date, from the first anniversary on.
        case effectiveDate
        /// One of the policy's annual enrolment dates, chosen by hash.
        case enrolment
    }

    /// The last date on which the email still makes sense.
    public enum Deadline: Hashable, Sendable {
        /// The day before the event, or the ideal date if that is later.
        case eveOfEvent
        /// So many days after the event.
        case daysAfterEvent(Int)
    }

    /// The email type.
    public var type: EmailType
    /// What the event date is an anniversary of.
    public var anchor: Anchor
    /// Days from the ideal date to the event; negative for after it.
    public var daysBefore: Int
    /// The last date on which the email still makes sense.
    public var deadline: Deadline
    /// Lower is more important.
    public var priority: Int

    /// The last date of an occurrence.
    func deadline(event: CivilDate, ideal: CivilDate) -> CivilDate {
        switch deadline {
        case .eveOfEvent: max(event - 1, ideal)
        case .daysAfterEvent(let days): event + days
        }
    }
}

extension SchedulingPolicy {
    /// The email types that come round every year (SPEC 4).
    public var timingRules: [TimingRule] {
        [
            TimingRule(
                type: .birthday, anchor: .birthDate, daysBefore: timing.birthdayDaysBefore,
                deadline: .eveOfEvent, priority: priorities.birthday),
            TimingRule(
                type: .effectiveDate, anchor: .effectiveDate, daysBefore: timing.effectiveDateDaysBefore,
                deadline: .eveOfEvent, priority: priorities.effectiveDate),
            TimingRule(
                type: .aep, anchor: .enrolment, daysBefore: 0,
                deadline: .daysAfterEvent(aep.sendWithinDays), priority: priorities.aep),
        ]
    }

    /// Days from the ideal date of a type to its event date; nil for types whose campaign or initial email
    /// decides.
    func daysBefore(_ type: EmailType) -> Int? {
        if type == .postWindow { return -1 }
        return timingRules.first { $0.type == type }?.daysBefore
    }
}

/// One coming round of an email type for one contact.
struct Occurrence: Sendable {
    let year: Int
    let event: CivilDate
    let ideal: CivilDate
    let deadline: CivilDate
}

extension TimingRule {
    /// The occurrence in a year, nil where the contact has no anchor, the anniversaries begin later, or the year cannot
    /// be written: an effective date of 9999-12-31 means none.
    @inline(__always)
    func occurrence(
        in year: Int, of contact: Contact, _ exclusions: ContactExclusions, enrolment dates: [Anniversary],
        _ trace: PlanTrace? = nil
    ) -> Occurrence? {
        guard CivilDate.years.contains(year) else { return nil }
        switch anchor {
        case .birthDate:
            return exclusions.birth.map { occurrence(of: $0, in: year) }
        case .effectiveDate:
            guard let anniversary = exclusions.effective, year > anniversary.year else { return nil }
            return occurrence(of: anniversary, in: year)
        case .enrolment:
            guard dates.count == 1 else { return enrolment(in: year, of: contact, dates, exclusions, trace) }
            return occurrence(of: dates[0], in: year)
        }
    }

    /// The first occurrence whose deadline is not past, counting years from last year upwards (SPEC 4).
    ///
    /// - Parameter index: Position of the rule in the catalog.
    func firstOpenOccurrence(
        rule index: Int, of contact: Contact, _ exclusions: ContactExclusions, in catalog: RunCatalog,
        _ trace: PlanTrace? = nil
    ) -> Occurrence? {
        let dates = catalog.enrolmentDates
        var year = catalog.year - 1
        let anniversary: Anniversary?
        switch anchor {
        case .birthDate: anniversary = exclusions.birth
        case .effectiveDate:
            anniversary = exclusions.effective
            if let anniversary { year = max(year, anniversary.year + 1) }
        case .enrolment: anniversary = dates.count == 1 ? dates[0] : nil
        }
        // Known beforehand; only a trace wants to see the years that are past.
        if trace == nil, let anniversary,
            let open = catalog.openOccurrence(rule: index, of: anniversary), open.year >= year
        {
            return open
        }
        let last = year + 4
        while year <= last {
            guard let occurrence = occurrence(in: year, of: contact, exclusions, enrolment: dates, trace)
            else { return nil }
            if occurrence.deadline >= catalog.today { return occurrence }
            trace?.passedOver(self, occurrence)
            year += 1
        }
        return nil
    }

    /// The occurrence of an anniversary in a year.
    @inline(__always)
    func occurrence(of anniversary: Anniversary, in year: Int) -> Occurrence {
        let event = anniversary.date(in: year)
        let ideal = event - daysBefore
        return Occurrence(
            year: year, event: event, ideal: ideal, deadline: deadline(event: event, ideal: ideal))
    }

    /// The contact's choice by hash, or, where that is excluded, the first of the dates that is not.
    @inline(never)
    private func enrolment(
        in year: Int, of contact: Contact, _ dates: [Anniversary],
        _ exclusions: ContactExclusions, _ trace: PlanTrace?
    ) -> Occurrence? {
        guard !dates.isEmpty else { return nil }
        func on(_ date: Anniversary) -> Occurrence { occurrence(of: date, in: year) }
        var hash = FNVHash()
        hash.combine(contact.id)
        hash.combine(literal: "_aep")
        let choice = on(dates[hash.index(in: dates.count)])
        var chosen = choice
        if exclusions.excludes(choice.ideal) {
            chosen = dates.lazy.map(on).first { !exclusions.excludes($0.ideal) } ?? choice
        }
        trace?.enrolled(choice, chosen, among: dates.map { on($0).event })
        return chosen
    }
}
