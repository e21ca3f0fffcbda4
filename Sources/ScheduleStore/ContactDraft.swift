/// A contact as it is to be stored: checked by the caller, not stored yet. Empty text is stored as null.
public struct ContactDraft: Hashable, Sendable {
    /// Row id; nil lets the store choose the next one.
    public var id: Int64?
    /// The caller's own key, unique where present.
    public var externalID: String?
    /// First name.
    public var firstName: String?
    /// Last name.
    public var lastName: String?
    /// E-mail address.
    public var email: String?
    /// ZIP code.
    public var zipCode: String?
    /// Two-letter state.
    public var state: String?
    /// Birth date, `YYYY-MM-DD`.
    public var birthDate: String?
    /// Effective date of the policy, `YYYY-MM-DD`.
    public var effectiveDate: String?
    /// Phone number.
    public var phoneNumber: String?
    /// The columns that are given. Where a contact is updated the others keep what they hold; where one is
    /// created they are null.
    public var given: ContactFields

    /// A draft without any value.
    public init(id: Int64? = nil, given: ContactFields = .all) {
        self.id = id
        self.given = given
    }
}
