/// An exclusion window as it is reckoned with, without its text: contacts are so many that it counts what copying a
/// window costs.
struct WindowTerms: Sendable {
    let kind: ExclusionWindow.Kind
    private let skipReason: SkipReason
    /// Days before the anniversary on which it opens, extension included.
    let daysBefore: Int
    let daysAfter: Int
    private let usesMonthStart: Bool
    let effectiveFrom: CivilDate
    private let effectiveUntil: CivilDate

    init(_ window: ExclusionWindow) {
        kind = window.kind
        skipReason = window.skipReason
        daysBefore = window.daysBefore + window.preWindowExtensionDays
        daysAfter = window.daysAfter
        usesMonthStart = window.usesMonthStart
        effectiveFrom = window.effectiveFrom ?? .distantPast
        effectiveUntil = window.effectiveUntil ?? .distantFuture
    }

    /// Whether it excludes every date there is.
    var excludesEverything: Bool {
        kind == .yearRound && effectiveFrom == .distantPast && effectiveUntil == .distantFuture
    }

    /// Days on end that a window excludes.
    struct Period {
        let first: CivilDate
        let last: CivilDate
        let reason: SkipReason
    }

    /// What of a period lies within the dates for which the rule counts; nil where that ends before a date.
    @inline(__always)
    func period(
        _ first: CivilDate, _ last: CivilDate, from date: CivilDate, _ reason: SkipReason? = nil
    ) -> Period? {
        let first = max(first, effectiveFrom)
        let last = min(last, effectiveUntil)
        return first <= last && last >= date
            ? Period(first: first, last: last, reason: reason ?? skipReason) : nil
    }

    /// The day in a year that the window is reckoned from.
    @inline(__always)
    func anniversary(of anchor: Anniversary, in year: Int) -> CivilDate {
        usesMonthStart ? anchor.monthStart(in: year) : anchor.date(in: year)
    }
}
