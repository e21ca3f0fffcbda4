import ScheduleStore
import Testing

private func organization(_ id: String) -> OrganizationRecord {
    OrganizationRecord(id: id, name: "Name", timeZone: "America/Chicago", createdAt: now)
}

private func token(_ organizationID: String?, _ byte: UInt8) -> TokenDraft {
    TokenDraft(
        organizationID: organizationID, name: "n", scopes: [.read, .write],
        hash: [UInt8](repeating: byte, count: 32), createdAt: now)
}

extension ConformanceCase {
    static let service: [ConformanceCase] = [
        ConformanceCase("an organisation is made once, changed and removed") { backend in
            let store = try await backend.openService()
            try await store.createOrganization(organization("acme"))
            let again = await errorCode { try await store.createOrganization(organization("acme")) }
            #expect(again == .conflict(field: "id"))
            let changed = try await store.updateOrganization(
                id: "acme", name: nil, timeZone: "America/Denver", isPaused: true)
            #expect(changed.isPaused)
            #expect(
                try await store.updateOrganization(id: "acme", name: nil, timeZone: nil, isPaused: nil)
                    == changed)
            #expect(changed.name == "Name" && changed.timeZone == "America/Denver")
            let read = try await store.organization(id: "acme")
            #expect(read == changed)
            try await store.deleteOrganization(id: "acme")
            let gone = try await store.organization(id: "acme")
            #expect(gone == nil)
            let deletion = await errorCode { try await store.deleteOrganization(id: "acme") }
            let change = await errorCode {
                _ = try await store.updateOrganization(id: "acme", name: "x", timeZone: nil, isPaused: nil)
            }
            #expect(deletion == .notFound && change == .notFound)
        },
        ConformanceCase("an organisation's id has 1 to 64 of a-z, 0-9, _ and -") { backend in
            let store = try await backend.openService()
            let long = String(repeating: "a", count: 64)
            for id in ["a", "0-_z", long] { try await store.createOrganization(organization(id)) }
            for id in ["", "A", "ä", "a b", "../x", "a/b", "a\n", long + "a", "service"] {
                #expect(!OrganizationRecord.isValidID(id), "\(id)")
                let code = await errorCode { try await store.createOrganization(organization(id)) }
                #expect(code == .constraint, "\(id)")
            }
        },
        ConformanceCase("organisations are listed in order of their ids") { backend in
            let store = try await backend.openService()
            for id in ["c", "a", "d", "b"] { try await store.createOrganization(organization(id)) }
            let page = try await store.organizations(after: nil, limit: 3)
            #expect(page.items.map(\.id) == ["a", "b", "c"])
            let rest = try await store.organizations(after: page.nextCursor, limit: 3)
            #expect(rest.items.map(\.id) == ["d"])
            #expect(rest.nextCursor == nil)
        },
        ConformanceCase("a token is found by its hash until it is removed") { backend in
            let store = try await backend.openService()
            try await store.createOrganization(organization("acme"))
            let inserted = try await store.insertToken(token("acme", 1))
            let found = try await store.token(hash: [UInt8](repeating: 1, count: 32))
            #expect(found == inserted)
            #expect(found?.draft.scopes == [.read, .write])
            let other = try await store.token(hash: [UInt8](repeating: 2, count: 32))
            #expect(other == nil)
            try await store.noteTokenUse([inserted.id: "2026-01-05"])
            try await store.noteTokenUse([inserted.id: "2026-01-04", 99: "x"])
            let used = try await store.token(hash: inserted.draft.hash)
            #expect(used?.lastUsedAt == "2026-01-05")
            try await store.deleteToken(id: inserted.id)
            let gone = try await store.token(hash: inserted.draft.hash)
            #expect(gone == nil)
            let code = await errorCode { try await store.deleteToken(id: inserted.id) }
            #expect(code == .notFound)
        },
        ConformanceCase("tokens go with their organisation, and belong to one that exists") { backend in
            let store = try await backend.openService()
            try await store.createOrganization(organization("acme"))
            _ = try await store.insertToken(token("acme", 1))
            _ = try await store.insertToken(token(nil, 2))
            let same = await errorCode { _ = try await store.insertToken(token(nil, 1)) }
            #expect(same == .conflict(field: "hash"))
            let nobody = await errorCode { _ = try await store.insertToken(token("nobody", 3)) }
            #expect(nobody == .constraint)
            let own = try await store.tokens(organizationID: "acme", after: nil, limit: 10)
            #expect(own.items.map(\.draft.organizationID) == ["acme"])
            try await store.deleteOrganization(id: "acme")
            let rest = try await store.tokens(organizationID: nil, after: nil, limit: 10)
            #expect(rest.items.map(\.draft.organizationID) == [nil])
        },
    ]
}
