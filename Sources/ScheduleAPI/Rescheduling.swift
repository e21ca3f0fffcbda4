import HTTPWire
import ScheduleJobs
import ScheduleStore
import SchedulingCore

extension OrganizationRequest {
    /// Plans anew, at once and in the background, whom a change concerns. Before the first full run nobody has a
    /// plan that could be wrong, and nothing happens.
    func reschedule(_ touched: Touched) async throws {
        guard !touched.isEmpty, let plan = try await store().latestFullRun() else { return }
        let date = try planningDate(plan)
        if !touched.contactIDs.isEmpty {
            var run = RunRequest(kind: .contacts, today: date)
            run.contactIDs = touched.contactIDs
            try await submit(run)
        }
        for id in touched.campaignInstanceIDs {
            var run = RunRequest(kind: .campaign, today: date)
            run.campaignInstanceID = id
            try await submit(run)
        }
    }

    private func submit(_ run: RunRequest) async throws {
        _ = try await base.services.workers.submit(run, organizationID: organization.id)
    }

    /// The date that a change is planned for: the current one, or, where the standing plan was made for another
    /// date than its own day, that date, so that a plan tried out for some date stays one of that date.
    private func planningDate(_ plan: RunRecord) throws -> CivilDate {
        guard let zone = base.services.zone(organization.timeZone),
            let created = LocalMoment(Array("\(plan.createdAt)Z".utf8).span, in: zone)?.date
        else { return try today() }
        return plan.request.today == created ? try today() : plan.request.today
    }
}
