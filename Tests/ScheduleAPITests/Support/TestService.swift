import Dispatch
import Foundation
import GRDB
import HTTPHandling
import HTTPTypes
import HTTPWire
import Logging
import ScheduleAPI
import ScheduleConfig
import ScheduleJobs
import ScheduleStore
import ScheduleStoreSQLite
import SchedulingCore
import StoreConformance
import Synchronization
import Testing

/// The handler over real files in a directory of its own, with a clock that stands still and an admin token.
/// Every answer is held against the contract.
struct TestService: Sendable {
    /// 2026-01-05 12:00:00 UTC.
    static let unixSeconds: Int64 = 1_767_614_400

    let service: SQLiteServiceStore
    let organizations: SQLiteOrganizationStores
    let workers: RunWorkers
    let configurations: Configurations
    let handler: APIHandler
    /// The clock's time.
    let clock: Clock
    /// A token for everything.
    let admin: String
    private let directory: String

    final class Clock: Sendable {
        let seconds = Mutex(TestService.unixSeconds)
    }

    /// Hands a service to `body`, with organisation `acme` in UTC.
    static func with(
        requiresTokens: Bool = true, jsonBodyBytes: Int = 1024 * 1024,
        heartbeat: Duration = .seconds(15), checks: [ReadinessCheck] = [],
        _ body: (TestService) async throws -> Void
    ) async throws {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent(
            "api-\(UUID().uuidString)"
        ).path
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let test = try await TestService(directory, requiresTokens, jsonBodyBytes, heartbeat, checks)
        try await test.service.createOrganization(
            OrganizationRecord(id: "acme", name: "Acme", timeZone: "UTC", createdAt: "2026-01-01 00:00:00"))
        try await body(test)
        try await test.organizations.close()
        try await test.service.close()
    }

    private init(
        _ directory: String, _ requiresTokens: Bool, _ jsonBodyBytes: Int, _ heartbeat: Duration,
        _ checks: [ReadinessCheck]
    ) async throws {
        let clock = Clock()
        let seconds: @Sendable () -> Int64 = { clock.seconds.withLock { $0 } }
        let service = try SQLiteServiceStore(path: directory + "/service.sqlite3")
        let organizations = SQLiteOrganizationStores(directory: directory)
        let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        let workers = RunWorkers(
            stores: organizations, environment: { _, _ in TestService.environment }, count: 1,
            now: { Timestamp.column(unixSeconds: seconds()) },
            leases: RunLeases(
                owner: "test", unixSeconds: seconds, isGone: { _ in false },
                pause: { _ in try await Task.sleep(for: .seconds(3600)) }),
            logger: logger)
        let zone: @Sendable (String) -> ZoneOffsets? = { name in
            ["UTC": ZoneOffsets(), "America/Chicago": ZoneOffsets(initialOffset: -21_600)][name]
        }
        var file = Settings()
        file.batchSize = 100
        let configurations = Configurations(
            service: file, stores: organizations,
            organization: { try await service.organization(id: $0) }, zone: zone,
            now: { Timestamp.column(unixSeconds: seconds()) })
        let random = Mutex<UInt8>(0)
        var services = APIServices(
            service: service, organizations: organizations,
            backups: SQLiteBackups(dataDirectory: directory, retention_days: 30), workers: workers,
            configurations: configurations, unixSeconds: seconds,
            randomBytes: { count in
                random.withLock { random in
                    random += 1
                    return [UInt8](repeating: random, count: count)
                }
            },
            zone: zone)
        services.requiresTokens = requiresTokens
        services.jsonBodyBytes = jsonBodyBytes
        services.eventHeartbeat = heartbeat
        services.readinessChecks = checks
        let secret = TokenSecret(randomBytes: [UInt8](repeating: 255, count: 32))
        _ = try await service.insertToken(
            TokenDraft(
                organizationID: nil, name: "admin", scopes: [.admin], hash: secret.hash,
                createdAt: "2026-01-01 00:00:00"))
        self.directory = directory
        self.service = service
        self.organizations = organizations
        self.workers = workers
        self.configurations = configurations
        self.clock = clock
        handler = APIHandler(services: services, logger: logger)
        admin = secret.text
    }

    /// What runs are given.
    static let environment = RunEnvironment(policy: SchedulingPolicy(), zone: ZoneOffsets(), batchSize: 100)

    // MARK: Requests

    /// Sends a request.
    ///
    /// - Parameters:
    ///   - token: The admin token, unless given; nil sends none.
    ///   - type: `Content-Type`, where there is a body.
    func send(
        _ method: HTTPRequest.Method, _ path: String, token: String?? = .none, body: String? = nil,
        type: String? = "application/json", accept: String? = nil, fields: HTTPFields = [:]
    ) async throws -> Answer {
        var fields = fields
        if let token = token ?? admin { fields[.authorization] = "Bearer \(token)" }
        if body != nil { fields[.contentType] = type }
        if let accept { fields[.accept] = accept }
        return try await send(
            try ServerRequest(method, path, fields: fields, body: Array((body ?? "").utf8)))
    }

    /// Sends a request as it is.
    func send(_ request: ServerRequest) async throws -> Answer {
        let answer = try await Answer(await handler.respond(to: request))
        try Contract.shared.check(answer, of: request)
        return answer
    }

    /// Makes a token of an organisation.
    func token(_ organizationID: String?, _ scopes: Set<TokenRecord.Scope>) async throws -> String {
        let secret = TokenSecret(
            randomBytes: Array("\(organizationID ?? "")\(scopes.map(\.rawValue).sorted())".utf8))
        _ = try await service.insertToken(
            TokenDraft(
                organizationID: organizationID, name: "test", scopes: scopes, hash: secret.hash,
                createdAt: "2026-01-01 00:00:00"))
        return secret.text
    }

    // MARK: Side effects

    /// The store of `acme`.
    var store: any OrganizationStore {
        get async throws { try await organizations.store(ofOrganization: "acme") }
    }

    /// How many records of each kind there are.
    func counts() async throws -> [String: Int] {
        let store = try await store
        return [
            "organizations": try await service.organizations(after: nil, limit: 1000).items.count,
            "tokens": try await service.tokens(organizationID: nil, after: nil, limit: 1000).items.count,
            "contacts": try await store.countContacts(),
            "runs": try await store.runs(before: nil, limit: 1000).items.count,
            "imports": try await store.importRecord(id: 1) == nil ? 0 : 1,
        ]
    }

    /// What is in the files of the service, by their names.
    func fileBytes() throws -> [String: [UInt8]] {
        let names = try FileManager.default.contentsOfDirectory(atPath: directory)
        return Dictionary(
            uniqueKeysWithValues: names.map { name in
                (name, [UInt8](FileManager.default.contents(atPath: "\(directory)/\(name)") ?? Data()))
            })
    }

    /// Changes the file of `acme` by SQL.
    func execute(_ sql: String) throws {
        try DatabaseQueue(path: "\(directory)/acme.sqlite3").write { try $0.execute(sql: sql) }
    }

    /// Carries the oldest waiting run of `acme` out, as a worker does.
    func carryOutRun() async throws { _ = try #require(try await carryOutNextRun()) }

    /// Carries the oldest waiting run of `acme` out, as a worker does a second after the clock's time; nil where
    /// none waits.
    ///
    /// - Returns: The run as it ended.
    func carryOutNextRun(in environment: RunEnvironment = Self.environment) async throws -> RunRecord? {
        let store = try await store
        let now = Timestamp.column(unixSeconds: clock.seconds.withLock { $0 } + 1)
        guard
            let run = try await store.claimNextRun(
                configVersion: environment.configVersion, engineVersion: "test", now: now)
        else { return nil }
        let executor = RunExecutor(
            store: store, environment: environment, now: { now },
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
        let outcome = try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(with: Result { try executor.execute(run) }) }
        }
        return try await store.finishRun(run, outcome, now: now)
    }
}
