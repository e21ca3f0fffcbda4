import Foundation
import Glibc
import ScheduleAPI
import ScheduleJobs
import ScheduleStore
import ScheduleStoreSQLite

/// The checks of `/readyz`. One organisation's trouble is a warning: the others' requests are answered.
struct Readiness: Sendable {
    /// Free space below which writes must be expected to fail.
    static let leastFreeBytes: UInt64 = 64 << 20
    /// Organisations that wait for a worker beyond which somebody should look.
    static let longestBacklog = 100
    /// Age of the last run beyond which somebody should look, where runs are daily.
    static let oldestRun_s: Int64 = 26 * 3600

    let service: SQLiteServiceStore
    let organizations: SQLiteOrganizationStores
    let workers: RunWorkers
    let dataDirectory: String
    let dailyRuns: DailyRuns
    let startedAt: Int64
    let clock: ClockWatch

    var checks: [ReadinessCheck] {
        [
            ReadinessCheck(name: "database", look: database),
            ReadinessCheck(name: "disk_space", look: { diskSpace() }),
            ReadinessCheck(name: "descriptors", look: { descriptors() }),
            ReadinessCheck(name: "clock", look: { clockFinding() }),
            ReadinessCheck(name: "worker", look: { worker() }),
            ReadinessCheck(name: "backlog", look: { backlog() }),
            ReadinessCheck(name: "last_run_age", look: { lastRunAge() }),
        ]
    }

    private func database() async -> ReadinessCheck.Finding {
        do {
            _ = try await service.organizations(after: nil, limit: 1)
        } catch {
            return .failed("The service's store cannot be read: \(Self.words(error)).")
        }
        if let trouble = service.trouble {
            return .failed("The service's store cannot be written: \(Self.words(trouble)).")
        }
        let troubles = organizations.troubles
        guard !troubles.isEmpty else { return .ok }
        let reasons = Set(troubles.values.map(Self.words)).sorted().joined(separator: "; ")
        return .warning(
            "Organisations whose store cannot be used: \(troubles.count) (\(reasons)). The log names them.")
    }

    private func diskSpace() -> ReadinessCheck.Finding {
        var status = statvfs()
        guard statvfs(dataDirectory, &status) == 0 else {
            return .failed("The data directory cannot be found.")
        }
        let free = UInt64(status.f_bavail) * UInt64(status.f_frsize)
        guard free >= Self.leastFreeBytes else {
            return .failed(
                "\(free >> 20) MiB are free where the data lies, \(Self.leastFreeBytes >> 20) are needed.")
        }
        // A quota, or a limit for the length of files.
        guard service.trouble != .full, !organizations.troubles.values.contains(.full) else {
            return .warning("\(free >> 20) MiB are free where the data lies, but writing is refused space.")
        }
        return .ok
    }

    private func descriptors() -> ReadinessCheck.Finding {
        // Whether there are any is asked for the number in use.
        guard let used = ProcessReading.openFiles else {
            return .failed("The process may not open more files.")
        }
        let limit = DescriptorLimit.current
        if used < limit - limit / 10 { return .ok }
        return .warning("\(used) of the \(limit) files are open that the process may have.")
    }

    private func clockFinding() -> ReadinessCheck.Finding {
        guard let behind_s = clock.behind_s(now: Composition.unixSeconds()) else { return .ok }
        return .warning(
            "The clock is \(behind_s) s behind a time that it has shown. Leases and kept answers last so much longer. "
                + "If it is right now, this ends with a restart.")
    }

    private func worker() -> ReadinessCheck.Finding {
        workers.status.isAlive ? .ok : .failed("The workers are not at work.")
    }

    private func backlog() -> ReadinessCheck.Finding {
        let status = workers.status
        if status.troubled > 0 {
            return .warning(
                "Organisations whose runs cannot be taken up, and are tried again: \(status.troubled).")
        }
        if status.backlog <= Self.longestBacklog { return .ok }
        return .warning("\(status.backlog) organisations wait for a worker.")
    }

    private func lastRunAge() -> ReadinessCheck.Finding {
        guard dailyRuns.areInUse else { return .ok }
        let last = workers.status.lastRunFinishedAt.flatMap(Timestamp.unixSeconds(column:)) ?? startedAt
        let age_s = Composition.unixSeconds() - last
        if age_s <= Self.oldestRun_s { return .ok }
        return .warning("No run has ended for \(age_s / 3600) hours, though runs are daily.")
    }

    private static func words(_ error: any Error) -> String {
        (error as? StoreError).map { words($0.code) } ?? "the reason is in the log"
    }

    private static func words(_ code: StoreError.Code) -> String {
        switch code {
        case .busy: "another process holds it"
        case .full: "no space is left"
        case .readOnly: "it is read-only"
        case .corrupt: "it is damaged"
        case .cannotOpen: "it cannot be opened"
        case .exhausted: "no more files may be opened"
        default: "reading or writing failed"
        }
    }
}
