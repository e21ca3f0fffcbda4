import Foundation
import HTTPTypes
import SchedulingCore
import SeededRandomness

/// The CRM: contacts come, change and go, one by one and in files; some may not be mailed any more.
extension Simulation {
    /// A state with a ZIP code of its own. Those with windows come up often.
    private static let places = [
        ("CA", "90210"), ("MO", "63101"), ("NY", "10001"), ("CT", "06103"), ("MA", "02108"), ("WA", "98101"),
        ("ID", "83702"), ("KY", "40202"), ("MD", "21201"), ("NV", "89101"), ("OK", "73102"), ("OR", "97201"),
        ("VA", "23219"), ("TX", "75001"), ("FL", "33101-1234"), ("TX", "75001"), ("CA", "90210"),
        ("MO", "63101"), ("TX", "75001"), ("IL", "60601"), ("IL", "60601"), ("GA", "30303"),
    ]
    private static let columns = [
        "id", "external_id", "email", "zip_code", "state", "birth_date", "effective_date", "phone_number",
    ]

    /// Columns of a contact; empty for null.
    private typealias Columns = [String: String]

    /// The organisation begins: an import of everyone.
    func found() async throws {
        try await importContacts((1...150).map { contact(id: $0) })
        try await look()
    }

    /// What the CRM does at one time of a day.
    func changeContacts() async throws {
        if random.chance(0.4) { try await importFile() }
        if random.chance(0.5) {
            for _ in 0..<random.number(1...4) { try await changeContact() }
        }
        if random.chance(0.2), let id = anyone() {
            let body = try json(contact(id: nil))
            try await call(.put, "contacts/\(id)", body)
            count("contacts replaced")
        }
        if random.chance(0.2), let id = anyone() {
            try await call(.delete, "contacts/\(id)")
            count("contacts removed")
            try await look()
        }
        if random.chance(0.2) {
            try await call(.post, "contacts", try json(contact(id: nil)))
            count("contacts added")
        }
        try await changeSuppressions()
        if random.chance(0.08) { try await breakContact() }
        try await look()
    }

    private func anyone() -> Int64? {
        let ids = snapshot.contacts.keys.sorted()
        return ids.isEmpty ? nil : random.pick(ids)
    }

    private func changeContact() async throws {
        guard let id = anyone() else { return }
        let (state, zip) = random.pick(Self.places)
        let change: Columns = random.pick([
            ["birth_date": birthDate()], ["effective_date": effectiveDate()], ["state": state],
            ["zip_code": zip], ["state": state, "zip_code": zip], ["birth_date": ""], ["state": "zz"],
            ["zip_code": ""], ["effective_date": ""], ["state": ""],
            ["phone_number": "555-0100"],
        ])
        try await call(.patch, "contacts/\(id)", try json(change))
        count("contacts changed")
    }

    private func changeSuppressions() async throws {
        if random.chance(0.3), let id = anyone() {
            let channel = random.pick(["email", "all", "sms"])
            try await call(.post, "suppressions", #"{"contact_id":\#(id),"channel":"\#(channel)"}"#)
            count("suppressions added")
        }
        if random.chance(0.15) {
            let list = try await call(.get, "suppressions?limit=1000").items.compactMap { $0["id"] as? Int }
            guard !list.isEmpty else { return }
            try await call(.delete, "suppressions/\(random.pick(list))")
            count("suppressions removed")
        }
    }

    /// Somebody changes a contact with SQL, to something no request could make of it.
    private func breakContact() async throws {
        guard let id = anyone() else { return }
        unseen.insert(id)
        let (column, value): (String, String?) = random.pick([
            ("email", "nobody"), ("email", nil), ("birth_date", "2023-02-30"),
            ("birth_date", (today + 20).description), ("zip_code", "00000"), ("email", " a@b.c "),
            ("state", " ca"),
        ])
        try await execute([Statement("UPDATE contacts SET \(column) = ? WHERE id = ?", value, id)])
        count("contacts broken")
    }

    // MARK: Files

    private func importFile() async throws {
        var rows: [Columns] = []
        for _ in 0..<random.number(1...8) {
            switch random.number(0...5) {
            case 0, 1: rows.append(contact(id: nil))
            case 2: rows.append(contact(id: nil).merging(broken()) { $1 })
            default:
                if let id = anyone() { rows.append(contact(id: Int(id))) }
            }
        }
        try await importContacts(rows)
    }

    private func importContacts(_ rows: [Columns]) async throws {
        let isCSV = random.chance(0.5)
        let lines = try rows.map { row in
            isCSV ? Self.columns.map { row[$0] ?? "" }.joined(separator: ",") : try json(row)
        }
        let file = ((isCSV ? [Self.columns.joined(separator: ",")] : []) + lines).joined(separator: "\n")
        let answer = try await call(
            .post, "contacts/import", file, type: isCSV ? "text/csv" : "application/x-ndjson")
        let received = try answer.object["received"] as? Int
        if received != rows.count { throw violation("the import received \(received ?? -1) rows") }
        count("rows imported", rows.count)
    }

    /// What makes a row one that an import refuses.
    private func broken() -> Columns {
        random.pick([
            ["email": "nobody"], ["zip_code": "00000"], ["birth_date": "2023-02-30"], ["email": ""],
            ["effective_date": "soon"],
        ])
    }

    /// A contact whose days lie around the simulated ones.
    private func contact(id: Int?) -> Columns {
        let (state, zip) = random.pick(Self.places)
        let number = id ?? random.number(100_000...999_999_999)
        var columns: Columns = [
            "email": "c\(number)@example.com", "zip_code": random.chance(0.03) ? "" : zip,
            "state": random.chance(0.5) ? state : "", "birth_date": random.chance(0.95) ? birthDate() : "",
            "effective_date": random.chance(0.8) ? effectiveDate() : "", "phone_number": "555-0100",
        ]
        if random.chance(0.02) { columns["state"] = "NY" }
        if let id { columns["id"] = String(id) } else { columns["external_id"] = "x\(number)" }
        return columns
    }

    private func birthDate() -> String {
        if random.chance(0.05) { return "1952-02-29" }
        let day = start + random.number(-100...140)
        return anniversary(of: day, yearsBefore: random.number(40...85))
    }

    /// Policies begin on the first of a month or on some few days, so that many share one.
    private func effectiveDate() -> String {
        if random.chance(0.05) { return "2016-02-29" }
        let day = start + random.number(-60...150)
        let shared = random.chance(0.6) ? day - (day.components.day - 1) : day
        return anniversary(of: shared, yearsBefore: random.number(0...12))
    }

    private func anniversary(of day: CivilDate, yearsBefore years: Int) -> String {
        ContactFacts.anniversary(of: day, in: day.year - years).description
    }

    private func json(_ columns: Columns) throws -> String {
        var object: [String: Any] = [:]
        for (name, value) in columns {
            object[name] = value.isEmpty ? NSNull() : value as Any
            if name == "id" { object[name] = Int(value) }
        }
        let data = try JSONSerialization.data(withJSONObject: object, options: .sortedKeys)
        return String(decoding: data, as: UTF8.self)
    }
}
