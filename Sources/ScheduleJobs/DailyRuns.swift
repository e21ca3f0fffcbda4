public import Logging
public import ScheduleStore
public import SchedulingCore
import Synchronization

/// Asks for the daily full run of every organisation that has a time for it, once for each date.
///
/// That a date has its run is kept in the organisation's store, in the transaction that asks for the run: neither a
/// restart nor a second process makes a second one. Organisations that are paused, added or given another time zone
/// meanwhile are seen within a minute.
public final class DailyRuns: Sendable {
    /// What the daily runs work with.
    public struct Environment: Sendable {
        /// All organisations.
        public var organizations: @Sendable () async throws -> [OrganizationRecord]
        /// The schedule of an organisation; nil where it has no daily run.
        public var schedule: @Sendable (OrganizationRecord) async throws -> DailySchedule?
        /// The clock of an IANA time zone.
        public var zone: @Sendable (_ name: String) -> ZoneOffsets?
        /// Seconds since 1970-01-01 00:00:00 UTC.
        public var unixSeconds: @Sendable () -> Int64
        /// The time, as text for columns.
        public var now: @Sendable () -> String

        /// An environment.
        public init(
            organizations: @escaping @Sendable () async throws -> [OrganizationRecord],
            schedule: @escaping @Sendable (OrganizationRecord) async throws -> DailySchedule?,
            zone: @escaping @Sendable (_ name: String) -> ZoneOffsets?,
            unixSeconds: @escaping @Sendable () -> Int64, now: @escaping @Sendable () -> String
        ) {
            self.organizations = organizations
            self.schedule = schedule
            self.zone = zone
            self.unixSeconds = unixSeconds
            self.now = now
        }
    }

    /// How long nobody looks at most: clocks are set, organisations come and go.
    public static let longestPause_s: Int64 = 60

    private let stores: any OrganizationStores
    private let workers: RunWorkers
    private let environment: Environment
    private let logger: Logger
    /// Organisations whose failure was told.
    private let failing = Mutex<Set<String>>([])
    private let inUse = Mutex(false)

    /// Daily runs that nobody looks after yet.
    public init(
        stores: any OrganizationStores, workers: RunWorkers, environment: Environment, logger: Logger
    ) {
        self.stores = stores
        self.workers = workers
        self.environment = environment
        self.logger = logger
    }

    /// Whether some organisation had a time for its daily run at the last look.
    public var areInUse: Bool { inUse.withLock { $0 } }

    /// Looks after the daily runs until the task is cancelled.
    ///
    /// - Parameter pause: Waits for so many seconds; throws where the task is cancelled.
    public func run(pause: (_ seconds: Int64) async throws -> Void) async {
        while !Task.isCancelled {
            let next = await runOnce()
            let seconds = max(1, min(next - environment.unixSeconds(), DailyRuns.longestPause_s))
            guard (try? await pause(seconds)) != nil else { return }
        }
    }

    /// Asks for every run that is due now.
    ///
    /// - Returns: When the next one is due, in seconds since 1970-01-01 00:00:00 UTC, as far as is known.
    public func runOnce() async -> Int64 {
        var next = Int64.max
        do {
            var areInUse = false
            for organization in try await environment.organizations() {
                let due = await look(after: organization)
                if due < .max { areInUse = true }
                next = min(next, due)
            }
            inUse.withLock { $0 = areInUse }
            recovered("")
        } catch {
            failed("", "The organisations cannot be listed: \(error)")
            return environment.unixSeconds() + DailyRuns.longestPause_s
        }
        return next
    }

    /// One organisation's failure leaves the others' runs alone; it is tried again at the next look.
    private func look(after organization: OrganizationRecord) async -> Int64 {
        do {
            let next = try await askIfDue(organization)
            recovered(organization.id)
            return next
        } catch {
            failed(organization.id, "The daily run cannot be asked for: \(error)")
            return environment.unixSeconds() + DailyRuns.longestPause_s
        }
    }

    private func askIfDue(_ organization: OrganizationRecord) async throws -> Int64 {
        guard !organization.isPaused, let schedule = try await environment.schedule(organization),
            let zone = environment.zone(organization.timeZone)
        else { return .max }
        let store = try await stores.store(ofOrganization: organization.id)
        let now = environment.unixSeconds()
        let today = zone.local(utcSeconds: now).date
        let since =
            LocalMoment(Array("\(organization.createdAt)Z".utf8).span, in: ZoneOffsets())?.seconds ?? .min
        // A date that lies ahead was asked for under a clock that was wrong, and counts for nothing.
        var last = try await store.lastDailyRunDate(notAfter: today + 1)
        while true {
            switch schedule.decide(last: last, since: since, now: now, zone: zone) {
            case .wait(let next): return next
            case .due(let date):
                let request = RunRequest(kind: .full, today: today)
                if let run = try await store.createDailyRun(of: date, request, now: environment.now()) {
                    logger.notice(
                        "The daily run is due",
                        metadata: ["org": "\(organization.id)", "date": "\(date)", "run": "\(run.id)"])
                    workers.wake(organization.id)
                }
                last = date
            }
        }
    }

    private func failed(_ id: String, _ message: String) {
        guard failing.withLock({ $0.insert(id).inserted }) else { return }
        logger.error("\(message)", metadata: id.isEmpty ? nil : ["org": "\(id)"])
    }

    private func recovered(_ id: String) { failing.withLock { _ = $0.remove(id) } }
}
