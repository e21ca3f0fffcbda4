import ScheduleStore
import Synchronization
import Testing

extension ConformanceCase {
    /// What is stored in one transaction with a change.
    static let companions: [ConformanceCase] = [
        ConformanceCase("the runs and the answer of a change are stored with it") { backend in
            let store = try await backend.openOrganization("a")
            let companion = try companion()
            let change = try await store.accompanied(by: companion).insertContact(ContactDraft(id: 5))
            #expect(change.touched == Touched(contactIDs: [5]))
            #expect(companion.queuedRuns.map(\.id) == [1])
            #expect(try await store.run(id: 1)?.request.contactIDs == [5])
            #expect(try await store.keptAnswer(id: [5], now: now)?.content == [1])
        },
        ConformanceCase("a change that fails leaves neither its runs nor its answer") { backend in
            let store = try await backend.openOrganization("a")
            let companion = try companion(failing: true)
            let code = await errorCode {
                _ = try await store.accompanied(by: companion).insertContact(ContactDraft(id: 5))
            }
            #expect(code == .wrongState)
            #expect(try await store.contact(id: 5) == nil)
            #expect(try await store.runs(before: nil, limit: 10).items.isEmpty)
            #expect(try await store.keptAnswer(id: [5], now: now) == nil)
        },
        ConformanceCase("of changes at the same time each is refused or stored alone, with what goes with it")
        {
            backend in
            let store = try await backend.openOrganization("a")
            let added = await withTaskGroup(of: Int64?.self) { group in
                for number in 0..<200 {
                    group.addTask {
                        var draft = ContactDraft()
                        draft.externalID = "crm-\(number % 40)"
                        guard let companion = try? companion(),
                            let added = try? await store.accompanied(by: companion).insertContact(draft)
                                .record,
                            // What is acknowledged is there for everybody.
                            let found = try? await store.contact(id: added.id), found == added
                        else { return nil }
                        return added.id
                    }
                }
                return await group.reduce(into: []) { $0 += [$1].compactMap(\.self) }
            }
            #expect(added.sorted() == Array(1...40))
            let contacts = try await store.contacts(after: nil, limit: 100).items
            #expect(contacts.map(\.id) == Array(1...40))
            #expect(Set(contacts.map(\.externalID)).count == 40)
            #expect(try await store.run(id: 1)?.request.contactIDs == Array(1...40))
            for id in 1...40 { #expect(try await store.keptAnswer(id: [UInt8(id)], now: now) != nil) }
        },
        ConformanceCase("a companion is told the standing plan") { backend in
            let store = try await backend.openOrganization("a")
            let run = try await store.startRun()
            _ = try await store.finishRun(run, .completed(report: "{}"), now: now)
            let told = Told()
            let companion = ChangeCompanion(
                now: now,
                planning: { _, plan in
                    told.plan.withLock { $0 = plan?.id }
                    return []
                }, answering: { _, _ in nil })
            _ = try await store.accompanied(by: companion).insertContact(ContactDraft())
            #expect(told.plan.withLock { $0 } == run.id)
        },
        ConformanceCase("a view of a store closes with it") { backend in
            let store = try await backend.openOrganization("a")
            let view = store.accompanied(by: try companion())
            try await store.close()
            let code = await errorCode { _ = try await view.countContacts() }
            #expect(code == .closed)
        },
    ]

    /// Answers that are kept for clients.
    static let answers: [ConformanceCase] = [
        ConformanceCase("an answer is found until it expires, and goes when another one is kept") { backend in
            let stores: [any AnswerStore] = [
                try await backend.openOrganization("a"), try await backend.openService(),
            ]
            for store in stores {
                let answer = KeptAnswer(
                    id: [1, 2], fingerprint: [3], content: [0, 255], createdAt: "2026-01-05 08:00:00",
                    expiresAt: "2026-01-06 08:00:00")
                try await store.keepAnswer(answer)
                #expect(try await store.keptAnswer(id: [1, 2], now: "2026-01-06 08:00:00") == answer)
                #expect(try await store.keptAnswer(id: [1, 2], now: "2026-01-06 08:00:01") == nil)
                #expect(try await store.keptAnswer(id: [1], now: now) == nil)
                var later = answer
                later.createdAt = "2026-01-07 08:00:00"
                later.expiresAt = "2026-01-08 08:00:00"
                later.id = [4]
                try await store.keepAnswer(later)
                #expect(try await store.keptAnswer(id: [1, 2], now: now) == nil)
                later.content = [7]
                try await store.keepAnswer(later)
                #expect(try await store.keptAnswer(id: [4], now: now)?.content == [7])
            }
        }
    ]

    /// A companion that plans the touched contacts anew, and keeps an answer named after them.
    private static func companion(failing: Bool = false) throws -> ChangeCompanion {
        let today = try date("2026-01-05")
        return ChangeCompanion(
            now: now,
            planning: { touched, _ in
                var run = RunRequest(kind: .contacts, today: today)
                run.contactIDs = touched.contactIDs
                return [run]
            },
            answering: { outcome, runs in
                if failing {
                    throw StoreError(.wrongState, operation: "test", path: "", cause: "it shall fail")
                }
                guard let change = outcome as? StoreChange<ContactRecord> else { return nil }
                return KeptAnswer(
                    id: [UInt8(change.record.id)], fingerprint: [], content: [UInt8(runs.count)],
                    createdAt: now, expiresAt: now)
            })
    }
}

private final class Told: Sendable {
    let plan = Mutex<Int64?>(nil)
}
