import Synchronization

/// Shows on a terminal how far a run is, on one line of standard error.
final class ProgressMeter: Sendable {
    private let isShown: Bool
    private let percent = Mutex<Int64>(-1)

    /// A meter at the beginning.
    init(isShown: Bool) { self.isShown = isShown }

    /// Shows a state, if it differs from the last one by a percent.
    func show(_ done: Int64, of total: Int64) {
        guard isShown, total > 0 else { return }
        let now = min(100, done * 100 / total)
        let isNew = percent.withLock { percent in
            defer { percent = now }
            return percent != now
        }
        if isNew { Output.progress("\r\(now) % of \(total) contacts") }
    }

    /// Clears the line.
    func end() {
        if isShown { Output.progress("\r\u{1B}[K") }
    }
}
