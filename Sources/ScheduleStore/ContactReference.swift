/// How a client names a contact.
public enum ContactReference: Hashable, Sendable {
    /// By its id.
    case id(Int64)
    /// By the id that the client's own system has for it.
    case externalID(String)
    /// By its e-mail in any case: the lowest id of several.
    case email(String)
}
