import EmailScheduler
import SchedulingCore
import Testing

@Suite struct SampleContactsTests {
    private let today: CivilDate

    init() throws { today = try #require(CivilDate(year: 2026, month: 1, day: 5)) }

    private func file(_ count: Int, seed: UInt64 = 7, pieceBytes: Int = 1 << 18) -> [UInt8] {
        var bytes: [UInt8] = []
        SampleContacts(count: count, seed: seed, today: today).write(pieceBytes: pieceBytes) { bytes += $0 }
        return bytes
    }

    /// The fields of each data row; a quoted one is a name with a comma.
    private func rows(_ count: Int) -> [[String]] {
        String(decoding: file(count), as: UTF8.self).split(separator: "\n").dropFirst().map { line in
            line.replacing(", Jr.\"", with: " Jr.").replacing("\"", with: "")
                .split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
    }

    private func contact(_ row: [String]) -> Contact {
        let columns = row.map { Array($0.utf8) }
        let (email, zip, state) = (columns[3], columns[4], columns[5])
        let (birth, effective, phone) = (columns[6], columns[7], columns[8])
        return Contact(
            id: Int64(row[0]) ?? 0, email: email.span, zipCode: zip.span, state: state.span,
            birthDate: birth.span, effectiveDate: effective.span, phoneNumber: phone.span, today: today,
            zipTable: .bundled)
    }

    @Test func theSameSeedGivesTheSameBytesEverywhere() {
        var hash = FNVHash()
        for byte in file(1_000) { hash.combine(byte: byte) }
        #expect(hash.value == 18_013_462_165_713_643_857)
    }

    @Test func theFirstOfManyAreTheFirstOfFew() {
        #expect(file(50).starts(with: file(20)))
        #expect(file(20) == file(20, pieceBytes: 1))
        #expect(file(20) != file(20, seed: 8))
    }

    @Test(arguments: [0, -1])
    func noContactsAreAHeader(count: Int) {
        #expect(file(count) == Array(SampleContacts.header.utf8))
    }

    @Test func idsCountUpAndRowsAreComplete() {
        let rows = rows(2_000)
        #expect(rows.map { $0[0] } == (1...2_000).map(String.init))
        #expect(rows.allSatisfy { $0.count == 9 })
    }

    @Test func sharesAreThoseOfABookOfBusiness() {
        let rows = rows(40_000)
        func share(_ condition: ([String]) -> Bool) -> Double {
            Double(rows.count(where: condition)) / 40_000
        }
        let contacts = rows.map { contact($0) }
        let invalid = Double(contacts.count { $0.invalidity != nil }) / 40_000
        #expect(abs(invalid - 0.01) < 0.002)
        for kind in [Contact.Invalidity.missingEmail, .invalidEmail, .invalidZIP, .invalidDate] {
            #expect(contacts.contains { $0.invalidity == kind })
        }
        #expect(!contacts.contains { $0.hasStateZIPMismatch })
        let firsts = share { $0[7].hasSuffix("-01") } / share { !$0[7].isEmpty }
        #expect(abs(firsts - 0.6) < 0.01)
        #expect(abs(share { $0[5] == "CA" } - 0.118 * 0.95) < 0.01)
        #expect(abs(share { $0[5].isEmpty } - 0.05) < 0.01)
        #expect(abs(share { $0[4].count == 10 } - 0.08) < 0.01)
        #expect(
            share { $0[6].isEmpty } > 0.005 && share { $0[7].isEmpty } > 0.03 && share { $0[8].isEmpty } > 0.1
        )
        #expect(share { $0[6].hasSuffix("-02-29") } > 0.003)
        let ages = contacts.compactMap { $0.birthDate.map { today - $0 } }.map { $0 / 365 }
        #expect(Double(ages.count { (60...96).contains($0) }) / Double(ages.count) > 0.9)
    }
}
