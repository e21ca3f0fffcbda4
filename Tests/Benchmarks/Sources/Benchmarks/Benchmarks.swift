import ArgumentParser
import StoreSpeed

/// The program: one subcommand for each thing that is measured. `Conformance/compare.py` in this package measures
/// instead how well the RFCs are kept, beside nginx, node and uvicorn.
@main
struct Benchmarks: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "Benchmarks",
        abstract: "Measures the service's parts against others that do the same, in one run.",
        subcommands: StoreSpeed.commands + [
            DecidingBenchmark.self, HTTPBenchmark.self, ContactBenchmark.self, AbuseBenchmark.self,
            ServeOurs.self, ServeHummingbird.self,
        ],
        defaultSubcommand: StoreSpeed.everything)
}
