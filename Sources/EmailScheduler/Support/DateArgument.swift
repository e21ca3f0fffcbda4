import ArgumentParser
import SchedulingCore

/// A date on the command line.
struct DateArgument: ExpressibleByArgument {
    /// The date.
    let date: CivilDate

    /// A date.
    init(_ date: CivilDate) { self.date = date }

    /// Reads `YYYY-MM-DD`.
    init?(argument: String) {
        guard let date = CivilDate(argument) else { return nil }
        self.date = date
    }

    /// The date as it is shown in the help.
    var defaultValueDescription: String { date.description }
}
