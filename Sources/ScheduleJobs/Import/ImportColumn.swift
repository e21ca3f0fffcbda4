import SchedulingCore

/// A column that an import of contacts knows: a CSV header name and a JSON field name.
public enum ImportColumn: UInt8, CaseIterable, Sendable {
    /// The contact's row id, kept as it is.
    case id
    /// The contact's id in the system it comes from.
    case externalID
    /// Given name.
    case firstName
    /// Family name.
    case lastName
    /// E-mail address.
    case email
    /// ZIP or ZIP+4.
    case zipCode
    /// Two-letter state.
    case state
    /// `YYYY-MM-DD`.
    case birthDate
    /// `YYYY-MM-DD`.
    case effectiveDate
    /// Any text; its presence allows SMS.
    case phoneNumber

    /// The name in a CSV header and in JSON.
    public var name: StaticString {
        switch self {
        case .id: "id"
        case .externalID: "external_id"
        case .firstName: "first_name"
        case .lastName: "last_name"
        case .email: "email"
        case .zipCode: "zip_code"
        case .state: "state"
        case .birthDate: "birth_date"
        case .effectiveDate: "effective_date"
        case .phoneNumber: "phone_number"
        }
    }

    /// Whether the column tells which contact a row means.
    public var isIdentifying: Bool { self == .id || self == .externalID || self == .email }

    /// The column with a name: surrounding white space and the case of ASCII letters do not matter where
    /// `ignoringCase` is set, as in a CSV header; else the name is to be exact, as in JSON.
    init?(named text: Span<UInt8>, ignoringCase: Bool) {
        let name = ignoringCase ? text.extracting(text.trimmedRange) : text
        for column in ImportColumn.allCases where column.matches(name, ignoringCase: ignoringCase) {
            self = column
            return
        }
        return nil
    }

    private func matches(_ text: Span<UInt8>, ignoringCase: Bool) -> Bool {
        let name = self.name
        guard text.count == name.utf8CodeUnitCount else { return false }
        let start = unsafe name.utf8Start
        for position in text.indices {
            var byte = text[position]
            if ignoringCase, byte >= UInt8(ascii: "A"), byte <= UInt8(ascii: "Z") { byte |= 0x20 }
            if unsafe byte != start[position] { return false }
        }
        return true
    }
}
