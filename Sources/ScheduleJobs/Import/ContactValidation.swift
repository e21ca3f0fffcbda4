public import SchedulingCore

/// Judges the rows of an import by the rules of SPEC 2, and counts what is worth a warning.
public struct ContactValidation: Sendable {
    /// How often each warning was seen.
    public private(set) var warnings: [ImportWarning: Int] = [:]

    private let today: CivilDate
    private let zipTable: ZIPTable
    private let limits: ImportLimits

    /// A judge who knows the date, after which nobody can be born.
    public init(today: CivilDate, zipTable: ZIPTable = .bundled, limits: ImportLimits = ImportLimits()) {
        self.today = today
        self.zipTable = zipTable
        self.limits = limits
    }

    /// The contact of a row, or why the row is refused: the first that applies of `invalid_id`,
    /// `missing_email`, `invalid_email`, `invalid_zip`, `invalid_date`.
    public mutating func contact(of row: ImportRow) -> Result<ImportedContact, ImportRejection> {
        guard let id = readID(row) else { return refuse(row, .invalidID, .id) }
        switch row.withBytes(of: .email, { Contact.problem(ofEmail: $0) }) {
        case .missingEmail: return refuse(row, .missingEmail, .email)
        case .some: return refuse(row, .invalidEmail, .email)
        case nil: break
        }
        let zipProblem = row.withBytes(of: .zipCode) { Contact.problem(ofZIP: $0, zipTable: zipTable) }
        if zipProblem == .invalidZIP { return refuse(row, .invalidZIP, .zipCode) }
        guard isDate(row, .birthDate, notAfter: today) else { return refuse(row, .invalidDate, .birthDate) }
        guard isDate(row, .effectiveDate, notAfter: nil) else {
            return refuse(row, .invalidDate, .effectiveDate)
        }
        if zipProblem == .missingZIP { warnings[.missingZIP, default: 0] += 1 }
        return .success(fields(of: row, id: id == 0 ? nil : id))
    }

    private func fields(of row: ImportRow, id: Int64?) -> ImportedContact {
        var fields = ImportedContact(row: row.row, email: row.trimmedText(of: .email) ?? "")
        for column in ImportColumn.allCases where row.has(column) {
            fields.columns.insert(ImportColumnSet(column))
        }
        fields.id = id
        fields.externalID = row.trimmedText(of: .externalID)
        fields.firstName = row.trimmedText(of: .firstName)
        fields.lastName = row.trimmedText(of: .lastName)
        fields.zipCode = row.trimmedText(of: .zipCode)
        fields.state = row.trimmedText(of: .state)
        fields.birthDate = row.trimmedText(of: .birthDate)
        fields.effectiveDate = row.trimmedText(of: .effectiveDate)
        fields.phoneNumber = row.trimmedText(of: .phoneNumber)
        return fields
    }

    private func refuse(
        _ row: ImportRow, _ code: ImportRejection.Code, _ column: ImportColumn
    ) -> Result<ImportedContact, ImportRejection> {
        .failure(row.rejection(code, column, limits: limits))
    }

    /// The id of a row, 0 where it has none, nil where it is no whole number from 1 up: digits and nothing
    /// else, no sign.
    private func readID(_ row: ImportRow) -> Int64? {
        row.withBytes(of: .id) { text -> Int64? in
            let digits = text.extracting(text.trimmedRange)
            if digits.isEmpty { return 0 }
            var value: Int64 = 0
            for position in digits.indices {
                let digit = digits[position] &- UInt8(ascii: "0")
                guard digit < 10 else { return nil }
                let (product, overflows) = value.multipliedReportingOverflow(by: 10)
                let (sum, overflowsToo) = product.addingReportingOverflow(Int64(digit))
                if overflows || overflowsToo { return nil }
                value = sum
            }
            return value == 0 ? nil : value
        }
    }

    /// Whether a column is empty or a real date, not after a last one.
    private func isDate(_ row: ImportRow, _ column: ImportColumn, notAfter last: CivilDate?) -> Bool {
        row.withBytes(of: column) { text in
            let trimmed = text.extracting(text.trimmedRange)
            if trimmed.isEmpty { return true }
            guard let date = CivilDate(trimmed) else { return false }
            return last.map { date <= $0 } ?? true
        }
    }
}
