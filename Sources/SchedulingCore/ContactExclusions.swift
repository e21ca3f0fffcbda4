/// The dates on which one contact may not be mailed (SPEC 3): the windows of its state, hung on its own
/// birth and effective dates.
public struct ContactExclusions: Sendable {
    let windows: [ExclusionWindow]
    /// The birthday; nil where the contact has no birth date.
    let birth: Anniversary?
    /// The policy's anniversary; nil where the contact has no effective date.
    let effective: Anniversary?
    private let missingAnchorSkips: Bool

    /// Days within which a closed stretch must end for a post-window email to come of it (SPEC 3).
    static let longestStretchDays = 800

    /// The windows of a contact's state under a policy.
    public init(contact: Contact, rule: StateRule?, missingAnchor: SchedulingPolicy.MissingAnchor) {
        windows = rule?.windows ?? []
        birth = contact.birthDate.map(Anniversary.init)
        effective = contact.effectiveDate.map(Anniversary.init)
        missingAnchorSkips = missingAnchor == .skip
    }

    /// Whether no date is excluded because the state has no windows.
    var isEmpty: Bool { windows.isEmpty }

    /// Whether a date is excluded.
    public func excludes(_ date: CivilDate) -> Bool { reason(on: date) != nil }

    /// Why a date is excluded: the first reason in order of precedence, nil where it is allowed.
    public func reason(on date: CivilDate) -> SkipReason? {
        var found: SkipReason?
        for window in windows {
            forEachSpan(of: window, touching: date...date) { span, reason in
                guard span.contains(date) else { return }
                found = found.map { min($0, reason) } ?? reason
            }
        }
        return found
    }

    /// The last date of the unbroken run of allowed dates that starts at an allowed date, and never after the
    /// limit (SPEC 1, latest date).
    public func lastAllowed(from date: CivilDate, through limit: CivilDate) -> CivilDate {
        guard limit > date else { return date }
        var last = limit
        for window in windows {
            forEachSpan(of: window, touching: date...limit) { span, _ in
                if span.upperBound >= date, span.lowerBound <= last { last = max(date, span.lowerBound - 1) }
            }
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
                forEachSpan(of: window, touching: end...(end + 1)) { span, _ in
                    if span.lowerBound <= end + 1 { furthest = max(furthest, span.upperBound) }
                }
            }
            if furthest == end { return end }
            end = furthest
        }
        return nil
    }

    /// Calls `body` with every period of a window that may touch some dates, clipped to the dates for which
    /// the rule counts.
    func forEachSpan(
        of window: ExclusionWindow, touching dates: ClosedRange<CivilDate>,
        _ body: (ClosedRange<CivilDate>, SkipReason) -> Void
    ) {
        let anchor: Anniversary?
        switch window.kind {
        case .yearRound:
            emit(CivilDate.distantPast...CivilDate.distantFuture, window, window.skipReason, body)
            return
        case .age(let years):
            guard let birth else { return }
            emit(
                birth.date(in: birth.year + years)...CivilDate.distantFuture, window, window.skipReason, body)
            return
        case .birthday: anchor = birth
        case .effectiveDate: anchor = effective
        }
        guard let anchor else {
            if missingAnchorSkips {
                emit(CivilDate.distantPast...CivilDate.distantFuture, window, .missingAnchor, body)
            }
            return
        }
        let before = window.daysBefore + window.preWindowExtensionDays
        var year = (dates.lowerBound - window.daysAfter).year
        if window.kind == .effectiveDate { year = max(year, anchor.year) }
        let last = (dates.upperBound + before).year
        while year <= last {
            let occurrence = window.usesMonthStart ? anchor.monthStart(in: year) : anchor.date(in: year)
            emit((occurrence - before)...(occurrence + window.daysAfter), window, window.skipReason, body)
            year += 1
        }
    }

    private func emit(
        _ span: ClosedRange<CivilDate>, _ window: ExclusionWindow, _ reason: SkipReason,
        _ body: (ClosedRange<CivilDate>, SkipReason) -> Void
    ) {
        let first = window.effectiveFrom.map { max($0, span.lowerBound) } ?? span.lowerBound
        let last = window.effectiveUntil.map { min($0, span.upperBound) } ?? span.upperBound
        if first <= last { body(first...last, reason) }
    }
}

extension CivilDate {
    /// Before every date that can be written.
    static let distantPast = CivilDate(dayNumber: .min / 2)
    /// After every date that can be written.
    static let distantFuture = CivilDate(dayNumber: .max / 2)
}
