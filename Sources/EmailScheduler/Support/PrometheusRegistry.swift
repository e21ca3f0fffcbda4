package import CoreMetrics
package import ScheduleAPI
import Synchronization

/// Keeps what the program records (`swift-metrics`) in memory, for `/metrics`. A name has one kind; names and labels are
/// the program's own, so their number has a bound.
package final class PrometheusRegistry: MetricsFactory {
    private struct Key: Hashable {
        let name: String
        let labels: [MetricFamily.Label]
    }

    private let series = Mutex<[Key: any RecordedSeries]>([:])
    private let help: [String: String]

    /// An empty registry.
    ///
    /// - Parameter help: What each metric is, by name.
    package init(help: [String: String]) { self.help = help }

    /// Everything that was recorded, in order of the names.
    package var families: [MetricFamily] {
        let all = series.withLock { $0 }
        return Dictionary(grouping: all, by: \.key.name).sorted { $0.key < $1.key }.map { name, members in
            let sorted = members.sorted {
                $0.key.labels.map(\.value).joined(separator: "\n")
                    < $1.key.labels.map(\.value).joined(separator: "\n")
            }
            return MetricFamily(
                name, sorted[0].value.kind, help: help[name] ?? name,
                sorted.flatMap { $0.value.samples($0.key.labels) })
        }
    }

    private func series<Series: RecordedSeries>(
        _ name: String, _ dimensions: [(String, String)], _ make: () -> Series
    ) -> Series {
        let key = Key(name: name, labels: dimensions.map { .init($0.0, $0.1) })
        return series.withLock { known in
            if let standing = known[key] as? Series { return standing }
            let new = make()
            known[key] = new
            return new
        }
    }

    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        series(label, dimensions) { RecordedCounter() }
    }

    package func makeRecorder(
        label: String, dimensions: [(String, String)], aggregate: Bool
    ) -> any RecorderHandler {
        series(label, dimensions) { RecordedHistogram() }
    }

    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        series(label, dimensions) { RecordedHistogram() }
    }

    // What was counted stays until the process ends, as collectors expect.
    package func destroyCounter(_ handler: any CounterHandler) {}
    package func destroyRecorder(_ handler: any RecorderHandler) {}
    package func destroyTimer(_ handler: any TimerHandler) {}
}

/// Numbers of one name and set of labels.
private protocol RecordedSeries: AnyObject, Sendable {
    var kind: MetricFamily.Kind { get }
    func samples(_ labels: [MetricFamily.Label]) -> [MetricFamily.Sample]
}

private final class RecordedCounter: CounterHandler, RecordedSeries {
    private let count = Atomic<Int64>(0)

    var kind: MetricFamily.Kind { .counter }
    func increment(by amount: Int64) { count.wrappingAdd(amount, ordering: .relaxed) }
    func reset() { count.store(0, ordering: .relaxed) }
    func samples(_ labels: [MetricFamily.Label]) -> [MetricFamily.Sample] {
        [.init(Double(count.load(ordering: .relaxed)), labels: labels)]
    }
}

/// Times in seconds: from a tenth of a millisecond, which a small answer takes, to a minute.
private final class RecordedHistogram: TimerHandler, RecorderHandler, RecordedSeries {
    private static let bounds = [
        0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60,
    ]

    private struct State {
        /// One behind the bounds for everything above them.
        var counts = [Int](repeating: 0, count: RecordedHistogram.bounds.count + 1)
        var sum = 0.0
    }

    private let state = Mutex(State())

    var kind: MetricFamily.Kind { .histogram }
    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }
    func record(_ value: Int64) { record(Double(value)) }
    func record(_ value: Double) {
        let bucket = Self.bounds.firstIndex { value <= $0 } ?? Self.bounds.count
        state.withLock { state in
            state.counts[bucket] += 1
            state.sum += value
        }
    }

    func samples(_ labels: [MetricFamily.Label]) -> [MetricFamily.Sample] {
        let state = state.withLock { $0 }
        var below = 0
        var samples: [MetricFamily.Sample] = []
        for (bound, count) in zip(Self.bounds + [.infinity], state.counts) {
            below += count
            let bucket = MetricFamily.Label("le", PrometheusText.number(bound))
            samples.append(.init(Double(below), labels: labels + [bucket], suffix: "_bucket"))
        }
        samples.append(.init(state.sum, labels: labels, suffix: "_sum"))
        samples.append(.init(Double(below), labels: labels, suffix: "_count"))
        return samples
    }
}
