import ScheduleStore
import Testing

extension ConformanceCase {
    static let contacts: [ConformanceCase] = [
        ConformanceCase("a contact is read as it was inserted, empty texts as null") { backend in
            let store = try await backend.openOrganization("a")
            var draft = ContactDraft()
            draft.externalID = "crm-1"
            draft.firstName = "Zoë"
            draft.lastName = ""
            draft.email = "Zoe@Example.com"
            draft.birthDate = "1961-02-29"
            let inserted = try await store.insertContact(draft)
            #expect(inserted.lastName == nil)
            #expect(inserted.firstName == "Zoë")
            #expect(inserted.birthDate == "1961-02-29")
            let read = try await store.contact(id: inserted.id)
            #expect(read == inserted)
            let none = try await store.contact(id: inserted.id + 1)
            #expect(none == nil)
        },
        ConformanceCase("an id that is taken is a conflict, and so is an external id") { backend in
            let store = try await backend.openOrganization("a")
            var draft = ContactDraft(id: 7)
            draft.externalID = "crm-7"
            _ = try await store.insertContact(draft)
            let sameID = await errorCode { _ = try await store.insertContact(ContactDraft(id: 7)) }
            #expect(sameID == .conflict(field: "id"))
            draft.id = nil
            let again = draft
            let sameKey = await errorCode { _ = try await store.insertContact(again) }
            #expect(sameKey == .conflict(field: "external_id"))
            let count = try await store.countContacts()
            #expect(count == 1)
        },
        ConformanceCase("ids count up behind the highest id ever given") { backend in
            let store = try await backend.openOrganization("a")
            _ = try await store.insertContact(ContactDraft(id: 41))
            let next = try await store.insertContact(ContactDraft())
            #expect(next.id == 42)
        },
        ConformanceCase("an id below 1 or above 2⁵³ − 1 is refused") { backend in
            let store = try await backend.openOrganization("a")
            for id in [0, -1, 1 << 53, Int64.max] {
                let code = await errorCode { _ = try await store.insertContact(ContactDraft(id: id)) }
                #expect(code == .constraint, "id \(id)")
            }
            _ = try await store.insertContact(ContactDraft(id: 1 << 53 - 1))
        },
        ConformanceCase("pages of any size give every contact once, in order") { backend in
            let store = try await backend.openOrganization("a")
            try await store.insertContacts(7)
            for limit in 1...8 {
                var ids: [Int64] = []
                var cursor: Int64?
                repeat {
                    let page = try await store.contacts(after: cursor, limit: limit)
                    ids += page.items.map(\.id)
                    cursor = page.nextCursor
                } while cursor != nil
                #expect(ids == Array(1...7), "limit \(limit)")
            }
        },
        ConformanceCase("what was inserted is there when the store is opened again") { backend in
            var store = try await backend.openOrganization("a")
            try await store.insertContacts(3)
            try await store.close()
            let code = await errorCode { _ = try await store.countContacts() }
            #expect(code == .closed)
            store = try await backend.openOrganization("a")
            let count = try await store.countContacts()
            #expect(count == 3)
        },
    ]
}
