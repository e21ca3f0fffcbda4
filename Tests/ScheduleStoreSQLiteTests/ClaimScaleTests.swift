import Foundation
import GRDB
import ScheduleStore
import ScheduleStoreSQLite
import SchedulingCore
import Testing

/// Claims over many rows: 5,000 due ones, or as many as `EMAIL_SCHEDULER_CLAIM_ROWS` says.
@Suite struct ClaimScaleTests {
    private static let rows =
        ProcessInfo.processInfo.environment["EMAIL_SCHEDULER_CLAIM_ROWS"].flatMap { Int($0) } ?? 5_000

    let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private static func request(
        limit: Int, _ channel: SendChannel = .email, quietHours: QuietHours? = nil
    ) throws -> ClaimRequest {
        ClaimRequest(
            channel: channel, limit: limit, leaseSeconds: 600,
            today: try #require(CivilDate("2026-02-15")), unixSeconds: 0,
            quietHours: quietHours, policy: SchedulingPolicy(), zone: ZoneOffsets())
    }

    /// Contacts, each with a due email and one that is not due, of two priorities.
    private func fill(_ file: String) async throws {
        try await Other.execute(
            """
            WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < \(Self.rows))
            INSERT INTO contacts (id, email, zip_code) SELECT n, 'c' || n || '@example.com', '75001' FROM number
            """, file: file)
        for (type, day) in [("birthday", "2026-02-15"), ("aep", "2026-09-15")] {
            try await Other.execute(
                """
                INSERT INTO email_schedules (contact_id, email_type, status, scheduled_send_date, priority,
                    event_year, event_month, event_day)
                SELECT id, ?, 'pre-scheduled', ?, 3 + id % 2, 2026, 3, 1 FROM contacts
                """, [type, day], file: file)
        }
    }

    @Test func `eight claimers at once get different rows, all of them once`() async throws {
        let file = directory.file("a.sqlite3")
        let store = try SQLiteOrganizationStore(path: file)
        try await fill(file)
        let claimed = try await withThrowingTaskGroup(of: [Int64].self) { group in
            for number in 1...8 {
                group.addTask {
                    var ids: [Int64] = []
                    while true {
                        let outcome = try await store.claimEmails(
                            Self.request(limit: 100 + number), now: "2026-02-15 12:00:00")
                        if outcome.items.isEmpty { return ids }
                        ids += outcome.items.map(\.email.id)
                    }
                }
            }
            return try await group.reduce(into: [Int64]()) { $0 += $1 }
        }
        #expect(claimed.count == Self.rows)
        #expect(Set(claimed).count == Self.rows)
        let counts = try Other.rows(
            "SELECT status, count(*) AS rows FROM email_schedules GROUP BY status ORDER BY status", file: file
        )
        #expect(counts.map { $0["status"] as String } == ["pre-scheduled", "processing"])
        #expect(counts.map { $0["rows"] as Int } == [Self.rows, Self.rows])
        try await store.close()
    }

    @Test(arguments: ["pre-scheduled", "processing"])
    func `any number of text messages that wait for the morning hide none that can be sent`(
        status: String
    ) async throws {
        let file = directory.file("a.sqlite3")
        let store = try SQLiteOrganizationStore(path: file)
        // Three contacts are awake, behind all others.
        let asleep = ClaimRequest.heldLimit * 2
        try await Other.execute(
            """
            WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < \(asleep + 3))
            INSERT INTO contacts (id, email, zip_code, phone_number)
            SELECT n, 'c' || n || '@example.com', iif(n > \(asleep), '75001', '85001'), '+15550100' FROM number;
            INSERT INTO email_schedules (contact_id, email_type, status, scheduled_send_date, priority,
                email_template, sms_template, event_year, event_month, event_day)
            SELECT id, 'birthday', '\(status)', '2026-02-15', 3, 'e', 's', 2026, 3, 1 FROM contacts ORDER BY id;
            INSERT INTO email_claims (schedule_id, channel, state, priority, due)
            SELECT id, 'sms', 'waiting', 3, '2026-02-15' FROM email_schedules WHERE status = 'processing';
            """, file: file)
        let night = QuietHours(utcSeconds: 12 * 3600, standard: ZoneOffsets()) { zone in
            ZoneOffsets(initialOffset: zone == "America/Phoenix" ? -7 * 3600 : 0)
        }
        for expected in [2, 1, 0] {
            let outcome = try await store.claimEmails(
                Self.request(limit: 2, .sms, quietHours: night), now: "2026-02-15 12:00:00")
            #expect(outcome.items.count == expected)
            #expect(outcome.items.allSatisfy { $0.email.id > Int64(asleep) })
            #expect(outcome.held == asleep)
        }
        try await store.close()
    }
}
