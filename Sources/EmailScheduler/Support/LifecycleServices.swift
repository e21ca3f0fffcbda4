import CMalloc
import Foundation
import HTTPServer
import Logging
import ScheduleAPI
import ScheduleJobs
import ScheduleStoreSQLite
import ServiceLifecycle

/// The HTTP server as a part of the process: ends when its last request is answered.
struct ServerService: Service, CustomStringConvertible {
    let server: Server
    let address: String
    /// Streams of events that would keep the server from ending.
    let events: RunEvents
    let logger: Logger

    /// The name in the log.
    var description: String { "HTTP server" }

    func run() async throws {
        // Only here are SIGTERM and SIGINT taken care of: who reads this line may send them.
        logger.notice("Listening on http://\(address)")
        try await withGracefulShutdownHandler {
            try await server.run()
        } onGracefulShutdown: {
            events.close()
            server.shutdown()
        }
    }
}

/// The workers as a part of the process: end after their batch.
struct WorkersService: Service, CustomStringConvertible {
    let workers: RunWorkers

    /// The name in the log.
    var description: String { "workers" }

    func run() async throws { await cancelWhenGracefulShutdown { await workers.run() } }
}

/// The daily runs as a part of the process.
struct DailyRunsService: Service, CustomStringConvertible {
    let dailyRuns: DailyRuns

    /// The name in the log.
    var description: String { "daily runs" }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await dailyRuns.run(pause: { try await Task.sleep(for: .seconds($0)) })
        }
    }
}

/// Tries every few seconds whether stores that failed work again and runs that wait can go on, and looks at the clock.
struct RecoveryService: Service, CustomStringConvertible {
    /// How long a store that works again may go unnoticed.
    private static let pause = Duration.seconds(5)

    let service: SQLiteServiceStore
    let organizations: SQLiteOrganizationStores
    let workers: RunWorkers
    let clock: ClockWatch
    let logger: Logger

    /// The name in the log.
    var description: String { "recovery of stores" }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var isBehind = false
            repeat {
                isBehind = lookAtClock(isBehind)
                await service.retryIfTroubled()
                await organizations.retryTroubled()
                workers.retryTroubled()
            } while (try? await Task.sleep(for: Self.pause)) != nil
        }
    }

    /// Tells once that the clock was set back.
    private func lookAtClock(_ wasBehind: Bool) -> Bool {
        let now = Composition.unixSeconds()
        clock.save(now: now)
        guard let behind_s = clock.behind_s(now: now) else { return false }
        if !wasBehind {
            logger.warning(
                "The clock is \(behind_s) s behind a time that it has shown; leases and kept answers last longer"
            )
        }
        return true
    }
}

/// Gives memory back to the system every minute: else each organisation would keep, for good, what its busiest moment
/// took.
struct MemoryService: Service, CustomStringConvertible {
    let organizations: SQLiteOrganizationStores

    /// Lets the C library make one arena for each processor. Left alone it makes eight, and each of them keeps what the
    /// busiest moment of some thread took. To be called before there is a second thread.
    static func limitArenas() {
        mallopt(M_ARENA_MAX, Int32(max(2, ProcessInfo.processInfo.activeProcessorCount)))
    }

    /// The name in the log.
    var description: String { "memory" }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while (try? await Task.sleep(for: .seconds(60))) != nil {
                organizations.releaseMemory()
                malloc_trim(0)
            }
        }
    }
}

/// The end of history as a part of the process.
struct HistoryRetentionService: Service, CustomStringConvertible {
    let retention: HistoryRetention

    /// The name in the log.
    var description: String { "retention of history" }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await retention.run(pause: { try await Task.sleep(for: .seconds($0)) })
        }
    }
}

/// Stores every minute when access tokens were last used.
struct TokenUseService: Service, CustomStringConvertible {
    let handler: APIHandler
    let logger: Logger

    /// The name in the log.
    var description: String { "use of tokens" }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while (try? await Task.sleep(for: .seconds(60))) != nil {
                do {
                    try await handler.saveTokenUse()
                } catch {
                    logger.warning("The last use of access tokens cannot be stored: \(error)")
                }
            }
        }
    }
}
