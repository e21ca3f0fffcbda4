import ScheduleStore
import SchedulingCore
import Testing

extension ConformanceCase {
    /// What is kept of the past, told of it, and removed.
    static let history: [ConformanceCase] = [
        ConformanceCase("audit entries are listed newest first, in pages, by every filter") { backend in
            let store = try await backend.openOrganization("a")
            for number in 1...6 {
                try await store.recordAudit(
                    AuditDraft(
                        actor: number % 2 == 0 ? "even" : "odd", requestID: "r\(number)", entity: "contact",
                        entityID: "\(number % 3)", action: number < 4 ? "created" : "updated",
                        details: "{\"n\":\(number)}"), now: "2026-01-0\(number) 08:00:00")
            }
            func ids(_ change: (inout AuditFilter) -> Void) async throws -> [Int64] {
                var filter = AuditFilter()
                change(&filter)
                return try await store.auditRecords(filter, before: nil, limit: 10).items.map(\.id)
            }
            let first = try await store.auditRecords(AuditFilter(), before: nil, limit: 4)
            #expect(first.items.map(\.id) == [6, 5, 4, 3] && first.nextCursor == 3)
            let entry = try #require(first.items.first)
            #expect(entry.at == "2026-01-06 08:00:00" && entry.draft.requestID == "r6")
            #expect(entry.draft.details == "{\"n\":6}")
            let last = try await store.auditRecords(AuditFilter(), before: 3, limit: 4)
            #expect(last.items.map(\.id) == [2, 1] && last.nextCursor == nil)
            #expect(try await ids { $0.actor = "odd" } == [5, 3, 1])
            #expect(try await ids { $0.entity = "run" } == [])
            #expect(try await ids { $0.entityID = "0" } == [6, 3])
            #expect(try await ids { $0.action = "created" } == [3, 2, 1])
            #expect(try await ids { $0.from = "2026-01-05 08:00:00" } == [6, 5])
            #expect(try await ids { $0.before = "2026-01-02 08:00:00" } == [1])
            #expect(
                try await ids {
                    $0.actor = "even"
                    $0.action = "updated"
                } == [6, 4])
        },
        ConformanceCase("a run leaves entries of its start and its end") { backend in
            let store = try await backend.openOrganization("a")
            let run = try await store.startRun()
            _ = try await store.finishRun(run, .completed(report: "{}"), now: now)
            var filter = AuditFilter()
            filter.entity = "run"
            let entries = try await store.auditRecords(filter, before: nil, limit: 10).items
            #expect(entries.map(\.draft.action) == ["completed", "started"])
            #expect(entries.allSatisfy { $0.draft.entityID == "\(run.id)" && $0.draft.actor == "system" })
        },
        ConformanceCase("an export has a contact's rows of every table, and nobody else's") { backend in
            let store = try await backend.openOrganization("a")
            try await store.planBirthdays(2)
            _ = try await store.insertSuppression(SuppressionDraft(contactID: 1), now: now)
            let export = try #require(try await store.exportContact(id: 1))
            let counts = Dictionary(uniqueKeysWithValues: export.tables.map { ($0.name, $0.rows.count) })
            #expect(counts["contacts"] == 1 && counts["email_schedules"] == 1 && counts["suppressions"] == 1)
            let rows: [String] = export.tables.flatMap { $0.rows }
            #expect(!rows.contains { $0.contains("contact2@example.com") })
            #expect(rows.contains { $0.contains("contact1@example.com") })
            #expect(try await store.exportContact(id: 3) == nil)
        },
        ConformanceCase(
            "an erased contact leaves what was sent, nothing personal, and never hears of us again"
        ) {
            backend in
            let store = try await backend.openOrganization("a")
            try await store.planBirthdays(2)
            let claim = try await store.claimEmails(claimRequest(limit: 1), now: now)
            let item = try #require(claim.items.first)
            try await store.report(item, .sent, message: "m1")
            let contactID = try #require(item.email.contactID)
            let erasure = try await store.eraseContact(id: contactID, now: now)
            #expect(erasure.touched.contactIDs == [contactID] && erasure.rows["contacts"] == 1)
            #expect(try await store.contact(id: contactID) == nil)
            #expect(try await store.row(item.email.id).status == "sent")
            let list = try await store.suppressions(contactID: contactID, after: nil, limit: 10)
            #expect(list.items.count == 1)
            let left: [String] =
                try await store.exportContact(id: contactID)?.tables.flatMap { $0.rows } ?? []
            #expect(!left.contains { $0.contains("contact\(contactID)@example.com") })
            #expect(try await store.contact(id: 3 - contactID) != nil)
            #expect(await errorCode { _ = try await store.eraseContact(id: 9, now: now) } == .notFound)
        },
        ConformanceCase("old history goes piece by piece, and newer stays") { backend in
            let store = try await backend.openOrganization("a")
            let draft = AuditDraft(
                actor: "a", requestID: nil, entity: "contact", entityID: nil, action: "created")
            for day in 1...9 { try await store.recordAudit(draft, now: "2020-01-0\(day) 23:59:59") }
            for number in 1...3 {
                try await backend.insert(
                    ["contact_id": 1, "clicked_at": .text("202\(number)-06-01 00:00:00")],
                    into: "tracking_clicks",
                    ofOrganization: "a")
                try await backend.insert(
                    [
                        "contact_id": 1, "event_type": "eligibility_answered",
                        "created_at": .text("202\(number)-06-01"),
                    ],
                    into: "contact_events", ofOrganization: "a")
            }
            var cutoffs = HistoryCutoffs()
            func remove() async throws -> [String: Int] {
                try await store.removeHistory(before: cutoffs, limit: 2, now: now)
            }
            #expect(try await remove() == [:])
            cutoffs.audit = try date("2020-01-06")
            #expect(try await remove() == ["audit_log": 2])
            #expect(try await remove() == ["audit_log": 2])
            #expect(try await remove() == ["audit_log": 1])
            #expect(try await remove() == [:])
            let left = try await store.auditRecords(AuditFilter(), before: nil, limit: 10).items.map(\.id)
            #expect(left == [9, 8, 7, 6])
            cutoffs.events = try date("2023-01-01")
            let rows = ["tracking_clicks": 2, "contact_events": 2]
            #expect(try await remove() == rows)
            #expect(try await remove() == [:])
        },
        ConformanceCase("delivery events and reports go by their time, and the row keeps what became of it") {
            backend in
            let store = try await backend.openOrganization("a")
            try await store.planBirthdays(1)
            let claim = try await store.claimEmails(claimRequest(), now: now)
            try await store.report(try #require(claim.items.first), .sent, message: "m1")
            let day: Int64 = 86_400
            let at = Int64(try date("2026-02-15").dayNumber) * day
            _ = try await store.recordEvents(
                [.of(1, .delivered, number: 1, at: at), .of(1, .opened, number: 2, at: at + day)], now: now)
            var cutoffs = HistoryCutoffs()
            cutoffs.events = try date("2026-02-16")
            let removal = try await store.removeHistory(before: cutoffs, limit: 10, now: now)
            // What a sender reports is an event too.
            #expect(removal == ["email_events": 2, "send_reports": 1, "claim_calls": 1])
            #expect(try await store.row(1).status == "delivered")
        },
        ConformanceCase("runs go but the newest plan, those behind it, and those that an email names") {
            backend in
            let store = try await backend.openOrganization("a")
            try await store.planBirthdays(1)
            for _ in 1...2 {
                let run = try await store.startRun()
                _ = try await store.finishRun(run, .completed(report: "{}"), now: now)
            }
            _ = try await store.createRun(
                RunRequest(kind: .followups, today: try date("2026-01-05")), now: now)
            let last = try #require(
                try await store.claimNextRun(configVersion: 1, engineVersion: "1", now: now))
            var cutoffs = HistoryCutoffs()
            cutoffs.runs = try date("2030-01-01")
            #expect(
                try await store.removeHistory(before: cutoffs, limit: 10, now: now) == [:],
                "while a run goes on nothing is removed")
            _ = try await store.finishRun(last, .completed(report: "{}"), now: now)
            let removal = try await store.removeHistory(before: cutoffs, limit: 10, now: now)
            #expect(removal == ["scheduler_runs": 1])
            #expect(try await store.runs(before: nil, limit: 10).items.map(\.id) == [4, 3, 1])
        },
        ConformanceCase("imports go with the rows that they refused, however many") { backend in
            let store = try await backend.openOrganization("a")
            for day in ["2024-01-01", "2026-01-01"] {
                let record = try await store.createImport(columns: ["email"], now: day)
                var batch = ImportBatch()
                batch.rejects = (1...5).map {
                    ImportReject(row: $0, field: "email", code: "invalid_email", value: "x", columns: ["x"])
                }
                _ = try await store.importBatch(batch, importID: record.id)
                _ = try await store.finishImport(id: record.id, error: nil, now: day)
            }
            var cutoffs = HistoryCutoffs()
            cutoffs.imports = try date("2025-01-01")
            var rows: [String: Int] = [:]
            var removal: [String: Int] = [:]
            repeat {
                removal = try await store.removeHistory(before: cutoffs, limit: 2, now: now)
                rows.merge(removal, uniquingKeysWith: +)
            } while !removal.isEmpty
            #expect(rows == ["import_rejects": 5, "imports": 1])
            #expect(try await store.importRecord(id: 1) == nil)
            #expect(try await store.importRejects(id: 2, after: nil, limit: 10).items.count == 5)
        },
        ConformanceCase("the service's own entries go too, and answers that have expired are no history") {
            backend in
            let service = try await backend.openService()
            for (id, at) in [("old", "2019-01-01 00:00:00"), ("new", now)] {
                try await service.createOrganization(
                    OrganizationRecord(id: id, name: id, timeZone: "America/Chicago", createdAt: at),
                    audit: AuditDraft(
                        actor: "a", requestID: nil, entity: "organization", entityID: id, action: "created"))
                try await service.keepAnswer(
                    KeptAnswer(
                        id: Array(id.utf8), fingerprint: [1], content: [2], createdAt: at, expiresAt: at))
            }
            var cutoffs = HistoryCutoffs()
            cutoffs.audit = try date("2020-01-01")
            let removal = try await service.removeHistory(before: cutoffs, limit: 10, now: now)
            #expect(removal == ["audit_log": 1])
            #expect(try await service.keptAnswer(id: Array("new".utf8), now: now) != nil)
        },
    ]
}
