import HTTPWire
import ScheduleStore
import SchedulingCore

/// A contact as a client posts it, judged by the rules of SPEC 2 as a row of an import is.
struct ContactBody {
    /// What is to be stored.
    var draft = ContactDraft()
    /// What the client should know although the contact is stored.
    var warnings: [String] = []

    /// Reads a contact.
    ///
    /// - Parameter today: Nobody is born after it.
    /// - Throws: 422 with every mistake.
    init(
        _ fields: inout JSONObjectReader, today: CivilDate, zipTable: ZIPTable = .bundled
    ) throws(HTTPProblem) {
        draft.id = fields.positiveInteger("id", allowsNull: true)
        draft.externalID = Self.text("external_id", &fields)
        draft.firstName = Self.text("first_name", &fields)
        draft.lastName = Self.text("last_name", &fields)
        draft.email = Self.email(&fields)
        draft.zipCode = zip(&fields, zipTable)
        draft.state = Self.text("state", &fields)
        draft.birthDate = Self.date("birth_date", notAfter: today, &fields)
        draft.effectiveDate = Self.date("effective_date", notAfter: nil, &fields)
        draft.phoneNumber = Self.text("phone_number", &fields)
        try fields.finish()
    }

    /// A text without white space around it; nil where nothing is left.
    private static func text(_ name: String, _ fields: inout JSONObjectReader) -> String? {
        guard let text = fields.string(name, allowsNull: true) else { return nil }
        let bytes = Array(text.utf8)
        let range = bytes.span.trimmedRange
        return range.isEmpty ? nil : String(decoding: bytes[range], as: UTF8.self)
    }

    private static func email(_ fields: inout JSONObjectReader) -> String? {
        let email = text("email", &fields)
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

    private mutating func zip(_ fields: inout JSONObjectReader, _ zipTable: ZIPTable) -> String? {
        let zip = Self.text("zip_code", &fields)
        switch Contact.problem(ofZIP: Array((zip ?? "").utf8).span, zipTable: zipTable) {
        case .missingZIP: warnings.append(Contact.Invalidity.missingZIP.rawValue)
        case .some:
            fields.refuse("zip_code", "invalid_zip", "Expected a ZIP code that exists: five digits or ZIP+4.")
        case nil: break
        }
        return zip
    }

    private static func date(
        _ name: String, notAfter last: CivilDate?, _ fields: inout JSONObjectReader
    ) -> String? {
        guard let text = text(name, &fields) else { return nil }
        guard let date = CivilDate(text) else {
            fields.refuse(name, "invalid_date", "Expected a date of the form YYYY-MM-DD.")
            return nil
        }
        if let last, date > last { fields.refuse(name, "invalid_date", "The date is after today, \(last).") }
        return text
    }
}
