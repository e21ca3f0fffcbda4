import ScheduleStore
import SchedulingCore
import Testing

/// A claim on the day on which `birthdayEmail` is due.
///
/// - Parameters:
///   - seconds: When it is made.
///   - hour: The quiet hours are those of this hour in UTC, which everybody's clock shows but those of some zones.
///   - offsets: Hours by which clocks of time zones differ from UTC.
func claimRequest(
    _ channel: SendChannel = .email, limit: Int = 100, at seconds: Int64 = 0, lease: Int64 = 60,
    today: String = "2026-02-15", hour: Int64 = 12, offsets: [String: Int] = [:]
) throws -> ClaimRequest {
    ClaimRequest(
        channel: channel, limit: limit, leaseSeconds: lease, today: try date(today), unixSeconds: seconds,
        quietHours: channel == .sms
            ? QuietHours(utcSeconds: hour * 3600, standard: ZoneOffsets()) { zone in
                ZoneOffsets(initialOffset: (offsets[zone] ?? 0) * 3600)
            } : nil,
        policy: SchedulingPolicy(), zone: ZoneOffsets())
}

extension OrganizationStore {
    /// Stores emails as a run does, with row ids from 1 in their order.
    func plan(_ emails: [PlannedEmail], _ catalog: RunCatalog) async throws {
        let run = try await startRun()
        let writer = try makeRunWriter()
        _ = try writer.apply(
            emails.map(RowChange.insert), runID: run.id, catalog: catalog, now: now,
            checkpoint: .after(nil, run: run.id))
        _ = try await finishRun(run, .completed(report: "{}"), now: now)
    }

    /// Contacts with ids from 1, each with a birthday email that is due on 2026-02-15.
    func planBirthdays(_ count: Int, withText: Bool = false) async throws {
        try await insertContacts(count)
        if withText {
            for id in 1...count {
                var draft = ContactDraft(id: Int64(id), given: .phoneNumber)
                draft.phoneNumber = "+15550100"
                _ = try await updateContact(id: Int64(id), draft)
            }
        }
        let catalog = try catalog()
        try await plan(
            try (1...count).map { id in
                var email = try birthdayEmail(Int64(id), catalog)
                if withText { email.smsTemplate = catalog.symbol("birthday_sms") }
                return email
            }, catalog)
    }

    /// The row with an id.
    func row(_ id: Int64) async throws -> ScheduleRecord {
        try #require(try await schedules(ScheduleFilter(), after: id - 1, limit: 1).items.first)
    }

    /// The statuses of all rows, in order of their ids.
    func statuses() async throws -> [String?] {
        try await schedules(ScheduleFilter(), after: nil, limit: 1000).items.map(\.status)
    }

    /// Says something of an email that was claimed.
    @discardableResult
    func report(
        _ item: ClaimOutcome.Item, _ status: SendReport.Status, at seconds: Int64 = 0, message: String? = nil
    ) async throws -> SendReport.Result? {
        var report = SendReport(
            scheduleID: item.email.id, lease: item.lease, status: status, at: seconds)
        report.messageID = message
        return try await recordReports([report], now: now).results.first
    }
}

extension DeliveryEvent {
    /// An event of a row; its number tells it from others.
    static func of(
        _ row: Int64, _ kind: DeliveryEventKind, number: UInt8, at seconds: Int64 = 0,
        suppressing cause: SuppressionCause? = nil
    ) -> DeliveryEvent {
        var event = DeliveryEvent(
            key: [UInt8](repeating: number, count: 16), kind: kind, name: kind.rawValue,
            subject: .schedule(row),
            source: "test", at: seconds)
        event.channel = .email
        event.suppression = cause
        return event
    }
}
