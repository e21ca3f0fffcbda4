/// A set of columns of a contact, beside its row id.
public struct ContactFields: OptionSet, Hashable, Sendable {
    /// One bit per column.
    public let rawValue: UInt16

    /// A set from its bits.
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// Column `external_id`.
    public static let externalID = ContactFields(rawValue: 1)
    /// Column `first_name`.
    public static let firstName = ContactFields(rawValue: 2)
    /// Column `last_name`.
    public static let lastName = ContactFields(rawValue: 4)
    /// Column `email`.
    public static let email = ContactFields(rawValue: 8)
    /// Column `zip_code`.
    public static let zipCode = ContactFields(rawValue: 16)
    /// Column `state`.
    public static let state = ContactFields(rawValue: 32)
    /// Column `birth_date`.
    public static let birthDate = ContactFields(rawValue: 64)
    /// Column `effective_date`.
    public static let effectiveDate = ContactFields(rawValue: 128)
    /// Column `phone_number`.
    public static let phoneNumber = ContactFields(rawValue: 256)
    /// Every column.
    public static let all = ContactFields(rawValue: 511)
}
