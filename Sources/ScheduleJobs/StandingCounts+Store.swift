import ScheduleStore
import SchedulingCore

extension StandingCounts {
    /// The counts per day as a store has them.
    init(_ counts: [DayCount], around today: CivilDate) {
        self.init(around: today)
        for count in counts {
            smoothing[count.day] = count.effectiveDateIdealCount
            load[count.day] = count.finalCount
        }
    }
}
