/// A contact as the rules see it: checked, its dates read, its state found (SPEC 2).
public struct Contact: Sendable {
    /// Why a contact gets no schedule. The first that applies, in this order.
    public enum Invalidity: String, CaseIterable, Sendable {
        /// No e-mail address.
        case missingEmail = "missing_email"
        /// Not exactly one `@`, nothing on one side of it, or white space inside.
        case invalidEmail = "invalid_email"
        /// No ZIP code.
        case missingZIP = "missing_zip"
        /// Neither five digits nor ZIP+4, or in no range of the ZIP table.
        case invalidZIP = "invalid_zip"
        /// A birth or effective date that is no date, or a birth date after today.
        case invalidDate = "invalid_date"
    }

    /// Row id.
    public var id: Int64
    /// Why it gets no schedule; nil for a valid contact.
    public var invalidity: Invalidity?
    /// The state whose rules hold: the contact's own, else that of its ZIP. Nil only if invalid.
    public var state: StateCode?
    /// Whether the state is the contact's own; else it is that of its ZIP.
    public var hasOwnState = false
    /// Whether the contact's own state and that of its ZIP differ.
    public var hasStateZIPMismatch = false
    /// Column `birth_date`.
    public var birthDate: CivilDate?
    /// Column `effective_date`.
    public var effectiveDate: CivilDate?
    /// Whether there is a phone number.
    public var hasPhone = false

    /// A valid contact.
    public init(id: Int64, state: StateCode?, birthDate: CivilDate? = nil, effectiveDate: CivilDate? = nil) {
        self.id = id
        self.state = state
        self.birthDate = birthDate
        self.effectiveDate = effectiveDate
    }

    /// Checks the columns of a contact, as UTF-8 text where an empty one stands for null, and reads what the
    /// rules need (SPEC 2).
    public init(
        id: Int64, email: Span<UInt8>, zipCode: Span<UInt8>, state stateText: Span<UInt8>,
        birthDate birthText: Span<UInt8>, effectiveDate effectiveText: Span<UInt8>,
        phoneNumber: Span<UInt8>, today: CivilDate, zipTable: ZIPTable
    ) {
        self.id = id
        hasPhone = !phoneNumber.trimmedRange.isEmpty
        let zip = zipCode.extracting(zipCode.trimmedRange)
        let zipState = zipTable.state(ofZIP: zip)
        var ownState = StateCode(stateText.extracting(stateText.trimmedRange))
        if let code = ownState, !zipTable.contains(code) { ownState = nil }
        state = ownState ?? zipState
        hasOwnState = ownState != nil
        if let ownState, let zipState { hasStateZIPMismatch = ownState != zipState }
        birthDate = CivilDate(birthText)
        effectiveDate = CivilDate(effectiveText)
        if let problem = Contact.problem(ofEmail: email) {
            invalidity = problem
        } else if zip.isEmpty {
            invalidity = .missingZIP
        } else if zipState == nil {
            invalidity = .invalidZIP
        } else if (birthDate == nil && !birthText.isEmpty) || (effectiveDate == nil && !effectiveText.isEmpty)
        {
            invalidity = .invalidDate
        } else if let birthDate, birthDate > today {
            invalidity = .invalidDate
        }
    }

    /// What is wrong with an e-mail address, nil where nothing is (SPEC 2).
    public static func problem(ofEmail text: Span<UInt8>) -> Invalidity? {
        let email = text.extracting(text.trimmedRange)
        if email.isEmpty { return .missingEmail }
        var signs = 0
        for position in email.indices {
            if email.whiteSpaceLength(at: position) > 0 { return .invalidEmail }
            if email[position] == UInt8(ascii: "@") { signs += 1 }
        }
        let edge = email[0] == UInt8(ascii: "@") || email[email.count - 1] == UInt8(ascii: "@")
        return signs == 1 && !edge ? nil : .invalidEmail
    }

    /// What is wrong with a ZIP code, nil where nothing is (SPEC 2).
    public static func problem(ofZIP text: Span<UInt8>, zipTable: ZIPTable) -> Invalidity? {
        let zip = text.extracting(text.trimmedRange)
        if zip.isEmpty { return .missingZIP }
        return zipTable.state(ofZIP: zip) == nil ? .invalidZIP : nil
    }
}
