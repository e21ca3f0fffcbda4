import HTTPHandling
import ScheduleStore
import SchedulingCore

/// A contact as a client sends it, judged by the rules of SPEC 2 as a row of an import is.
struct ContactBody {
    /// What a body is for.
    enum Purpose: Equatable {
        /// A new contact, which may bring its id.
        case addition
        /// A whole contact in place of the one with an id.
        case replacement(id: Int64)
        /// Some columns of the contact with an id; the others stay as they are.
        case change(id: Int64)
    }

    /// What is to be stored.
    var draft = ContactDraft()

    /// Reads a contact.
    ///
    /// - Parameter today: Nobody is born after it.
    /// - Throws: 422 with every mistake.
    init(
        _ fields: inout JSONObjectReader, _ purpose: Purpose = .addition, today: CivilDate,
        zipTable: ZIPTable = .bundled
    ) throws(HTTPProblem) {
        draft.id = Self.id(purpose, &fields)
        draft.externalID = fields.trimmed("external_id")
        draft.firstName = fields.trimmed("first_name")
        draft.lastName = fields.trimmed("last_name")
        draft.email = Self.email(purpose, &fields)
        draft.zipCode = Self.zip(&fields, zipTable)
        draft.state = fields.trimmed("state")
        draft.birthDate = Self.date("birth_date", notAfter: today, &fields)
        draft.effectiveDate = Self.date("effective_date", notAfter: nil, &fields)
        draft.phoneNumber = fields.trimmed("phone_number")
        if case .change = purpose { draft.given = Self.given(fields) }
        try fields.finish()
    }

    /// What a client should know of a contact although it is stored.
    static func warnings(about contact: ContactRecord) -> [String] {
        contact.zipCode == nil ? [Contact.Invalidity.missingZIP.rawValue] : []
    }

    private static let columns: [(name: String, field: ContactFields)] = [
        ("external_id", .externalID), ("first_name", .firstName), ("last_name", .lastName), ("email", .email),
        ("zip_code", .zipCode), ("state", .state), ("birth_date", .birthDate),
        ("effective_date", .effectiveDate), ("phone_number", .phoneNumber),
    ]

    private static func given(_ fields: JSONObjectReader) -> ContactFields {
        ContactFields(columns.filter { fields.has($0.name) }.map(\.field))
    }

    /// The contact's id; in a body for a contact that the path names, no other one.
    private static func id(_ purpose: Purpose, _ fields: inout JSONObjectReader) -> Int64? {
        let id = fields.positiveInteger("id", allowsNull: true)
        switch purpose {
        case .addition: break
        case .replacement(let known), .change(let known):
            if let id, id != known {
                fields.refuse("id", "invalid_value", "The path names contact \(known).")
            }
        }
        return id
    }

    private static func email(_ purpose: Purpose, _ fields: inout JSONObjectReader) -> String? {
        let email = fields.trimmed("email")
        if case .change = purpose, !fields.has("email") { return nil }
        let isText = !fields.has("email") || email != nil || fields.isNullOrBlank("email")
        guard isText else { return nil }
        switch Contact.problem(ofEmail: Array((email ?? "").utf8).span) {
        case .missingEmail: fields.refuse("email", "missing_email", "A contact needs an e-mail address.")
        case .some:
            fields.refuse(
                "email", "invalid_email", "Expected one @ with text on both sides and no white space.")
        case nil: break
        }
        return email
    }

    private static func zip(_ fields: inout JSONObjectReader, _ zipTable: ZIPTable) -> String? {
        let zip = fields.trimmed("zip_code")
        switch Contact.problem(ofZIP: Array((zip ?? "").utf8).span, zipTable: zipTable) {
        case nil, .missingZIP: break
        case .some:
            fields.refuse("zip_code", "invalid_zip", "Expected a ZIP code that exists: five digits or ZIP+4.")
        }
        return zip
    }

    private static func date(
        _ name: String, notAfter last: CivilDate?, _ fields: inout JSONObjectReader
    ) -> String? {
        guard let text = fields.trimmed(name) else { return nil }
        guard let date = CivilDate(text) else {
            fields.refuse(name, "invalid_date", "Expected a date of the form YYYY-MM-DD.")
            return nil
        }
        if let last, date > last { fields.refuse(name, "invalid_date", "The date is after today, \(last).") }
        return text
    }
}

extension JSONObjectReader {
    /// A text without white space around it; nil where nothing is left.
    mutating func trimmed(
        _ name: String, required: Bool = false, maximumBytes: Int = 65_536
    ) -> String? {
        let text = string(name, required: required, allowsNull: !required, maximumBytes: maximumBytes)
        guard let text else { return nil }
        let bytes = Array(text.utf8)
        let range = bytes.span.trimmedRange
        return range.isEmpty ? nil : String(decoding: bytes[range], as: UTF8.self)
    }
}
