/// A contact as an import accepts it: checked, trimmed, ready to be stored. Nil stands for an empty column.
public struct ImportedContact: Hashable, Sendable {
    /// Data row of the file, counted from 1.
    public var row: Int
    /// The columns that the row has, be they empty: an update leaves all others as they are.
    public var columns: ImportColumnSet = []
    /// Row id, 1 or more.
    public var id: Int64?
    /// Id in the system that the contact comes from.
    public var externalID: String?
    /// Given name.
    public var firstName: String?
    /// Family name.
    public var lastName: String?
    /// E-mail address, in its own case.
    public var email: String
    /// ZIP or ZIP+4.
    public var zipCode: String?
    /// State as given; whether it counts is decided by the rules (SPEC 2).
    public var state: String?
    /// `YYYY-MM-DD`.
    public var birthDate: String?
    /// `YYYY-MM-DD`.
    public var effectiveDate: String?
    /// Phone number as given.
    public var phoneNumber: String?

    /// A contact with an e-mail address and nothing else.
    public init(row: Int, email: String) {
        self.row = row
        self.email = email
    }
}
