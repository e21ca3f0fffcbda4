import Foundation
import Logging
import ScheduleConfig
import ScheduleJobs
import ScheduleStore
import ScheduleStoreSQLite
import SchedulingCore
import StoreConformance
import Testing

@Suite struct HistoryRetentionTests {
    private let directory: Folder
    private let stores: SQLiteOrganizationStores
    private let service: SQLiteServiceStore
    private let draft = AuditDraft(
        actor: "a", requestID: nil, entity: "contact", entityID: "1", action: "updated")

    init() throws {
        directory = try Folder()
        stores = SQLiteOrganizationStores(directory: directory.path)
        service = try SQLiteServiceStore(path: directory.url.appending(path: "service.sqlite3").path)
    }

    private func closing(_ body: () async throws -> Void) async throws {
        try await body()
        try await stores.close()
        try await service.close()
    }

    /// Looks once at organisations that exist, and some that do not.
    private func look(_ ids: [String], _ change: (inout Settings.Retention) -> Void = { _ in }) async {
        var retention = Settings.Retention()
        change(&retention)
        let kept = retention
        await HistoryRetention(
            service: service, stores: stores, organizationIDs: { ids }, retention: kept,
            now: TestOrganization.now,
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        ).runOnce()
    }

    private func actions(_ id: String) async throws -> [String: Int] {
        let store = try await stores.store(ofOrganization: id)
        let entries = try await store.auditRecords(AuditFilter(), before: nil, limit: 5000).items
        return entries.reduce(into: [:]) { $0[$1.draft.action, default: 0] += 1 }
    }

    @Test func `everything whose time is over goes in many steps, which is told once in the audit log`()
        async throws
    {
        try await closing {
            let store = try await stores.store(ofOrganization: "a")
            for _ in 1...1200 { try await store.recordAudit(draft, now: "2018-12-31 23:59:59") }
            for _ in 1...3 { try await store.recordAudit(draft, now: "2019-01-06 00:00:00") }
            await look(["a"])
            #expect(try await actions("a") == ["updated": 3, "removed": 1])
            let entry = try await store.auditRecords(AuditFilter(), before: nil, limit: 1).items[0].draft
            #expect(entry.entity == "history" && entry.actor == "system")
            #expect(entry.details == #"{"rows":{"audit_log":1200}}"#)
            // Nothing more to do, and nothing told.
            await look(["a"])
            #expect(try await actions("a") == ["updated": 3, "removed": 1])
        }
    }

    @Test func `0 days keep everything`() async throws {
        try await closing {
            let store = try await stores.store(ofOrganization: "a")
            try await store.recordAudit(draft, now: "1970-01-01 00:00:00")
            await look(["a"]) { $0.audit_days = 0 }
            #expect(try await actions("a") == ["updated": 1])
        }
    }

    @Test func `an organisation whose file is broken, or has a run that goes on, leaves the others alone`()
        async throws
    {
        try await closing {
            let broken = directory.url.appending(path: "broken.sqlite3")
            try Data((0..<8192).map { UInt8(truncatingIfNeeded: $0 &* 31) }).write(to: broken)
            for id in ["a", "busy"] {
                try await stores.store(ofOrganization: id).recordAudit(draft, now: "2010-01-01 00:00:00")
            }
            let busy = try await stores.store(ofOrganization: "busy")
            _ = try await busy.createRun(
                RunRequest(kind: .full, today: try #require(TestOrganization.today)),
                now: TestOrganization.now())
            let run = try #require(
                try await busy.claimNextRun(
                    configVersion: nil, engineVersion: "1", now: TestOrganization.now()))
            await look(["broken", "busy", "a"])
            #expect(try await actions("a") == ["removed": 1])
            #expect(try await actions("busy") == ["updated": 1, "started": 1])
            _ = try await busy.finishRun(run, .completed(report: "{}"), now: TestOrganization.now())
            await look(["broken", "busy", "a"])
            #expect(try await actions("busy") == ["started": 1, "completed": 1, "removed": 1])
        }
    }
}
