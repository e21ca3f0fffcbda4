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
            let inserted = try await store.insertContact(draft).record
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
            let next = try await store.insertContact(ContactDraft()).record
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
        ConformanceCase("contacts are found by e-mail and state in any case, by key and ZIP, page by page") {
            backend in
            let store = try await backend.openOrganization("a")
            for id in Int64(1)...6 {
                var draft = ContactDraft(id: id)
                draft.email = id % 2 == 0 ? "Even@x.org" : "odd@x.org"
                draft.externalID = "crm-\(id)"
                draft.state = id < 5 ? "ca" : "NY"
                draft.zipCode = "9000\(id)"
                _ = try await store.insertContact(draft)
            }
            func ids(_ change: (inout ContactFilter) -> Void) async throws -> [Int64] {
                var filter = ContactFilter()
                change(&filter)
                var ids: [Int64] = []
                var cursor: Int64?
                repeat {
                    let page = try await store.contacts(filter, after: cursor, limit: 1)
                    ids += page.items.map(\.id)
                    cursor = page.nextCursor
                } while cursor != nil
                return ids
            }
            let even = try await ids { $0.email = "eVEN@X.org" }
            let key = try await ids { $0.externalID = "crm-3" }
            let state = try await ids { $0.state = "CA" }
            let zip = try await ids { $0.zipCode = "90005" }
            let both = try await ids { ($0.email, $0.state) = ("odd@x.org", "ny") }
            let nobody = try await ids { $0.externalID = "crm" }
            #expect([even, key, state, zip, both, nobody] == [[2, 4, 6], [3], [1, 2, 3, 4], [5], [5], []])
        },
        ConformanceCase("a contact is replaced whole, or added with its id, and says whom it touches") {
            backend in
            let store = try await backend.openOrganization("a")
            var draft = ContactDraft()
            draft.email = "a@x.org"
            draft.firstName = "Anna"
            let added = try await store.putContact(id: 9, draft)
            #expect(added.isNew && added.touched == Touched(contactIDs: [9]))
            draft.firstName = "Ann"
            let renamed = try await store.putContact(id: 9, draft)
            #expect(!renamed.isNew && renamed.record.firstName == "Ann" && renamed.touched.isEmpty)
            draft.firstName = nil
            draft.state = "NY"
            let moved = try await store.putContact(id: 9, draft)
            #expect(moved.record.firstName == nil && moved.touched == Touched(contactIDs: [9]))
            let read = try await store.contact(id: 9)
            #expect(read == moved.record)
            let code = await errorCode { _ = try await store.putContact(id: 0, ContactDraft()) }
            #expect(code == .constraint)
        },
        ConformanceCase("a change leaves the columns that it does not give, and no key is given twice") {
            backend in
            let store = try await backend.openOrganization("a")
            var draft = ContactDraft(id: 1)
            draft.externalID = "one"
            draft.email = "a@x.org"
            _ = try await store.insertContact(draft)
            _ = try await store.insertContact(ContactDraft(id: 2))
            var change = ContactDraft(given: .state)
            change.state = "CA"
            let changed = try await store.updateContact(id: 1, change)
            #expect(changed.record.email == "a@x.org" && changed.record.state == "CA")
            #expect(changed.touched == Touched(contactIDs: [1]))
            let again = try await store.updateContact(id: 1, change)
            #expect(again.touched.isEmpty)
            var taken = ContactDraft(given: .externalID)
            taken.externalID = "one"
            let other = taken
            let patch = await errorCode { _ = try await store.updateContact(id: 2, other) }
            let put = await errorCode { _ = try await store.putContact(id: 3, other) }
            let none = await errorCode { _ = try await store.updateContact(id: 4, other) }
            #expect(patch == .conflict(field: "external_id") && put == patch)
            #expect(none == .notFound)
        },
        ConformanceCase("with a contact go its rows that are not committed, and its id is not given again") {
            backend in
            let store = try await backend.openOrganization("a")
            try await store.insertContacts(2)
            for (id, status) in ["pre-scheduled", "skipped", "sent", "cancelled"].enumerated() {
                for contact in [1, 2] {
                    try await backend.insert(
                        [
                            "contact_id": .number(Int64(contact)), "email_type": "birthday",
                            "status": .text(status), "event_year": .number(Int64(2020 + id)),
                        ], into: "email_schedules", ofOrganization: "a")
                }
            }
            let touched = try await store.deleteContact(id: 2)
            #expect(touched == Touched(contactIDs: [2]))
            let kept = try await store.schedules(ofContact: 2)
            #expect(kept.map(\.status) == ["sent", "cancelled"])
            let others = try await store.schedules(ofContact: 1)
            #expect(others.count == 4)
            let next = try await store.insertContact(ContactDraft()).record
            #expect(next.id == 3)
            let again = await errorCode { _ = try await store.deleteContact(id: 2) }
            #expect(again == .notFound)
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
