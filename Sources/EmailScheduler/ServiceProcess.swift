import Foundation
import Glibc
import HTTPHandling
import HTTPServer
import Logging
import ScheduleAPI
import ScheduleConfig
import ScheduleJobs
import ScheduleStore
import ScheduleStoreSQLite
import SchedulingCore
import ServiceLifecycle
import UnixSignals

/// The running service: stores, workers and HTTP server, put together, started in that order and ended in the
/// opposite one.
struct ServiceProcess {
    let options: ServeOptions
    let composition: Composition

    /// Serves until SIGTERM or SIGINT.
    func run() async throws {
        let logger = Composition.logger(level: options.logLevel)
        // A file that may not grow any more is an error of writing, which is told, and not the end of the process.
        signal(SIGXFSZ, SIG_IGN)
        MemoryService.limitArenas()
        DescriptorLimit.raise()
        try makeDirectory()
        let lock = try DirectoryLock.acquire(directory: options.dataDirectory)
        defer { withExtendedLifetime(lock) {} }
        let clock = ClockWatch(
            path: "\(options.dataDirectory)/\(DirectoryLock.name)", now: Composition.unixSeconds())

        var storeOptions = StoreOptions()
        storeOptions.durability = options.durability ?? composition.settings.storeDurability
        let service = try SQLiteServiceStore(path: "\(options.dataDirectory)/service.sqlite3")
        let organizations = SQLiteOrganizationStores(directory: options.dataDirectory, options: storeOptions)
        let backups = SQLiteBackups(
            dataDirectory: options.dataDirectory, retention_days: composition.settings.backupRetentionDays,
            options: storeOptions)
        try await backups.removeUnfinished()
        if options.requiresTokens {
            try await AdminToken(directory: options.dataDirectory, store: service, logger: logger)
                .makeIfMissing()
        }

        let configurations = configurations(service, organizations)
        let workers = workers(configurations, organizations, backups, logger)
        let dailyRuns = dailyRuns(service, configurations, organizations, workers, logger)
        var services = services(service, organizations, backups, workers, configurations)
        services.readinessChecks =
            Readiness(
                service: service, organizations: organizations, workers: workers,
                dataDirectory: options.dataDirectory, dailyRuns: dailyRuns,
                startedAt: Composition.unixSeconds(), clock: clock
            ).checks
        let registry = PrometheusRegistry(help: RequestMetrics.help)
        services.recordedMetrics = { registry.families }
        let handler = APIHandler(services: services, logger: logger)
        let metrics = RequestMetrics(factory: registry)
        let server = Server(
            configuration: serverConfiguration(logger), handler: handler, logger: logger,
            makeRequestID: Composition.makeRequestID,
            onRequestFinished: { request in
                AccessLog.write(request, to: logger)
                metrics.record(request)
            })
        let port = try server.listen()
        await workers.adopt(organizationIDs: try await Self.organizations(service).map(\.id))

        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [
                    .init(service: WorkersService(workers: workers)),
                    .init(service: DailyRunsService(dailyRuns: dailyRuns)),
                    .init(
                        service: RecoveryService(
                            service: service, organizations: organizations, workers: workers, clock: clock,
                            logger: logger)),
                    .init(
                        service: HistoryRetentionService(retention: retention(service, organizations, logger))
                    ),
                    .init(service: MemoryService(organizations: organizations)),
                    .init(service: TokenUseService(handler: handler, logger: logger)),
                    .init(
                        service: ServerService(
                            server: server, address: "\(ServeOptions.urlHost(options.host)):\(port)",
                            events: workers.events,
                            logger: logger)),
                ],
                gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
        try await group.run()
        try await handler.saveTokenUse()
        try await organizations.close()
        try await service.close()
        logger.notice("Stopped")
    }

    private func configurations(
        _ service: SQLiteServiceStore, _ organizations: SQLiteOrganizationStores
    ) -> Configurations {
        Configurations(
            service: composition.settings, stores: organizations,
            organization: { try await service.organization(id: $0) }, zone: composition.timeZones.offsets,
            now: Composition.now)
    }

    private func workers(
        _ configurations: Configurations, _ organizations: SQLiteOrganizationStores,
        _ backups: SQLiteBackups, _ logger: Logger
    ) -> RunWorkers {
        RunWorkers(
            stores: organizations,
            environment: { try await configurations.environment(ofOrganization: $0, version: $1) },
            count: options.workers,
            backUp: { id in
                guard try await configurations.settings(ofOrganization: id).runs.backsUpBefore else { return }
                _ = try await backups.backUp(organizationID: id, now: Composition.now())
            },
            now: Composition.now, leases: .ofThisProcess(isAlone: true), logger: logger)
    }

    private func dailyRuns(
        _ service: SQLiteServiceStore, _ configurations: Configurations,
        _ organizations: SQLiteOrganizationStores, _ workers: RunWorkers, _ logger: Logger
    ) -> DailyRuns {
        DailyRuns(
            stores: organizations, workers: workers,
            environment: DailyRuns.Environment(
                organizations: { try await Self.organizations(service) },
                schedule: {
                    try await configurations.settings(of: $0).runs.dailyAt.flatMap(DailySchedule.init)
                },
                zone: composition.timeZones.offsets, unixSeconds: Composition.unixSeconds,
                now: Composition.now),
            logger: logger)
    }

    private func retention(
        _ service: SQLiteServiceStore, _ organizations: SQLiteOrganizationStores, _ logger: Logger
    ) -> HistoryRetention {
        HistoryRetention(
            service: service, stores: organizations,
            organizationIDs: { try await Self.organizations(service).map(\.id) },
            retention: composition.settings.retention, now: Composition.now, logger: logger)
    }

    private func serverConfiguration(_ logger: Logger) -> Server.Configuration {
        var configuration = Server.Configuration()
        configuration.host = options.host
        configuration.port = options.port
        configuration.limits = options.limits
        let descriptors = DescriptorLimit.current
        configuration.limits.connections = DescriptorLimit.connections(
            wanted: options.limits.connections, descriptors: descriptors)
        if configuration.limits.connections < options.limits.connections {
            logger.notice(
                "At most \(configuration.limits.connections) connections are served: the process may open \(descriptors) files"
            )
        }
        return configuration
    }

    private func services(
        _ service: SQLiteServiceStore, _ organizations: SQLiteOrganizationStores, _ backups: SQLiteBackups,
        _ workers: RunWorkers, _ configurations: Configurations
    ) -> APIServices {
        var services = APIServices(
            service: service, organizations: organizations, backups: backups, workers: workers,
            configurations: configurations,
            unixSeconds: Composition.unixSeconds, randomBytes: Composition.randomBytes,
            zone: composition.timeZones.offsets)
        services.standardTimeZone = composition.settings.timeZone
        services.requiresTokens = options.requiresTokens
        services.jsonBodyBytes = options.limits.jsonBodyBytes
        let reading = ProcessReading(
            dataDirectory: options.dataDirectory, startedAt: Composition.unixSeconds())
        services.processFigures = { reading.figures }
        return services
    }

    private func makeDirectory() throws {
        do {
            try FileManager.default.createDirectory(
                atPath: options.dataDirectory, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
        } catch {
            // Foundation's words do not say why; the system's do.
            guard mkdir(options.dataDirectory, 0o700) != 0 else { return }
            throw CommandFailure("\(options.dataDirectory): cannot be made: \(FileBytes.systemError())")
        }
    }

    private static func organizations(_ service: SQLiteServiceStore) async throws -> [OrganizationRecord] {
        var organizations: [OrganizationRecord] = []
        var cursor: String?
        repeat {
            let page = try await service.organizations(after: cursor, limit: 1000)
            organizations += page.items
            cursor = page.nextCursor
        } while cursor != nil
        return organizations
    }
}
