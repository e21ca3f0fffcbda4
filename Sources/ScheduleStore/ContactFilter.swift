/// Which contacts are wanted: those that meet every condition that is set.
public struct ContactFilter: Hashable, Sendable {
    /// Contacts with this e-mail address, in any case.
    public var email: String?
    /// Contacts with this key of the caller's own.
    public var externalID: String?
    /// Contacts with this state, in any case.
    public var state: String?
    /// Contacts with exactly this ZIP code.
    public var zipCode: String?

    /// Every contact.
    public init() {}
}
