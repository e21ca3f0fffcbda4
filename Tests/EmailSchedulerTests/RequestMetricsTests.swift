import EmailScheduler
import HTTPServer
import Metrics
import MetricsTestKit
import Testing

@Suite struct RequestMetricsTests {
    @Test func `requests are counted and timed by method, route and class of status`() throws {
        let collected = TestMetrics()
        let metrics = RequestMetrics(factory: collected)
        metrics.record(summary("GET", "/v1/orgs/{org}", 200))
        metrics.record(summary("GET", "/v1/orgs/{org}", 204))
        metrics.record(summary("GET", "/v1/orgs/{org}", 404))
        let ok = [("method", "GET"), ("route", "/v1/orgs/{org}"), ("status", "2xx")]
        #expect(try collected.expectCounter("http_requests_total", ok).totalValue == 2)
        #expect(try collected.expectCounter("http_response_bytes_total", ok).totalValue == 200)
        #expect(
            try collected.expectTimer("http_request_duration_seconds", ok).values == [5_000_000, 5_000_000])
        let missing = [("method", "GET"), ("route", "/v1/orgs/{org}"), ("status", "4xx")]
        #expect(try collected.expectCounter("http_requests_total", missing).totalValue == 1)
    }

    @Test func `what clients choose freely makes no series of its own`() throws {
        let collected = TestMetrics()
        let metrics = RequestMetrics(factory: collected)
        metrics.record(summary("ONE", nil, 404))
        metrics.record(summary("TWO", nil, 400))
        metrics.record(summary("THREE", "/healthz", 405))
        metrics.record(summary("FOUR", "/healthz", 405))
        metrics.record(summary("GET", nil, 0))
        #expect(collected.counters.count == 6)
        let refused = [("method", "-"), ("route", "-"), ("status", "4xx")]
        #expect(try collected.expectCounter("http_requests_total", refused).totalValue == 2)
        let lost = [("method", "-"), ("route", "-"), ("status", "none")]
        #expect(try collected.expectCounter("http_requests_total", lost).totalValue == 1)
    }

    private func summary(_ method: String, _ route: String?, _ status: Int) -> RequestSummary {
        var summary = RequestSummary(requestID: "id", remoteAddress: "::1", method: method, path: "/")
        summary.route = route
        summary.status = status
        summary.bytesSent = 100
        summary.duration = .milliseconds(5)
        return summary
    }
}
