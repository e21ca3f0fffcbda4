import HTTPHandling
import HTTPTypes
import ScheduleJobs
import ScheduleStore
import SchedulingCore

/// Numbers for dashboards.
enum MetricsHandlers {
    /// Days that a calendar has where the request does not say: a year, and today.
    private static let standardDays = 366
    /// Days that a calendar has at most.
    private static let longestDays = 800

    /// `GET /v1/orgs/{org}/metrics`
    static func ofOrganization(_ request: OrganizationRequest) async throws -> ServerResponse {
        try request.query.finish()
        let today = try request.today()
        let unixSeconds = request.base.services.unixSeconds()
        let metrics = try await request.store().metrics(today: today, unixSeconds: unixSeconds)
        return .json(.ok, capacity: 65_536) { writer in
            writer.member("generated_at", Timestamp.rfc3339(column: request.base.now))
            writer.member("today", today.description)
            metrics.write(to: &writer)
        }
    }

    /// `GET /v1/orgs/{org}/calendar`: every day of a span, those without emails too.
    static func calendar(_ request: OrganizationRequest) async throws -> ServerResponse {
        var query = request.query
        let today = try request.today()
        let first = query.date(.from) ?? today
        let last = query.date(.to) ?? first + (standardDays - 1)
        if !RunHandlers.years.contains(first.year) || !RunHandlers.years.contains(last.year) {
            let years = RunHandlers.years
            query.refuse(
                query.has(.from) ? .from : .to, "invalid_date",
                "Expected years from \(years.lowerBound) to \(years.upperBound).")
        } else if first > last {
            query.refuse(.to, "invalid_value", "It is before `from`.")
        } else if last - first >= longestDays {
            query.refuse(.to, "invalid_value", "A calendar has at most \(longestDays) days.")
        }
        try query.finish()
        let store = try await request.store()
        let load = try await request.runEnvironment().policy.load
        let cap = load.dailyCap(totalContacts: try await store.countContacts())
        let calendar = Calendar(
            days: first...last, cap: cap, threshold: load.overageLimit(cap: cap),
            counts: try await store.dayCounts(first...last))
        return .json(.ok, capacity: 65_536, calendar.write)
    }

    /// `GET /v1/metrics`: the sums of each organisation, and what the process needs.
    static func ofService(_ request: APIRequest) async throws -> ServerResponse {
        try request.query.finish()
        let totals = try await ServiceTotals.read(request.services)
        return .json(.ok, capacity: 4096) { writer in
            writer.member("generated_at", Timestamp.rfc3339(column: request.now))
            totals.write(to: &writer)
            let workers = request.services.workers.status
            writer.member("workers") { writer in
                writer.object { writer in
                    writer.member("alive", workers.isAlive)
                    writer.member("waiting_organizations", workers.backlog)
                    writer.member("troubled_organizations", workers.troubled)
                    writer.member("last_run_finished_at", instant: workers.lastRunFinishedAt)
                }
            }
            writer.member("process") { writer in
                writer.object(request.services.processFigures().write)
            }
        }
    }

    /// `GET /metrics`: sums over all organisations, in Prometheus' text format. Everybody may read them, so nothing tells
    /// one organisation from another.
    static func prometheus(_ request: APIRequest) async throws -> ServerResponse {
        try request.query.finish()
        let services = request.services
        let totals = try await ServiceTotals.read(services)
        let families =
            totals.families(unixSeconds: services.unixSeconds()) + .workers(services.workers.status)
            + services.processFigures().families + services.recordedMetrics()
        return ServerResponse(
            status: .ok, fields: [.contentType: PrometheusText.contentType],
            body: .bytes(PrometheusText.write(families)))
    }
}
