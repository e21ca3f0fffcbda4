import GRDB
import SchedulingCore

/// Reads the table `contacts` for a run.
struct ContactRows {
    private static let columns = "id, email, zip_code, state, birth_date, effective_date, phone_number"

    private let database: Database
    private let catalog: RunCatalog

    init(_ database: Database, _ catalog: RunCatalog) throws {
        self.database = database
        self.catalog = catalog
    }

    /// Contacts from an id on, in order, at most so many.
    func read(from first: Int64, limit: Int, into contacts: inout [Contact]) throws {
        let rows = try RawStatement(
            "SELECT \(ContactRows.columns) FROM contacts WHERE id >= ? ORDER BY id LIMIT ?", database)
        rows.bind(1, first)
        rows.bind(2, Int64(limit))
        try append(rows, to: &contacts)
    }

    /// Contacts with an id in a range, in order.
    func read(in range: ClosedRange<Int64>, into contacts: inout [Contact]) throws {
        let rows = try RawStatement(
            "SELECT \(ContactRows.columns) FROM contacts WHERE id BETWEEN ? AND ? ORDER BY id", database)
        rows.bind(1, range.lowerBound)
        rows.bind(2, range.upperBound)
        try append(rows, to: &contacts)
    }

    private func append(_ rows: RawStatement, to contacts: inout [Contact]) throws {
        let today = catalog.today
        let zipTable = catalog.zipTable
        while try rows.step() {
            contacts.append(
                Contact(
                    id: rows.integer(0), email: rows.bytes(1).span, zipCode: rows.bytes(2).span,
                    state: rows.bytes(3).span, birthDate: rows.bytes(4).span,
                    effectiveDate: rows.bytes(5).span,
                    phoneNumber: rows.bytes(6).span, today: today, zipTable: zipTable))
        }
    }
}
