import GRDB
public import ScheduleStore
public import SchedulingCore

extension SQLiteOrganizationStore {
    /// The latest date whose daily run was asked for, up to a date; nil where there is none.
    public func lastDailyRunDate(notAfter date: CivilDate) async throws -> CivilDate? {
        try await read("read the last daily run") { database in
            let sql = "SELECT max(date) FROM daily_runs WHERE date <= ?"
            return try String.fetchOne(database, sql: sql, arguments: [date.description]).flatMap(
                CivilDate.init)
        }
    }

    /// Asks for the daily run of a date, unless that was done before: then nil. A full run of the request's date
    /// that waits or goes on, and is no dry run, is the date's run.
    public func createDailyRun(
        of date: CivilDate, _ request: RunRequest, now: String
    ) async throws -> RunRecord? {
        try await write("create a daily run") { database in
            let sql = "SELECT 1 FROM daily_runs WHERE date = ?"
            if try Int.fetchOne(database, sql: sql, arguments: [date.description]) != nil { return nil }
            let run =
                try RunTable.fullRunGoingOn(today: request.today, database)
                ?? RunTable.queue(request, now: now, database).run
            try database.execute(
                sql: "INSERT INTO daily_runs (date, run_id, created_at) VALUES (?, ?, ?)",
                arguments: [date.description, run.id, now])
            return run
        }
    }
}
