public import ArgumentParser

/// What runs and imports cost, as ratios to programs that do the same work on the same tables and nothing else; how long
/// others wait for them; how many events a second webhooks take.
public enum StoreSpeed {
    /// The subcommands, for the programs that offer them.
    public static let commands: [any ParsableCommand.Type] = [
        AllCommand.self, RunsCommand.self, ImportCommand.self, WaitsCommand.self, EventsCommand.self,
        GrowthCommand.self, ShortCommand.self, ReferenceCommand.self,
    ]
    /// What is measured where no subcommand is given.
    public static let everything: any ParsableCommand.Type = AllCommand.self
}
