extension SchedulingPolicy.LoadBalancing {
    /// Whether one more email on a date would make some period of `periodDays` days hold more than the limit
    /// (SPEC 9).
    ///
    /// - Parameter sent: The dates of the emails that count, in any order.
    func isFull(around date: CivilDate, _ sent: [CivilDate]) -> Bool {
        func isTooMany(from start: CivilDate) -> Bool {
            let others = sent.reduce(0) { $0 + ($1 >= start && $1 - start < periodDays ? 1 : 0) }
            return others + 1 > maxEmailsPerContactPerPeriod
        }
        return isTooMany(from: date)
            || sent.contains { $0 <= date && date - $0 < periodDays && isTooMany(from: $0) }
    }
}
