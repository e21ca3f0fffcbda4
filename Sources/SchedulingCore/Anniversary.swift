/// A month and day that come round every year, and the year they began in.
struct Anniversary: Hashable {
    let year: Int
    /// The day of the years that begin on 1 March; 365 for a leap day.
    let dayOfYear: Int
    /// Years from that year's 1 March back to the year of the date.
    private let yearsBack: Int

    init(of date: CivilDate) { self.init(marchYear: date.marchYear) }

    /// The anniversary of a month and day, with no year to begin in.
    init(month: Int, day: Int) {
        self.init(marchYear: CivilDate(validYear: 0, month: month, day: day).marchYear)
    }

    /// One for each day of the year, by `dayOfYear`.
    static let all = (0...CivilDate.leapDay).map { Anniversary(marchYear: (0, $0)) }

    private init(marchYear: (year: Int, day: Int)) {
        dayOfYear = marchYear.day
        yearsBack = dayOfYear >= CivilDate.newYear ? 1 : 0
        year = marchYear.year + yearsBack
    }

    /// The anniversary in a year; 29 February is 28 February in a common year (SPEC 1).
    func date(in year: Int) -> CivilDate {
        let isMissing = dayOfYear == CivilDate.leapDay && !CivilDate.isLeap(year)
        return CivilDate(marchYear: year - yearsBack, day: isMissing ? dayOfYear - 1 : dayOfYear)
    }

    /// The first day of the anniversary's month in a year.
    func monthStart(in year: Int) -> CivilDate {
        let date = date(in: year)
        return date - (date.components.day - 1)
    }
}
