package import HTTPServer
package import Metrics
import Synchronization

/// Counts and times of requests, by method, route and class of status, for whatever collects metrics.
package final class RequestMetrics: Sendable {
    private struct Series: Hashable {
        let method: String
        let route: String
        let status: String
    }

    private struct Meters: Sendable {
        let requests: Counter
        let bytes: Counter
        let duration: Timer

        init(_ series: Series, _ factory: any MetricsFactory) {
            let dimensions = [
                ("method", series.method), ("route", series.route), ("status", series.status),
            ]
            requests = Counter(label: "http_requests_total", dimensions: dimensions, factory: factory)
            bytes = Counter(label: "http_response_bytes_total", dimensions: dimensions, factory: factory)
            duration = Timer(label: "http_request_duration_seconds", dimensions: dimensions, factory: factory)
        }
    }

    /// What the metrics are, by name.
    package static let help = [
        "http_requests_total": "Requests that are over, by method, route and class of status.",
        "http_response_bytes_total": "Bytes of answers.",
        "http_request_duration_seconds": "Time from a request's first byte to its answer's last.",
    ]

    private let factory: any MetricsFactory
    private let meters = Mutex<[Series: Meters]>([:])

    /// Metrics for a collector, the program's unless given.
    package init(factory: any MetricsFactory = MetricsSystem.factory) { self.factory = factory }

    /// Notes a request that is over.
    package func record(_ request: RequestSummary) {
        // What no route answered is put together: clients choose paths and methods freely.
        let isRouted = request.route != nil && request.status != 405
        let series = Series(
            method: isRouted ? request.method : "-", route: request.route ?? "-",
            status: request.status == 0 ? "none" : "\(request.status / 100)xx")
        let meters = meters.withLock { known in
            if let meters = known[series] { return meters }
            let meters = Meters(series, factory)
            known[series] = meters
            return meters
        }
        meters.requests.increment()
        meters.bytes.increment(by: request.bytesSent)
        meters.duration.record(duration: request.duration)
    }
}
