import Foundation
import GRDB
import ScheduleJobs
import ScheduleStore
import SchedulingCore
import StoreConformance
import Testing

/// Runs of some contacts, of a campaign, and of follow-ups alone, after a full run (SPEC 11).
@Suite struct PartialRunTests {
    let organization: TestOrganization

    init() async throws {
        organization = try await TestOrganization(contacts: 400)
        _ = try await run(.full)
    }

    /// Carries a run out and returns its report.
    private func run(
        _ kind: RunRecord.Kind, contacts: [Int64]? = nil, instance: Int64? = nil
    ) async throws -> [String: Any] {
        var request = RunRequest(kind: kind, today: try #require(TestOrganization.today))
        request.contactIDs = contacts
        request.campaignInstanceID = instance
        _ = try await organization.store.createRun(request, now: TestOrganization.now())
        let run = try #require(
            try await organization.store.claimNextRun(
                configVersion: nil, engineVersion: "test", now: TestOrganization.now()))
        let outcome = try organization.executor(batchSize: 50).execute(run)
        let ended = try await organization.store.finishRun(run, outcome, now: TestOrganization.now())
        #expect(ended.state == .completed)
        #expect(ended.contactsDone == ended.contactsTotal || contacts != nil)
        if let contacts { #expect(ended.contactsTotal == Int64(contacts.count)) }
        return try members(ended.report)
    }

    private func sql(_ statement: String) async throws {
        let queue = try DatabaseQueue(path: organization.path)
        try await queue.write { try $0.execute(sql: statement) }
    }

    private func changes(_ report: [String: Any]) -> [Int] {
        ["inserted", "updated", "deleted"].map { report[$0] as? Int ?? -1 }
    }

    private func dayCounts() throws -> [DayCount] {
        try organization.store.makeRunWriter().loadDayCounts()
    }

    @Test func `contacts that have changed are right at once, and a full run finds nothing left to do`()
        async throws
    {
        let before = try await organization.plan()
        try await sql("UPDATE contacts SET state = 'NY' WHERE id IN (9, 17, 33)")
        try await sql("UPDATE contacts SET birth_date = '1950-04-30' WHERE id = 50")
        try await sql("DELETE FROM contacts WHERE id = 70")
        let report = try await run(.contacts, contacts: [9, 17, 33, 50, 70])
        #expect(report["contacts_processed"] as? Int == 4)
        let after = try await organization.plan()
        let touched = Set(["9", "17", "33", "50", "70"])
        func others(_ plan: [String]) -> [String] {
            plan.filter { !touched.contains(String($0.prefix { $0 != " " })) }
        }
        #expect(others(after) == others(before))
        #expect(after.filter { $0.hasPrefix("9 ") }.allSatisfy { $0.hasSuffix("year_round_exclusion") })
        #expect(!after.contains { $0.hasPrefix("70 ") })

        let counts = try dayCounts()
        #expect(changes(try await run(.full)) == [0, 0, 0])
        #expect(try dayCounts() == counts)
    }

    @Test func `days that have passed are not among those over the cap`() async throws {
        let writer = try organization.store.makeRunWriter()
        let today = try #require(TestOrganization.today)
        try writer.saveDayCounts(
            runID: 1,
            [
                DayCount(day: today - 1, effectiveDateIdealCount: 0, finalCount: 400),
                DayCount(day: today + 300, effectiveDateIdealCount: 0, finalCount: 400),
            ])
        let report = try await run(.contacts, contacts: [9])
        #expect(report["over_cap"] as? [String] == [(today + 300).description])
    }

    @Test func `a new contact finds its place beside the others, and moves none of them`() async throws {
        let before = Set(try await organization.plan())
        _ = try await organization.store.insertContact(TestOrganization.contact(401))
        let report = try await run(.contacts, contacts: [401])
        #expect(try #require(report["inserted"] as? Int) > 0)
        #expect(Set(try await organization.plan()).isSuperset(of: before))
        let counts = try dayCounts()
        #expect(changes(try await run(.full)) == [0, 0, 0])
        #expect(try dayCounts() == counts)
    }

    @Test func `a contact decided anew without change stays as it is`() async throws {
        let counts = try dayCounts()
        #expect(changes(try await run(.contacts, contacts: Array(1...100))) == [0, 0, 0])
        #expect(try dayCounts() == counts)
    }

    /// Contact 1's email was sent and has lost its ideal date, 9's was sent and its contact has moved to where it would
    /// not be, 402's came too late for any day that is allowed, 33 has unsubscribed since it was planned.
    @Test func `smoothing counts everybody once, however often a contact is decided anew`() async throws {
        var late = TestOrganization.contact(402)
        (late.zipCode, late.birthDate, late.effectiveDate) = ("94110", "1950-04-05", "2015-01-20")
        _ = try await organization.store.insertContact(late)
        try await sql(
            """
            UPDATE email_schedules SET status = 'sent' WHERE contact_id IN (1, 9) AND email_type = 'effective_date';
            UPDATE email_schedules SET ideal_send_date = NULL WHERE contact_id = 1 AND status = 'sent';
            UPDATE contacts SET state = 'NY' WHERE id = 9;
            """)
        _ = try await run(.full)
        let plan = try await organization.plan()
        #expect(
            plan.contains { $0.hasPrefix("402 effective_date 2025-12-21") && $0.hasSuffix("birthday_window") }
        )
        let (counts, before) = (try dayCounts(), try smoothed())
        for _ in 1...3 {
            #expect(changes(try await run(.contacts, contacts: [1, 9, 402])) == [0, 0, 0])
            #expect(try dayCounts() == counts)
        }

        try await sql(
            """
            INSERT INTO suppressions (contact_id, channel) VALUES (33, 'email');
            UPDATE email_schedules SET status = 'skipped', skip_reason = 'suppressed'
                WHERE contact_id = 33 AND status = 'pre-scheduled';
            DELETE FROM contacts WHERE id = 41;
            DELETE FROM email_schedules WHERE contact_id = 41;
            """)
        _ = try await run(.contacts, contacts: [33, 41])
        let smoothing = try smoothed()
        #expect(smoothing != before)
        _ = try await run(.full)
        #expect(try smoothed() == smoothing)
    }

    @Test func `a file from before this was remembered infers it from its rows`() async throws {
        let shares = "SELECT group_concat(block || ' ' || hex(shares)) FROM smoothing_shares"
        func remembered(_ organization: TestOrganization) async throws -> String? {
            try await DatabaseQueue(path: organization.path).read { try String.fetchOne($0, sql: shares) }
        }
        let before = try #require(try await remembered(organization))
        try await sql(
            """
            DROP TABLE smoothing_shares;
            DELETE FROM grdb_migrations WHERE identifier = 'organization-8';
            """)
        let migrated = try TestOrganization(asLeftBy: organization)
        #expect(try await remembered(migrated) == before)
    }

    /// Effective-date emails that smoothing counts, by day.
    private func smoothed() throws -> [String: Int] {
        var smoothed: [String: Int] = [:]
        for count in try dayCounts() where count.effectiveDateIdealCount > 0 {
            smoothed["\(count.day)"] = count.effectiveDateIdealCount
        }
        return smoothed
    }

    @Test func `a campaign run plans its targets, who get their status, and nobody else`() async throws {
        try await sql(
            """
            INSERT INTO campaign_instances (id, campaign_type, instance_name, email_template, active_start_date)
                VALUES (7, 'rate_increase', 'spring', 'spring_v1', '2026-01-01');
            INSERT INTO contact_campaigns (contact_id, campaign_instance_id, trigger_date, status)
                VALUES (1, 7, '2026-03-20', 'pending'), (2, 7, '2026-03-20', 'pending');
            """)
        let report = try await run(.campaign, instance: 7)
        #expect(report["contacts_processed"] as? Int == 2)
        var filter = ScheduleFilter()
        filter.campaignInstanceID = 7
        let rows = try await organization.store.schedules(filter, after: nil, limit: 10).items
            .sorted { ($0.contactID ?? 0) < ($1.contactID ?? 0) }
        #expect(rows.map(\.contactID) == [1, 2])
        #expect(
            rows.allSatisfy { $0.emailType == "campaign_rate_increase" && $0.idealSendDate == "2026-03-06" })
        #expect(rows.allSatisfy { $0.emailTemplate == "spring_v1" })
        let queue = try DatabaseQueue(path: organization.path)
        let statuses = try await queue.read {
            try String.fetchAll($0, sql: "SELECT status FROM contact_campaigns ORDER BY contact_id")
        }
        #expect(statuses == rows.map { $0.status == "skipped" ? "skipped" : "scheduled" })
    }

    @Test func `a campaign run takes away the emails of an instance that is gone`() async throws {
        try await sql(
            """
            INSERT INTO campaign_instances (id, campaign_type, instance_name, active_start_date)
                VALUES (7, 'rate_increase', 'spring', '2026-01-01');
            INSERT INTO contact_campaigns (contact_id, campaign_instance_id, trigger_date)
                VALUES (1, 7, '2026-03-20');
            """)
        let planned = try await run(.campaign, instance: 7)
        #expect(planned["inserted"] as? Int == 1)
        try await sql("DELETE FROM campaign_instances; DELETE FROM contact_campaigns")
        let ended = try await run(.campaign, instance: 7)
        #expect(ended["deleted"] as? Int == 1)
    }

    @Test func `a follow-up run makes follow-ups and leaves every other row alone`() async throws {
        try await sql(
            """
            UPDATE email_schedules SET status = 'sent', scheduled_send_date = '2026-01-04',
                actual_send_datetime = '2026-01-04 08:30:00'
            WHERE id = (SELECT min(id) FROM email_schedules WHERE contact_id = 1 AND status = 'pre-scheduled');
            UPDATE contacts SET state = 'NY' WHERE id = 9;
            """)
        let before = try await organization.plan()
        let report = try await run(.followups)
        #expect(changes(report) == [1, 0, 0])
        let after = try await organization.plan()
        #expect(after.filter { !$0.contains("followup_") } == before)
        #expect(after.filter { $0.contains("followup_1_cold 2026-01-06") }.count == 1)
        #expect(changes(try await run(.followups)) == [0, 0, 0])
    }
}
