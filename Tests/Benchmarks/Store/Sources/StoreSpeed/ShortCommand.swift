import ArgumentParser
import BenchmarkSupport
import Foundation

/// `short`: the same for 30,000 contacts in some twenty seconds, held against thresholds.
///
/// What is compared is processor time, as ratios of each side's best turn: seconds on the wall depend on who else uses
/// the machine, and processor time a little. Where a ratio is over its threshold more turns are taken before it
/// counts, as they can only make the best turn better.
struct ShortCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "short", abstract: "Fails where a ratio is more than 15 % over what it was.")

    @Option(help: "The program to measure; the release build of this working copy if not given.")
    var binary: String?

    /// The ratios as they were when they were last improved. At this size the start of the process is a fifth of a run
    /// that changes nothing.
    static let ratios: [Work: Double] = [
        .firstRun: 1.05, .unchanged: 1.75, .changed: 2.00, .fileImport: 1.52, .secondImport: 1.05,
    ]
    private static let tolerance = 1.15
    private static let turns = 5
    private static let mostTurns = 25

    func run() throws {
        let space = try Workspace(contacts: 30_000, binary: binary)
        defer { space.remove() }
        try space.prepare()
        var failures = 0
        for work in Work.allCases {
            let limit = (ShortCommand.ratios[work] ?? 0) * ShortCommand.tolerance
            var comparison = Comparison(work)
            while comparison.ours.count < ShortCommand.turns
                || (comparison.bestRatio(\.processorSeconds) > limit
                    && comparison.ours.count < ShortCommand.mostTurns)
            {
                try comparison.takeTurn(in: space)
            }
            let ratio = comparison.bestRatio(\.processorSeconds)
            let verdict = ratio <= limit ? "ok" : "FAILED"
            if ratio > limit { failures += 1 }
            print(
                work.rawValue.padding(toLength: 24, withPad: " ", startingAt: 0),
                String(
                    format: "%.2f of at most %.2f, %@ (%d turns)", ratio, limit, verdict as NSString,
                    comparison.ours.count))
        }
        if failures > 0 { throw BenchmarkFailure("\(failures) ratios have become worse by more than 15 %.") }
    }
}
