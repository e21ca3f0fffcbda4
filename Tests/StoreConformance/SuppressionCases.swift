import ScheduleStore
import Testing

extension ConformanceCase {
    static let suppressions: [ConformanceCase] = [
        ConformanceCase("a suppression is stored for a contact that exists, and touches it") { backend in
            let store = try await backend.openOrganization("a")
            try await store.insertContacts(2)
            var draft = SuppressionDraft(contactID: 2, channel: .sms)
            draft.reason = "asked"
            let added = try await store.insertSuppression(draft, now: now)
            #expect(added.touched == Touched(contactIDs: [2]))
            #expect(added.record.channel == "sms" && added.record.createdAt == now)
            let page = try await store.suppressions(contactID: 2, after: nil, limit: 10)
            #expect(page.items == [added.record])
            let nobody = await errorCode {
                _ = try await store.insertSuppression(SuppressionDraft(contactID: 9), now: now)
            }
            #expect(nobody == .dangling(field: "contact_id"))
        },
        ConformanceCase("suppressions are listed in order, those of other programs too, and removed once") {
            backend in
            let store = try await backend.openOrganization("a")
            try await store.insertContacts(2)
            try await backend.insert(["contact_id": 1], into: "suppressions", ofOrganization: "a")
            _ = try await store.insertSuppression(SuppressionDraft(contactID: 2), now: now)
            let first = try await store.suppressions(contactID: nil, after: nil, limit: 1)
            let second = try await store.suppressions(contactID: nil, after: first.nextCursor, limit: 1)
            #expect((first.items + second.items).map(\.channel) == [nil, "all"])
            #expect(second.nextCursor == nil)
            let touched = try await store.deleteSuppression(id: 1)
            #expect(touched == Touched(contactIDs: [1]))
            let again = await errorCode { _ = try await store.deleteSuppression(id: 1) }
            #expect(again == .notFound)
        },
    ]
}
