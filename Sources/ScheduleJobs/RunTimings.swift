/// How long the phases and batches of a run took.
struct RunTimings {
    /// Name of the phase that goes on.
    private(set) var phase = ""
    /// Phases in order, each with its duration.
    private(set) var phases: [(name: String, duration: Duration)] = []
    /// Time to decide each batch.
    private(set) var batches: [Duration] = []
    private let clock = ContinuousClock()
    private var phaseStart: ContinuousClock.Instant?
    private var pieceStart: ContinuousClock.Instant?
    private var batch: Duration?

    mutating func begin(_ name: String) {
        end()
        phase = name
        phaseStart = clock.now
    }

    mutating func end() {
        guard let start = phaseStart else { return }
        phases.append((phase, clock.now - start))
        phaseStart = nil
    }

    mutating func beginPiece() { pieceStart = clock.now }

    mutating func endPiece() {
        if let start = pieceStart { batch = (batch ?? .zero) + (clock.now - start) }
    }

    mutating func endBatch() {
        if let batch { batches.append(batch) }
        batch = nil
    }
}

extension Duration {
    /// Milliseconds, rounded to a thousandth.
    var milliseconds: Double {
        let (seconds, attoseconds) = components
        return (Double(seconds) * 1e6 + Double(attoseconds) / 1e12).rounded() / 1000
    }
}
