import Foundation

/// Requests a second of two servers in turns, each alone, so that whatever else the machine does strikes both alike; a
/// ratio is of two neighbouring turns.
struct ServerComparison {
    private var ratios: [Double] = []
    private var best = (ours: 0.0, theirs: 0.0)

    /// Takes turns; who begins changes, as the first turn may find the machine cooler.
    init(rounds: Int, ours: () throws -> Double, theirs: () throws -> Double) throws {
        for round in 0..<rounds {
            let our: Double
            let their: Double
            if round.isMultiple(of: 2) {
                our = try ours()
                their = try theirs()
            } else {
                their = try theirs()
                our = try ours()
            }
            ratios.append(our / their)
            best = (max(best.ours, our), max(best.theirs, their))
        }
        ratios.sort()
    }

    /// Minimum, median and maximum of the ratios, and the best turn of each.
    var line: String {
        [ratios[0], ratios[ratios.count / 2], ratios[ratios.count - 1]].map { String(format: "%.2f", $0) }
            .joined(separator: " ")
            + String(format: " (best %.0f and %.0f requests/s)", best.ours, best.theirs)
    }
}
