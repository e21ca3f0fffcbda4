import ArgumentParser
import StoreSpeed

/// The program: the store's benchmarks and nothing else.
@main
struct StoreSpeedProgram: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "store-speed", abstract: "Measures runs and imports against SQLite itself.",
        subcommands: StoreSpeed.commands)
}
