/// Finds the name that somebody probably meant.
enum EditDistance {
    /// The name nearest to a misspelt one, nil where none is near: at most a third of its letters wrong,
    /// where two neighbours that changed places count as one. The case of letters does not matter.
    static func nearest(to name: String, among names: some Sequence<String>) -> String? {
        guard name.utf8.count <= 64 else { return nil }
        let wrong = Array(name.lowercased().unicodeScalars)
        let candidates = names.map { ($0, distance(wrong, Array($0.lowercased().unicodeScalars))) }
        let best = candidates.min { ($0.1, $0.0) < ($1.1, $1.0) }
        guard let best, best.1 <= max(1, wrong.count / 3) else { return nil }
        return best.0
    }

    private static func distance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
        var older: [Int] = []
        var previous = Array(0...right.count)
        for (row, scalar) in left.enumerated() {
            var current = [row + 1]
            for (column, other) in right.enumerated() {
                var cost = min(previous[column + 1], current[column]) + 1
                cost = min(cost, previous[column] + (scalar == other ? 0 : 1))
                let isSwap = row > 0 && column > 0 && scalar == right[column - 1] && left[row - 1] == other
                if isSwap { cost = min(cost, older[column - 1] + 1) }
                current.append(cost)
            }
            older = previous
            previous = current
        }
        return previous[right.count]
    }
}
