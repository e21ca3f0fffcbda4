import EmailScheduler
import Metrics
import ScheduleAPI
import Testing

@Suite struct PrometheusRegistryTests {
    @Test func `what was recorded is put together by name, kind and labels`() throws {
        let registry = PrometheusRegistry(help: ["requests_total": "Requests."])
        for (route, count) in [("/b", 2), ("/a", 1), ("/b", 3)] {
            Counter(label: "requests_total", dimensions: [("route", route)], factory: registry)
                .increment(by: count)
        }
        let family = try #require(registry.families.first)
        #expect(family.help == "Requests.")
        #expect(family.kind == .counter)
        #expect(family.samples.map(\.value) == [1, 5])
        #expect(family.samples.map { $0.labels.map(\.value) } == [["/a"], ["/b"]])
    }

    @Test func `times fall into buckets that count what is below`() throws {
        let registry = PrometheusRegistry(help: [:])
        let timer = Timer(label: "time_seconds", factory: registry)
        for milliseconds in [1, 3, 3, 700, 90_000] { timer.recordMilliseconds(milliseconds) }
        let family = try #require(registry.families.first)
        #expect(family.kind == .histogram)
        func value(_ bound: String) -> Double? {
            family.samples.first { $0.labels.contains(.init("le", bound)) }?.value
        }
        #expect(
            [value("0.0005"), value("0.001"), value("0.005"), value("1"), value("60")] == [0, 1, 3, 4, 4])
        #expect(value("+Inf") == 5)
        #expect(family.samples.first { $0.suffix == "_count" }?.value == 5)
        #expect(family.samples.first { $0.suffix == "_sum" }.map { ($0.value * 1000).rounded() } == 90_707)
    }
}
