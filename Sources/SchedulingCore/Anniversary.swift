/// The month and day that come round every year, and the year they began in.
struct Anniversary {
    let year: Int
    let month: Int
    let day: Int

    init(of date: CivilDate) { (year, month, day) = date.components }

    /// The anniversary in a year; 29 February is 28 February in a common year (SPEC 1).
    func date(in year: Int) -> CivilDate {
        CivilDate(anniversaryOfMonth: month, day: day, in: year)
    }

    /// The first day of the anniversary's month in a year.
    func monthStart(in year: Int) -> CivilDate {
        CivilDate(anniversaryOfMonth: month, day: 1, in: year)
    }
}
