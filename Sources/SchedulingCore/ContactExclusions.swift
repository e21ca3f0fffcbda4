/// The dates on which one contact may not be mailed (SPEC 3): the windows of its state, hung on its own
/// birth and effective dates.
public struct ContactExclusions: Sendable {
    private let windows: [WindowTerms]
    /// The birthday; nil where the contact has no birth date.
    let birth: Anniversary?
    /// The policy's anniversary; nil where the contact has no effective date.
    let effective: Anniversary?
    private let missingAnchorSkips: Bool

    /// Days within which a closed stretch must end for a post-window email to come of it (SPEC 3).
    static let longestStretchDays = 800

    /// The windows of a contact's state under a policy.
    public init(contact: Contact, rule: StateRule?, missingAnchor: SchedulingPolicy.MissingAnchor) {
        self.init(
            contact: contact, windows: rule?.windows.map(WindowTerms.init) ?? [], missingAnchor: missingAnchor
        )
    }

    /// The windows of a contact's state under a policy.
    init(contact: Contact, windows: [WindowTerms], missingAnchor: SchedulingPolicy.MissingAnchor) {
        self.windows = windows
        birth = contact.birthDate.map(Anniversary.init)
        effective = contact.effectiveDate.map(Anniversary.init)
        missingAnchorSkips = missingAnchor == .skip
    }

    /// Whether no date is excluded because the state has no windows.
    var isEmpty: Bool { windows.isEmpty }

    /// Whether every date is excluded, for a rule without beginning and end.
    var excludeEverything: Bool { windows.contains(where: \.excludesEverything) }

    /// Whether a date is excluded.
    public func excludes(_ date: CivilDate) -> Bool { reason(on: date) != nil }

    /// Why a date is excluded: the first reason in order of precedence, nil where it is allowed.
    @inline(__always)
    public func reason(on date: CivilDate) -> SkipReason? { isEmpty ? nil : reasonOfWindow(on: date) }

    @inline(never)
    private func reasonOfWindow(on date: CivilDate) -> SkipReason? {
        var found: SkipReason?
        for window in windows {
            guard let period = period(of: window, from: date), period.first <= date else { continue }
            found = found.map { min($0, period.reason) } ?? period.reason
        }
        return found
    }

    /// Whether every one of some dates is allowed.
    func allow(_ dates: ClosedRange<CivilDate>) -> Bool {
        windows.allSatisfy { window in
            period(of: window, from: dates.lowerBound).map { $0.first > dates.upperBound } ?? true
        }
    }

    /// The last date of the unbroken run of allowed dates that starts at an allowed date, and never after the
    /// limit (SPEC 1, latest date).
    public func lastAllowed(from date: CivilDate, through limit: CivilDate) -> CivilDate {
        guard limit > date, !isEmpty else { return max(date, limit) }
        var last = limit
        for window in windows {
            guard let period = period(of: window, from: date) else { continue }
            last = max(date, min(last, period.first - 1))
        }
        return last
    }

    /// The last day of the closed stretch that an excluded date lies in; nil where it does not end within 800
    /// days (SPEC 3).
    public func endOfStretch(containing date: CivilDate) -> CivilDate? {
        var end = date
        while end - date <= ContactExclusions.longestStretchDays {
            var furthest = end
            for window in windows {
                guard let period = period(of: window, from: end + 1), period.first <= end + 1 else {
                    continue
                }
                furthest = max(furthest, period.last)
            }
            if furthest == end { return end }
            end = furthest
        }
        return nil
    }

    /// The first period of a window that ends on or after a date, clipped to the dates for which the rule counts; nil
    /// where there is none.
    @inline(__always)
    func period(of window: WindowTerms, from day: CivilDate) -> WindowTerms.Period? {
        let date = max(day, window.effectiveFrom)
        let anchor: Anniversary?
        switch window.kind {
        case .yearRound: return window.period(.distantPast, .distantFuture, from: date)
        case .age(let years):
            guard let birth else { return nil }
            return window.period(birth.date(in: birth.year + years), .distantFuture, from: date)
        case .birthday: anchor = birth
        case .effectiveDate: anchor = effective
        }
        guard let anchor else {
            guard missingAnchorSkips else { return nil }
            return window.period(.distantPast, .distantFuture, from: date, .missingAnchor)
        }
        // Occurrences end in the order of their years: sought is the first whose anniversary is not before this day.
        let earliest = date - window.daysAfter
        var year = earliest.year
        if window.kind == .effectiveDate { year = max(year, anchor.year) }
        var occurrence = window.anniversary(of: anchor, in: year)
        if occurrence < earliest { occurrence = window.anniversary(of: anchor, in: year + 1) }
        return window.period(occurrence - window.daysBefore, occurrence + window.daysAfter, from: date)
    }
}

extension CivilDate {
    /// Before every date that can be written.
    static let distantPast = CivilDate(dayNumber: .min / 2)
    /// After every date that can be written.
    static let distantFuture = CivilDate(dayNumber: .max / 2)
}
