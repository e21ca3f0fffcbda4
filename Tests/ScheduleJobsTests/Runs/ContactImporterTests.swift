import Foundation
import ScheduleJobs
import ScheduleStore
import SchedulingCore
import Testing

/// Imports into a real store.
@Suite struct ContactImporterTests {
    /// A file that comes in pieces and may break off.
    private struct Pieces: AsyncSequence, Sendable {
        struct Broken: Error {}
        let pieces: [[UInt8]]
        var breaksOff = false

        struct Iterator: AsyncIteratorProtocol {
            var pieces: ArraySlice<[UInt8]>
            let breaksOff: Bool

            mutating func next() async throws -> [UInt8]? {
                if let piece = pieces.popFirst() { return piece }
                if breaksOff { throw Broken() }
                return nil
            }
        }

        func makeAsyncIterator() -> Iterator { Iterator(pieces: pieces[...], breaksOff: breaksOff) }
    }

    private func csv(_ ids: ClosedRange<Int>) -> [UInt8] {
        Array(ids.map { "\($0),c\($0)@example.com,78701\n" }.joined().utf8)
    }

    private let header = Array("id,email,zip_code\n".utf8)

    private func importer(_ organization: TestOrganization) throws -> ContactImporter {
        ContactImporter(
            store: organization.store, today: try #require(TestOrganization.today), now: TestOrganization.now)
    }

    @Test func `every row is counted once, however many batches it takes`() async throws {
        let organization = try await TestOrganization(contacts: 0)
        let body = Pieces(pieces: [header, csv(1...4999), Array("x,y\n".utf8), csv(5000...7000)])
        let outcome = try await importer(organization).importContacts(body, format: .csv)
        #expect(outcome.record.state == .completed)
        #expect(outcome.record.received == 7001)
        #expect(outcome.record.created == 7000)
        #expect(outcome.record.rejected == 1)
        #expect(outcome.errors.map(\.row) == [5000])
        #expect(try await organization.store.countContacts() == 7000)
        let again = try await importer(organization).importContacts(body, format: .csv)
        #expect(again.record.unchanged == 7000)
        #expect(!again.hasChanges)
    }

    @Test func `a file that breaks off leaves what its record says`() async throws {
        let organization = try await TestOrganization(contacts: 0)
        let body = Pieces(
            pieces: [header] + (0..<12).map { csv($0 * 1000 + 1...$0 * 1000 + 1000) }, breaksOff: true)
        await #expect(throws: Pieces.Broken.self) {
            try await importer(organization).importContacts(body, format: .csv)
        }
        let record = try #require(try await organization.store.importRecord(id: 1))
        #expect(record.state == .failed)
        #expect(record.error != nil)
        #expect(record.created >= 10_000)
        #expect(try await organization.store.countContacts() == record.created)
    }

    @Test func `a file that cannot be read is a failed import without contacts`() async throws {
        let organization = try await TestOrganization(contacts: 0)
        let body = Pieces(pieces: [Array("email,email\n".utf8)])
        await #expect(throws: ImportFileError.self) {
            try await importer(organization).importContacts(body, format: .csv)
        }
        #expect(try await organization.store.importRecord(id: 1)?.state == .failed)
        #expect(try await organization.store.countContacts() == 0)
    }

    @Test func `columns that a file does not have stay as they are`() async throws {
        let organization = try await TestOrganization(contacts: 1)
        let body = Pieces(pieces: [Array("id,email,first_name\n1,new@example.com,Ann\n".utf8)])
        let outcome = try await importer(organization).importContacts(body, format: .csv)
        #expect(outcome.record.updated == 1)
        let contact = try #require(try await organization.store.contact(id: 1))
        #expect(contact.email == "new@example.com")
        #expect(contact.firstName == "Ann")
        #expect(contact.zipCode == TestOrganization.contact(1).zipCode)
        #expect(contact.birthDate == TestOrganization.contact(1).birthDate)
    }
}
