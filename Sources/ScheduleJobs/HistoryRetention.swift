public import Logging
public import ScheduleConfig
public import ScheduleStore
import SchedulingCore
import Synchronization

/// Removes the history whose time is over, of the service and of every organisation, in small steps: whoever wants to
/// write gets in between, and an organisation with a run that goes on is left for the next look.
public final class HistoryRetention: Sendable {
    /// From the start to the first look: a start has better things to do.
    public static let firstPause_s: Int64 = 600
    /// Between two looks.
    public static let pause_s: Int64 = 6 * 3600
    /// Rows of a table that are removed in one transaction.
    private static let rowsPerStep = 500

    private let service: any ServiceStore
    private let stores: any OrganizationStores
    private let organizationIDs: @Sendable () async throws -> [String]
    private let retention: Settings.Retention
    private let now: @Sendable () -> String
    private let logger: Logger
    /// Whose failure was told.
    private let failing = Mutex<Set<String>>([])

    /// A keeper of history that does nothing yet.
    public init(
        service: any ServiceStore, stores: any OrganizationStores,
        organizationIDs: @escaping @Sendable () async throws -> [String], retention: Settings.Retention,
        now: @escaping @Sendable () -> String, logger: Logger
    ) {
        self.service = service
        self.stores = stores
        self.organizationIDs = organizationIDs
        self.retention = retention
        self.now = now
        self.logger = logger
    }

    /// Looks from time to time until the task is cancelled.
    ///
    /// - Parameter pause: Waits for so many seconds; throws where the task is cancelled.
    public func run(pause: (_ seconds: Int64) async throws -> Void) async {
        var seconds = Self.firstPause_s
        while (try? await pause(seconds)) != nil, !Task.isCancelled {
            await runOnce()
            seconds = Self.pause_s
        }
    }

    /// Removes everything whose time is over.
    public func runOnce() async {
        await clear("") { self.service }
        do {
            for id in try await organizationIDs() where !Task.isCancelled {
                await clear(id) { try await self.stores.store(ofOrganization: id) }
            }
        } catch {
            failed("", error)
        }
    }

    /// One store's failure leaves the others alone; it is tried again at the next look.
    private func clear(_ id: String, _ open: () async throws -> any HistoryStore) async {
        do {
            let store = try await open()
            var rows: [String: Int] = [:]
            var step: [String: Int] = [:]
            repeat {
                let now = now()
                step = try await store.removeHistory(
                    before: retention.cutoffs(now: now), limit: Self.rowsPerStep, now: now)
                rows.merge(step, uniquingKeysWith: +)
            } while !step.isEmpty && !Task.isCancelled
            failing.withLock { _ = $0.remove(id) }
            guard !rows.isEmpty else { return }
            let sums = rows.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
            logger.info(
                "Old history was removed: \(sums.joined(separator: ", "))", metadata: Self.metadata(id))
            guard let store = store as? any OrganizationStore else { return }
            let members = rows.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\($0.value)" }
            let audit = AuditDraft(
                actor: "system", requestID: nil, entity: "history", entityID: nil, action: "removed",
                details: "{\"rows\":{\(members.joined(separator: ","))}}")
            try await store.recordAudit(audit, now: now())
        } catch {
            failed(id, error)
        }
    }

    private func failed(_ id: String, _ error: any Error) {
        guard failing.withLock({ $0.insert(id).inserted }) else { return }
        logger.warning("Old history cannot be removed: \(error)", metadata: Self.metadata(id))
    }

    private static func metadata(_ id: String) -> Logger.Metadata? { id.isEmpty ? nil : ["org": "\(id)"] }
}

extension Settings.Retention {
    /// The dates before which history goes.
    ///
    /// - Parameter now: The time as columns hold it.
    func cutoffs(now: String) -> HistoryCutoffs {
        var cutoffs = HistoryCutoffs()
        guard let today = CivilDate(String(now.prefix(10))) else { return cutoffs }
        func cutoff(_ days: Int) -> CivilDate? { days == 0 ? nil : today - days }
        cutoffs.audit = cutoff(audit_days)
        cutoffs.runs = cutoff(runs_days)
        cutoffs.imports = cutoff(imports_days)
        cutoffs.events = cutoff(events_days)
        return cutoffs
    }
}
