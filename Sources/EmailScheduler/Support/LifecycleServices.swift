import HTTPServer
import Logging
import ScheduleAPI
import ScheduleJobs
import ServiceLifecycle

/// The HTTP server as a part of the process: ends when its last request is answered.
struct ServerService: Service {
    let server: Server

    func run() async throws {
        try await withGracefulShutdownHandler {
            try await server.run()
        } onGracefulShutdown: {
            server.shutdown()
        }
    }
}

/// The workers as a part of the process: end after their batch.
struct WorkersService: Service {
    let workers: RunWorkers

    func run() async throws { await cancelWhenGracefulShutdown { await workers.run() } }
}

/// Stores every minute when access tokens were last used.
struct TokenUseService: Service {
    let handler: APIHandler
    let logger: Logger

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
