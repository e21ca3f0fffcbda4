/// An exclusion window of a state as it stands around a date: the period that holds the date, else the nearest.
public struct ExplainedWindow: Hashable, Sendable {
    /// The state whose rule it is.
    public var state: StateCode
    /// The rule, as the configuration gives it, with its citation.
    public var window: ExclusionWindow
    /// First day of the period; nil where it has no beginning.
    public var first: CivilDate?
    /// Last day of the period; nil where it has no end.
    public var last: CivilDate?
    /// Whether the date lies in it.
    public var containsDate: Bool
    /// The skip reason of dates in it.
    public var skipReason: SkipReason
}

extension ContactExclusions {
    /// Days on each side of a date in which the nearest period of a window is looked for.
    private static let reach = 400

    /// The windows of the contact's state around a date, one period each, in the order of the configuration; those
    /// that have none near it are left out.
    func explain(_ windows: [ExclusionWindow], around date: CivilDate, state: StateCode) -> [ExplainedWindow]
    {
        windows.compactMap { window in
            var nearest: WindowTerms.Period?
            var next = period(of: WindowTerms(window), from: date - Self.reach)
            while let period = next, period.first <= date + Self.reach {
                if nearest.map({ Self.distance(period, date) < Self.distance($0, date) }) ?? true {
                    nearest = period
                }
                next = self.period(of: WindowTerms(window), from: period.last + 1)
            }
            guard let nearest else { return nil }
            let (first, last) = (nearest.first, nearest.last)
            return ExplainedWindow(
                state: state, window: window, first: first == .distantPast ? nil : first,
                last: last == .distantFuture ? nil : last, containsDate: Self.distance(nearest, date) == 0,
                skipReason: nearest.reason)
        }
    }

    private static func distance(_ period: WindowTerms.Period, _ date: CivilDate) -> Int {
        max(period.first - date, date - period.last, 0)
    }

    /// The first date from a given one on that is allowed; nil where none is within 800 days.
    func firstAllowed(from date: CivilDate) -> CivilDate? {
        excludes(date) ? endOfStretch(containing: date).map { $0 + 1 } : date
    }
}
