import ScheduleJobs
import SchedulingCore
import Testing

@Suite struct ContactValidationTests {
    private let today: CivilDate

    init() throws { today = try #require(CivilDate(year: 2026, month: 1, day: 5)) }

    /// What becomes of each row of a file.
    private func judge(
        _ text: String, as format: ImportDecoder.Format = .csv, warnings: inout [ImportWarning: Int]
    ) throws -> [Result<ImportedContact, ImportRejection>] {
        var decoder = ImportDecoder(format: format)
        var validation = ContactValidation(today: today)
        var results: [Result<ImportedContact, ImportRejection>] = []
        let receive: (DecodedRow) -> Void = {
            if case .row(let row) = $0 { results.append(validation.contact(of: row)) }
        }
        try decoder.feed(Array(text.utf8), to: receive)
        try decoder.finish(to: receive)
        warnings = validation.warnings
        return results
    }

    private func judge(
        _ text: String, as format: ImportDecoder.Format = .csv
    ) throws
        -> [Result<ImportedContact, ImportRejection>]
    {
        var warnings: [ImportWarning: Int] = [:]
        return try judge(text, as: format, warnings: &warnings)
    }

    /// A row `id,email,zip_code,birth_date,effective_date` with the code and the value it is refused for.
    static let refused: [(String, ImportRejection.Code, String, String)] = [
        ("x,a@b,75201,,", .invalidID, "id", "x"), ("0,a@b,75201,,", .invalidID, "id", "0"),
        ("+5,a@b,75201,,", .invalidID, "id", "+5"), ("-5,a@b,75201,,", .invalidID, "id", "-5"),
        ("9223372036854775808,a@b,75201,,", .invalidID, "id", "9223372036854775808"),
        ("1.0,a@b,75201,,", .invalidID, "id", "1.0"), ("1,,75201,,", .missingEmail, "email", ""),
        ("1,  ,1,,", .missingEmail, "email", "  "), ("1,ab,75201,,", .invalidEmail, "email", "ab"),
        ("1,a@b@c,75201,,", .invalidEmail, "email", "a@b@c"), ("1,@b,75201,,", .invalidEmail, "email", "@b"),
        ("1,a b@c,75201,,", .invalidEmail, "email", "a b@c"),
        ("1,a@b,7520,,", .invalidZIP, "zip_code", "7520"),
        ("1,a@b,00000,,", .invalidZIP, "zip_code", "00000"),
        ("1,a@b,75201-,,", .invalidZIP, "zip_code", "75201-"),
        ("1,a@b,75201,2023-02-30,", .invalidDate, "birth_date", "2023-02-30"),
        ("1,a@b,75201,2026-01-06,", .invalidDate, "birth_date", "2026-01-06"),
        ("1,a@b,75201,,01/02/2023", .invalidDate, "effective_date", "01/02/2023"),
        ("1,a@b,75201,,2023-1-1", .invalidDate, "effective_date", "2023-1-1"),
    ]

    @Test(arguments: refused)
    func aBadRowIsRefused(row: String, code: ImportRejection.Code, field: String, value: String) throws {
        let results = try judge("id,email,zip_code,birth_date,effective_date\n\(row)\n")
        guard case .failure(let rejection) = try #require(results.first) else {
            Issue.record("accepted")
            return
        }
        #expect(rejection.code == code && rejection.field == field && rejection.value == value)
        #expect(
            rejection.row == 1
                && rejection.columns[4]
                    == row.split(separator: ",", omittingEmptySubsequences: false).map(String.init)[1]
        )
    }

    @Test func aGoodRowIsTrimmed() throws {
        let results = try judge(
            """
            external_id,id,email,first_name,last_name,zip_code,state,birth_date,effective_date,phone_number
             k 1 , 9223372036854775807 , Al.X@Example.COM ,Al, O'B ,75201-1234,tx, 1950-02-28 ,2030-01-01, 555
            """)
        var expected = ImportedContact(row: 1, email: "Al.X@Example.COM")
        expected.columns = ImportColumnSet(rawValue: 1023)
        (expected.id, expected.externalID) = (.max, "k 1")
        (expected.firstName, expected.lastName, expected.state) = ("Al", "O'B", "tx")
        (expected.zipCode, expected.phoneNumber) = ("75201-1234", "555")
        (expected.birthDate, expected.effectiveDate) = ("1950-02-28", "2030-01-01")
        #expect(try results.first?.get() == expected)
    }

    @Test func aMissingZIPIsAWarning() throws {
        var warnings: [ImportWarning: Int] = [:]
        let results = try judge("email,zip_code\na@b,\nc@d,75201\ne@f,  \n", warnings: &warnings)
        #expect(results.count == 3 && warnings == [.missingZIP: 2])
        #expect(try results.map { try $0.get().zipCode } == [nil, "75201", nil])
    }

    @Test func onlyNamedColumnsCountAsGiven() throws {
        let results = try judge("{\"email\":\"a@b\",\"state\":null,\"zip_code\":\"75201\"}", as: .ndjson)
        let contact = try #require(try results.first?.get())
        #expect(contact.columns.contains(.state) && contact.state == nil)
        #expect(!contact.columns.contains(.phoneNumber))
    }

    @Test func aLongValueIsCutShort() throws {
        let results = try judge("email\n" + String(repeating: "\u{E9}", count: 80) + "\n")
        guard case .failure(let rejection) = try #require(results.first) else { return }
        #expect(rejection.value == String(repeating: "\u{E9}", count: 50) + "…")
        #expect(rejection.columns[4]?.count == 80)
    }

    @Test func bornTodayIsAllowed() throws {
        #expect(throws: Never.self) { try judge("email,birth_date\na@b,2026-01-05\n").first?.get() }
    }
}
