import Foundation
import GRDB
import Logging
import ScheduleJobs
import ScheduleStore
import ScheduleStoreSQLite
import SchedulingCore
import StoreConformance

/// A store file of one test with contacts in it, and the means to run on it.
final class TestOrganization: Sendable {
    static let now: @Sendable () -> String = { "2026-01-05 12:00:00" }
    /// Leases under a clock that stands at that moment. They are not renewed.
    static let leases = RunLeases(
        owner: "test", unixSeconds: { 1_767_614_400 }, isGone: { _ in false },
        pause: { _ in try await Task.sleep(for: .seconds(3600)) })
    static let today = CivilDate(year: 2026, month: 1, day: 5)

    let directory: URL
    let store: any OrganizationStore

    var path: String { directory.appending(path: "org.sqlite3").path }

    /// - Parameter contacts: How many contacts it has: all states, ages and dates in turn.
    init(contacts: Int, options: StoreOptions = StoreOptions()) async throws {
        directory = FileManager.default.temporaryDirectory.appending(path: "jobs-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        store = try SQLiteOrganizationStore(
            path: directory.appending(path: "org.sqlite3").path, options: options)
        guard contacts > 0 else { return }
        let imported = try await store.createImport(columns: [], now: Self.now())
        var batch = ImportBatch()
        batch.rows = (1...contacts).map { .init(row: $0, draft: Self.contact(Int64($0))) }
        _ = try await store.importBatch(batch, importID: imported.id)
    }

    /// A copy of another one as its file is now: what would be left if the process died.
    init(asLeftBy other: TestOrganization) throws {
        directory = FileManager.default.temporaryDirectory.appending(path: "jobs-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let path = directory.appending(path: "org.sqlite3").path
        let source = try DatabaseQueue(path: other.path)
        try source.writeWithoutTransaction { try $0.execute(sql: "VACUUM INTO ?", arguments: [path]) }
        store = try SQLiteOrganizationStore(path: path)
    }

    deinit { try? FileManager.default.removeItem(at: directory) }

    static func contact(_ id: Int64) -> ContactDraft {
        let zips = ["94110", "78701", "10001", "63101", "33101", "89101", "97201", "23219"]
        var contact = ContactDraft(id: id)
        contact.email = "c\(id)@example.com"
        contact.zipCode = zips[Int(id) % zips.count]
        contact.birthDate = "\(1940 + id % 30)-\(two(1 + id % 12))-\(two(1 + id % 28))"
        contact.effectiveDate = "\(2010 + id % 12)-\(two(1 + id * 7 % 12))-01"
        return contact
    }

    private static func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }

    func environment(batchSize: Int = 1000) -> RunEnvironment {
        RunEnvironment(policy: SchedulingPolicy(), zone: ZoneOffsets(), batchSize: batchSize)
    }

    /// Queues a full run and claims it.
    func claim(isDryRun: Bool = false) async throws -> RunRecord? {
        guard let today = Self.today else { return nil }
        var request = RunRequest(kind: .full, today: today)
        request.isDryRun = isDryRun
        _ = try await store.createRun(request, now: Self.now())
        return try await store.claimNextRun(configVersion: nil, engineVersion: "test", now: Self.now())
    }

    /// The run that goes on.
    func running() async throws -> RunRecord? {
        try await store.runs(before: nil, limit: 10).items.first { $0.state == .running }
    }

    func executor(
        batchSize: Int = 1000, pieceSize: Int = 1000, retryPauses_ms: [Int] = [50, 250, 1000]
    ) -> RunExecutor {
        var environment = environment(batchSize: batchSize)
        environment.pieceSize = pieceSize
        environment.retryPauses_ms = retryPauses_ms
        return RunExecutor(
            store: store, environment: environment, now: Self.now,
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
    }

    /// Carries a run out on a thread of its own, so that tests beside this one go on.
    func execute(
        _ run: RunRecord, batchSize: Int = 1000, pieceSize: Int = 1000,
        retryPauses_ms: [Int] = [50, 250, 1000],
        shouldStop: @escaping @Sendable () -> Bool = { false },
        progress: @escaping @Sendable () -> Void = {}
    ) async throws -> RunOutcome {
        let executor = executor(
            batchSize: batchSize, pieceSize: pieceSize, retryPauses_ms: retryPauses_ms)
        return try await withCheckedThrowingContinuation { continuation in
            Thread {
                continuation.resume(
                    with: Result {
                        try executor.execute(
                            run, shouldStop: shouldStop, progress: { _, _ in progress() })
                    })
            }.start()
        }
    }

    /// Every row in words, without its id.
    func plan() async throws -> [String] {
        var rows: [String] = []
        for try await page in store.schedulePages(ScheduleFilter()) {
            rows += page.map {
                "\($0.contactID ?? 0) \($0.emailType ?? "") \($0.scheduledSendDate ?? "") \($0.status ?? "") "
                    + "\($0.skipReason ?? "")"
            }
        }
        return rows.sorted()
    }
}

/// The members of a report.
func members(_ report: String?) throws -> [String: Any] {
    try JSONSerialization.jsonObject(with: Data((report ?? "{}").utf8)) as? [String: Any] ?? [:]
}
