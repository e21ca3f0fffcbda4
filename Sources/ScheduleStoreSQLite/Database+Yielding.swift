import GRDB
import GRDBSQLite
import Glibc

extension Database {
    /// Carries out work of a run, and offers the processor every tenth of a millisecond or so to whoever waits for it.
    ///
    /// A run keeps its threads busy for minutes. The system lets a request's thread wait until one of them has used up
    /// its time, some milliseconds, whatever its priority: Linux 6 does so with all but idle threads. To offer the
    /// processor costs nothing to speak of where nobody wants it.
    func yielding<Result>(_ work: () throws -> Result) rethrows -> Result {
        let steps: Int32 = 1_000
        sqlite3_progress_handler(
            sqliteConnection, steps,
            { _ in
                sched_yield()
                return 0
            }, nil)
        defer { sqlite3_progress_handler(sqliteConnection, 0, nil, nil) }
        return try work()
    }
}
