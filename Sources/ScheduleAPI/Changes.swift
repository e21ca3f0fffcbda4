import HTTPHandling
import ScheduleJobs
import ScheduleStore
import SchedulingCore

extension OrganizationRequest {
    /// Carries a change out and answers it. In one transaction with the change are stored the runs that plan anew
    /// whom it concerns, the entry of the audit log and, where the request has an idempotency key, its answer.
    ///
    /// - Parameters:
    ///   - planning: The runs that the change calls for; `runs(for:plan:)` unless given.
    ///   - actor: Who does it; who makes the request, unless given.
    ///   - verb: Changes something in the store that it is handed.
    ///   - audit: What was done, from what a verb of the store returns; nil for nothing that is to be told.
    ///   - answer: The answer, from what the verb returns and the runs that were put in the queue.
    func change<Outcome: Sendable>(
        planning: ChangeCompanion.Planning? = nil, by actor: String? = nil,
        _ verb: (any OrganizationStore) async throws -> Outcome,
        verbAudit audit: @escaping @Sendable (_ outcome: any Sendable) -> AuditEvent?,
        answer: @escaping @Sendable (_ outcome: Outcome, _ runs: [RunRecord]) throws -> ServerResponse
    ) async throws -> ServerResponse {
        let exchange = base.idempotency
        let companion = ChangeCompanion(
            now: base.now, planning: planning ?? { try runs(for: $0, plan: $1) },
            answering: { outcome, runs in
                guard let exchange, let outcome = outcome as? Outcome else { return nil }
                return try exchange.kept(answer(outcome, runs))
            }, auditing: { audit($0).map { base.audit($0, actor: actor) } })
        defer { if !companion.queuedRuns.isEmpty { base.services.workers.wake(organization.id) } }
        let outcome = try await verb(store().accompanied(by: companion))
        return try answer(outcome, companion.queuedRuns)
    }

    /// Carries a change out and answers it, where one verb of the store does all of it.
    func change<Outcome: Sendable>(
        planning: ChangeCompanion.Planning? = nil,
        _ verb: (any OrganizationStore) async throws -> Outcome,
        audit: @escaping @Sendable (_ outcome: Outcome) -> AuditEvent?,
        answerWithRuns answer:
            @escaping @Sendable (
                _ outcome: Outcome, _ runs: [RunRecord]
            ) throws -> ServerResponse
    ) async throws -> ServerResponse {
        try await change(
            planning: planning, verb, verbAudit: { ($0 as? Outcome).flatMap(audit) }, answer: answer)
    }

    /// Carries a change out and answers it, where one verb of the store does all of it and no run is part of the
    /// answer.
    func change<Outcome: Sendable>(
        _ verb: (any OrganizationStore) async throws -> Outcome,
        audit: @escaping @Sendable (_ outcome: Outcome) -> AuditEvent?,
        answer: @escaping @Sendable (_ outcome: Outcome) throws -> ServerResponse
    ) async throws -> ServerResponse {
        try await change(
            verb, verbAudit: { ($0 as? Outcome).flatMap(audit) },
            answer: { outcome, _ in try answer(outcome) })
    }

    /// The runs that plan anew whom a change concerns. Before the first full run nobody has a plan that could be
    /// wrong, and there are none.
    private func runs(for touched: Touched, plan: RunRecord?) throws -> [RunRequest] {
        guard !touched.isEmpty, let plan else { return [] }
        let date = try planningDate(plan)
        if touched.isEverybody { return [RunRequest(kind: .full, today: date)] }
        var runs = touched.campaignInstanceIDs.map { id in
            var run = RunRequest(kind: .campaign, today: date)
            run.campaignInstanceID = id
            return run
        }
        if !touched.contactIDs.isEmpty {
            var run = RunRequest(kind: .contacts, today: date)
            run.contactIDs = touched.contactIDs
            runs.insert(run, at: 0)
        }
        return runs
    }

    /// The date that a change is planned for: the current one, or, where the standing plan was made for another
    /// date than its own day, that date, so that a plan tried out for some date stays one of that date.
    func planningDate(_ plan: RunRecord?) throws -> CivilDate {
        guard let plan, let zone = base.services.zone(organization.timeZone),
            let created = LocalMoment(Array("\(plan.createdAt)Z".utf8).span, in: zone)?.date
        else { return try today() }
        return plan.request.today == created ? try today() : plan.request.today
    }
}
