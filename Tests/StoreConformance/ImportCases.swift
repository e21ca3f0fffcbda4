import ScheduleStore
import Testing

/// A batch of drafts with row numbers from 1.
private func batch(_ drafts: [ContactDraft]) -> ImportBatch {
    var batch = ImportBatch()
    batch.rows = drafts.enumerated().map { ImportBatch.Row(row: $0.offset + 1, draft: $0.element) }
    return batch
}

private func draft(
    id: Int64? = nil, externalID: String? = nil, email: String? = nil, firstName: String? = nil,
    given: ContactFields = .all
) -> ContactDraft {
    var draft = ContactDraft(id: id, given: given)
    draft.externalID = externalID
    draft.email = email
    draft.firstName = firstName
    return draft
}

extension ConformanceCase {
    static let imports: [ConformanceCase] = [
        ConformanceCase("an import finds contacts by id, else external id, else e-mail in any case") {
            backend in
            let store = try await backend.openOrganization("a")
            let record = try await store.createImport(columns: ["email"], now: now)
            let first = try await store.importBatch(
                batch([
                    draft(id: 10, email: "ten@example.com"),
                    draft(externalID: "crm-2", email: "two@example.com"),
                    draft(email: "Three@Example.com"),
                ]), importID: record.id)
            #expect(first.created == 3)
            #expect(first.touched.contactIDs == [10, 11, 12])
            let second = try await store.importBatch(
                batch([
                    draft(id: 10, email: "ten@example.com", firstName: "Ten"),
                    draft(externalID: "crm-2", email: "new@example.com"),
                    draft(email: "tHREE@example.COM"),
                    draft(externalID: "crm-2", email: "new@example.com"),
                ]), importID: record.id)
            #expect(second.created == 0)
            #expect(second.updated == 3)
            #expect(second.unchanged == 1)
            #expect(second.touched.contactIDs == [11, 12])
            let third = try await store.contact(id: 12)
            #expect(third?.email == "tHREE@example.COM")
        },
        ConformanceCase("two contacts with external ids may share an e-mail") { backend in
            let store = try await backend.openOrganization("a")
            let record = try await store.createImport(columns: ["external_id", "email"], now: now)
            let both = batch([
                draft(externalID: "anna", email: "both@example.com"),
                draft(externalID: "bert", email: "both@example.com"),
            ])
            let first = try await store.importBatch(both, importID: record.id)
            #expect(first.created == 2)
            let second = try await store.importBatch(both, importID: record.id)
            #expect(second.unchanged == 2)
        },
        ConformanceCase("a contact known by e-mail alone takes the external id that an import brings") {
            backend in
            let store = try await backend.openOrganization("a")
            let record = try await store.createImport(columns: ["external_id", "email"], now: now)
            _ = try await store.importBatch(batch([draft(email: "a@example.com")]), importID: record.id)
            let outcome = try await store.importBatch(
                batch([draft(externalID: "crm-1", email: "A@example.com")]), importID: record.id)
            #expect(outcome.updated == 1)
            let contact = try await store.contact(id: 1)
            #expect(contact?.externalID == "crm-1")
        },
        ConformanceCase("columns that an import does not give keep what they hold") { backend in
            let store = try await backend.openOrganization("a")
            let record = try await store.createImport(columns: ["email", "first_name"], now: now)
            _ = try await store.importBatch(
                batch([draft(email: "a@example.com", firstName: "Anna")]), importID: record.id)
            let outcome = try await store.importBatch(
                batch([draft(email: "a@example.com", given: .email)]), importID: record.id)
            #expect(outcome.unchanged == 1)
            let emptied = try await store.importBatch(
                batch([draft(email: "a@example.com", given: [.email, .firstName])]), importID: record.id)
            #expect(emptied.updated == 1)
            let contact = try await store.contact(id: 1)
            #expect(contact?.firstName == nil)
        },
        ConformanceCase("a row whose id and external id name two contacts is rejected alone") { backend in
            let store = try await backend.openOrganization("a")
            let record = try await store.createImport(columns: ["id", "external_id", "email"], now: now)
            _ = try await store.importBatch(
                batch([draft(id: 1, externalID: "one"), draft(id: 2, externalID: "two")]), importID: record.id
            )
            let outcome = try await store.importBatch(
                batch([draft(id: 1, externalID: "two", email: "x@example.com"), draft(id: 3)]),
                importID: record.id)
            #expect(outcome.created == 1)
            let rejects = try await store.importRejects(id: record.id, after: nil, limit: 10).items
            #expect(rejects == outcome.conflicts)
            #expect(rejects.first?.code == "conflict")
            #expect(rejects.first?.field == "external_id")
            #expect(rejects.first?.columns == ["1", "two", "x@example.com"])
        },
        ConformanceCase("an import's record adds up its batches, with rejects and warnings") { backend in
            let store = try await backend.openOrganization("a")
            let record = try await store.createImport(columns: ["email", "zip \"code\""], now: now)
            var first = batch([draft(email: "a@example.com"), draft(email: "b@example.com")])
            first.warnings = ["missing_zip": 2]
            first.rejects = [
                ImportReject(row: 3, field: "email", code: "invalid_email", value: "é@", columns: ["é@", ""])
            ]
            _ = try await store.importBatch(first, importID: record.id)
            var second = ImportBatch()
            second.warnings = ["missing_zip": 1, "state_zip_mismatch": 1]
            second.rejects = (4...6).map {
                ImportReject(
                    row: $0, field: nil, code: "missing_email", value: nil, columns: ["", "\n\"1\""])
            }
            _ = try await store.importBatch(second, importID: record.id)
            let finished = try await store.finishImport(id: record.id, error: nil, now: now)
            #expect(finished.state == .completed)
            #expect(finished.columns == record.columns)
            #expect([finished.received, finished.created, finished.rejected] == [6, 2, 4])
            #expect(finished.warnings == ["missing_zip": 3, "state_zip_mismatch": 1])
            let page = try await store.importRejects(id: record.id, after: nil, limit: 3)
            #expect(page.items.map(\.row) == [3, 4, 5])
            #expect(page.items.first == first.rejects.first)
            let rest = try await store.importRejects(id: record.id, after: page.nextCursor, limit: 3)
            #expect(rest.items == [second.rejects[2]])
            #expect(rest.nextCursor == nil)
        },
        ConformanceCase("imports that a dead process has left running are ended as failed, others stay") {
            backend in
            let store = try await backend.openOrganization("a")
            let ended = try await store.createImport(columns: ["email"], now: now)
            _ = try await store.finishImport(id: ended.id, error: nil, now: now)
            let left = try await store.createImport(columns: ["email"], now: now)
            _ = try await store.importBatch(batch([draft(email: "a@example.com")]), importID: left.id)
            let count = try await store.failInterruptedImports(now: "2026-01-06 00:00:00")
            #expect(count == 1)
            let record = try #require(try await store.importRecord(id: left.id))
            #expect(record.state == .failed)
            #expect(record.error == "interrupted")
            #expect(record.finishedAt == "2026-01-06 00:00:00")
            #expect(record.created == 1)
            let other = try await store.importRecord(id: ended.id)
            #expect(other?.state == .completed)
            let again = try await store.failInterruptedImports(now: now)
            #expect(again == 0)
        },
        ConformanceCase("a batch of an import that does not exist stores nothing") { backend in
            let store = try await backend.openOrganization("a")
            let code = await errorCode {
                _ = try await store.importBatch(batch([draft(email: "a@example.com")]), importID: 99)
            }
            #expect(code == .notFound)
            let count = try await store.countContacts()
            #expect(count == 0)
        },
    ]
}
