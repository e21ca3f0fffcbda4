import Foundation

/// Both sides of one kind of work, measured in turns, so that whatever else the machine does strikes both alike.
struct Comparison {
    let work: Work
    private(set) var ours: [Measurement] = []
    private(set) var theirs: [Measurement] = []

    init(_ work: Work) { self.work = work }

    /// Takes one more turn; who begins changes.
    mutating func takeTurn(in space: Workspace) throws {
        if ours.count.isMultiple(of: 2) {
            ours.append(try work.ours(in: space))
            theirs.append(try work.theirs(in: space))
        } else {
            theirs.append(try work.theirs(in: space))
            ours.append(try work.ours(in: space))
        }
    }

    /// Ratios of neighbouring turns, the smallest first.
    func ratios(_ quantity: KeyPath<Measurement, Double>) -> [Double] {
        zip(ours, theirs).map { $0[keyPath: quantity] / $1[keyPath: quantity] }.sorted()
    }

    /// The ratio of each side's best turn: what else the machine does only ever adds.
    func bestRatio(_ quantity: KeyPath<Measurement, Double>) -> Double {
        let our = ours.map { $0[keyPath: quantity] }.min() ?? 0
        let their = theirs.map { $0[keyPath: quantity] }.min() ?? 0
        return our / their
    }

    /// A line of the table.
    var line: String {
        let wall = ratios(\.seconds)
        let figures = [wall[0], wall[wall.count / 2], wall[wall.count - 1]]
        let peak = ours.map(\.peakMiB).max() ?? 0
        return [
            work.rawValue.padding(toLength: 24, withPad: " ", startingAt: 0),
            work.reference.padding(toLength: 26, withPad: " ", startingAt: 0),
            figures.map { String(format: "%5.2f", $0) }.joined(separator: " "),
            String(format: "  %5.2f", bestRatio(\.processorSeconds)),
            String(
                format: "  %7.2f s %7.2f s", ours.map(\.seconds).min() ?? 0, theirs.map(\.seconds).min() ?? 0),
            String(format: "  %4.0f MiB", peak),
        ].joined()
    }

    /// What stands above the lines.
    static let heading =
        "work".padding(toLength: 24, withPad: " ", startingAt: 0)
        + "reference".padding(toLength: 26, withPad: " ", startingAt: 0)
        + "min / median / max  CPU    best: ours, reference   peak memory"
}
