import Foundation
import SchedulingCore
import Testing

/// Sixty days in the life of an organisation, drawn at random: imports, changes, campaigns, runs and deliveries
/// over the real API and the real file, held against an independent reading of SPEC after every run and day.
///
/// `SIMULATED_SEEDS=17` or `SIMULATED_SEEDS=1-200` draws other lives than the standard ones.
@Suite struct SixtyDaysTests {
    /// First days from which sixty reach the annual enrolment, its overdue end, New Year, a leap day, a common
    /// February, and a plain summer.
    private static let starts = [
        "2027-08-20", "2026-10-01", "2027-12-01", "2028-01-10", "2027-02-01", "2026-06-15",
    ]

    static let seeds: [UInt64] = {
        guard let text = ProcessInfo.processInfo.environment["SIMULATED_SEEDS"] else { return Array(1...6) }
        let ends = text.split(separator: "-").compactMap { UInt64($0) }
        guard let first = ends.first, let last = ends.last, first <= last else { return [] }
        return Array(first...last)
    }()

    @Test(arguments: seeds)
    func `every run keeps to the rules, whatever people do`(seed: UInt64) async throws {
        let start = try #require(CivilDate(Self.starts[Int((seed - 1) % UInt64(Self.starts.count))]))
        try await TestService.with { test in
            let simulation = try await Simulation(test, seed: seed, start: start)
            try await simulation.live(days: 60)
            if ProcessInfo.processInfo.environment["SIMULATED_SEEDS"] != nil {
                print("seed \(seed):", simulation.tally.sorted { $0.key < $1.key })
            }
        }
    }
}
