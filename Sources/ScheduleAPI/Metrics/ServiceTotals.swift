import ScheduleJobs
import ScheduleStore
import SchedulingCore

/// The sums of every organisation.
struct ServiceTotals: Sendable {
    /// In order of their ids; nil where an organisation's store cannot be read.
    private var organizations: [(id: String, summary: OrganizationSummary?)] = []

    /// Reads them, one organisation after the other.
    static func read(_ services: APIServices) async throws -> ServiceTotals {
        var totals = ServiceTotals()
        let unixSeconds = services.unixSeconds()
        var cursor: String?
        repeat {
            let page = try await services.service.organizations(after: cursor, limit: 1000)
            for record in page.items {
                let today = (services.zone(record.timeZone) ?? ZoneOffsets()).local(utcSeconds: unixSeconds)
                    .date
                // One organisation's trouble is not the others'; `/readyz` tells of it.
                let summary = try? await services.organizations.store(ofOrganization: record.id)
                    .summary(today: today, unixSeconds: unixSeconds)
                totals.organizations.append((record.id, summary))
            }
            cursor = page.nextCursor
        } while cursor != nil
        return totals
    }

    private var summaries: [OrganizationSummary] { organizations.compactMap(\.summary) }

    // MARK: JSON

    func write(to writer: inout JSONWriter) {
        writer.member("organizations") { writer in
            writer.array(organizations) { writer, organization in
                writer.object { writer in
                    writer.member("id", organization.id)
                    writer.member("available", organization.summary != nil)
                    organization.summary.map { Self.write($0, to: &writer) }
                }
            }
        }
    }

    private static func write(_ summary: OrganizationSummary, to writer: inout JSONWriter) {
        writer.member("contacts", summary.contacts)
        writer.member("suppressed_contacts", summary.suppressedContacts)
        writer.member("email_schedules", counts: summary.emails)
        writer.member("runs", runs: summary.runs)
        writer.member("last_success_at", instant: summary.lastSuccess?.finishedAt)
        writer.member("backlog") { writer in writer.object(summary.backlog.write) }
    }

    // MARK: Prometheus

    /// Sums over all organisations.
    func families(unixSeconds: Int64) -> [MetricFamily] {
        func sum(_ value: (OrganizationSummary) -> Int) -> Int { summaries.reduce(0) { $0 + value($1) } }
        let emails = summaries.reduce(into: [String: Int]()) { $0.merge($1.emails, uniquingKeysWith: +) }
        let known = Set(["pre-scheduled", "skipped"] + DeliveryStatus.allCases.map(\.rawValue))
        // Other programs may write any status: they are put together, so that their number has a bound.
        let byStatus = Dictionary(emails.map { (known.contains($0.key) ? $0.key : "other", $0.value) }) {
            $0 + $1
        }
        let ends = summaries.compactMap { $0.lastSuccess?.finishedAt.flatMap(Timestamp.unixSeconds(column:)) }
        return [
            .gauge("email_scheduler_organizations", "Organisations.", organizations.count),
            .gauge(
                "email_scheduler_organizations_unavailable", "Organisations whose store cannot be read.",
                organizations.count - summaries.count),
            .gauge("email_scheduler_contacts", "Contacts.", sum(\.contacts)),
            .gauge(
                "email_scheduler_suppressed_contacts", "Contacts on a do-not-contact list.",
                sum(\.suppressedContacts)),
            MetricFamily(
                "email_scheduler_emails", .gauge, help: "Emails by status.",
                byStatus.sorted { $0.key < $1.key }.map {
                    .init(Double($0.value), labels: [.init("status", $0.key)])
                }),
            MetricFamily(
                "email_scheduler_runs", .gauge, help: "Runs by state.",
                RunRecord.State.allCases.map { state in
                    .init(Double(sum { $0.runs[state] ?? 0 }), labels: [.init("state", state.rawValue)])
                }),
            .gauge(
                "email_scheduler_due_emails", "Planned emails of today and before that no sender has.",
                sum(\.backlog.due)),
            .gauge(
                "email_scheduler_leased_emails", "Emails that are with a sender under a lease.",
                sum(\.backlog.leased)),
            MetricFamily(
                "email_scheduler_last_success_age_seconds", .gauge,
                help: "Time since a run was completed, in any organisation.",
                ends.max().map { [.init(Double(max(0, unixSeconds - $0)))] } ?? []),
            MetricFamily(
                "email_scheduler_oldest_success_age_seconds", .gauge,
                help: "Time since a run was completed, in the organisation where that is longest ago.",
                ends.min().map { [.init(Double(max(0, unixSeconds - $0)))] } ?? []),
        ]
    }
}

extension [MetricFamily] {
    /// What the workers say.
    static func workers(_ status: RunWorkersStatus) -> [MetricFamily] {
        [
            .gauge("email_scheduler_workers_up", "Whether the workers are at work.", status.isAlive ? 1 : 0),
            .gauge(
                "email_scheduler_waiting_organizations", "Organisations that wait for a worker.",
                status.backlog),
            .gauge(
                "email_scheduler_troubled_organizations", "Organisations whose runs cannot be taken up.",
                status.troubled),
        ]
    }
}
