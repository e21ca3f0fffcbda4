/// A stored contact. Texts are as they are stored: data that came by another way may be malformed.
public struct ContactRecord: Hashable, Sendable {
    /// Row id.
    public var id: Int64
    /// The caller's own key.
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
    /// Birth date.
    public var birthDate: String?
    /// Effective date of the policy.
    public var effectiveDate: String?
    /// Phone number.
    public var phoneNumber: String?

    /// A contact without any value.
    public init(id: Int64) { self.id = id }
}
