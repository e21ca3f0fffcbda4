import GRDB
import ScheduleJobs
import ScheduleStore
import SchedulingCore
import StoreConformance
import Testing

/// Explanations over a stored organisation.
@Suite struct ContactExplainerTests {
    @Test func `changed contacts are explained as the run that follows plans them`() async throws {
        let organization = try await TestOrganization(contacts: 400)
        let today = try #require(TestOrganization.today)
        let first = try #require(try await organization.claim())
        let outcome = try organization.executor().execute(first)
        _ = try await organization.store.finishRun(first, outcome, now: TestOrganization.now())
        let queue = try DatabaseQueue(path: organization.path)
        try await queue.write { database in
            try database.execute(
                sql: """
                    UPDATE contacts SET state = 'NY' WHERE id % 40 = 1;
                    UPDATE contacts SET birth_date = '1950-02-14' WHERE id % 40 = 2;
                    UPDATE contacts SET effective_date = '2020-02-10' WHERE id % 40 = 3;
                    UPDATE email_schedules SET status = 'sent', scheduled_send_date = '2026-01-03'
                        WHERE contact_id % 40 = 4 AND email_type = 'birthday';
                    INSERT INTO suppressions (contact_id) SELECT id FROM contacts WHERE id % 40 = 5;
                    """)
        }
        let explainer = ContactExplainer(store: organization.store, environment: organization.environment())
        for id in (1...400 as ClosedRange<Int64>) where id % 40 < 7 {
            let plan = try #require(
                try await explainer.explain(contactID: id, today: today)
            ).explanation
            var request = RunRequest(kind: .contacts, today: today)
            request.contactIDs = [id]
            _ = try await organization.store.createRun(request, now: TestOrganization.now())
            let run = try #require(
                try await organization.store.claimNextRun(
                    configVersion: nil, engineVersion: "test", now: TestOrganization.now()))
            let outcome = try organization.executor().execute(run)
            _ = try await organization.store.finishRun(run, outcome, now: TestOrganization.now())
            let rows = try await organization.store.schedules(ofContact: id).filter { $0.status != "sent" }
            let lines = rows.map {
                "\($0.emailType ?? "") \($0.status ?? "") \($0.scheduledSendDate ?? "") \($0.skipReason ?? "")"
            }
            let explained = plan.emails.filter { $0.status == .preScheduled || $0.status == .skipped }.map {
                "\($0.emailType) \($0.status.rawValue) \($0.date?.description ?? "") \($0.skipReason?.rawValue ?? "")"
            }
            #expect(lines.sorted() == explained.sorted(), "contact \(id)")
        }
    }

    @Test func `a contact that is not there has no explanation, and explaining writes nothing`() async throws
    {
        let organization = try await TestOrganization(contacts: 3)
        let today = try #require(TestOrganization.today)
        let explainer = ContactExplainer(store: organization.store, environment: organization.environment())
        let missing = try await explainer.explain(contactID: 4, today: today)
        #expect(missing == nil)
        let explained = try #require(try await explainer.explain(contactID: 1, today: today))
        #expect(explained.explanation.emails.contains { $0.status == .preScheduled })
        #expect(explained.timeZone == "America/Chicago")
        #expect(try await organization.plan().isEmpty)
        #expect(try await organization.store.runs(before: nil, limit: 10).items.isEmpty)
    }
}
