extension SchedulingPolicy.LoadBalancing {
    /// The first day of a period of `periodDays` days that one more email on a date would make hold more than the
    /// limit; nil where there is none (SPEC 9).
    ///
    /// - Parameter sent: The dates of the emails that count, in any order.
    func fullPeriod(around date: CivilDate, _ sent: [CivilDate]) -> CivilDate? {
        func isTooMany(from start: CivilDate) -> Bool {
            let others = sent.reduce(0) { $0 + ($1 >= start && $1 - start < periodDays ? 1 : 0) }
            return others + 1 > maxEmailsPerContactPerPeriod
        }
        if isTooMany(from: date) { return date }
        return sent.first { $0 <= date && date - $0 < periodDays && isTooMany(from: $0) }
    }
}
