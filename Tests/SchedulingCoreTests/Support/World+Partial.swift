import SchedulingCore

/// One contact beside all others, who stay as a full run left them (SPEC 11).
extension World {
    /// A partial run of one contact; its changes are in the tables afterwards.
    mutating func run(contact id: Int64, standing: StandingCounts) {
        let catalog = catalog()
        var run = SchedulingRun(catalog: catalog, scope: .someContacts(standing))
        var changes: [RowChange] = []
        let batch = batch(id...id, catalog)
        run.survey(batch) { changes.append($0) }
        run.weigh(batch)
        run.endWeighing()
        run.place(batch) { changes.append($0) }
        apply(changes, catalog)
    }

    /// The explanation of one contact; nobody else has a plan unless `standing` says so.
    func explain(_ id: Int64 = 1, standing: StandingCounts? = nil) -> ContactExplanation? {
        let catalog = catalog()
        return SchedulingRun.explain(
            batch(id...id, catalog), catalog: catalog,
            standing: standing ?? StandingCounts(around: today))
    }
}

extension World.Outcome {
    /// What the run left on each day.
    var standing: StandingCounts {
        var counts = StandingCounts(around: run.catalog.today)
        counts.smoothing = run.smoothing
        counts.load = run.dailyLoad
        return counts
    }
}
