/// Whom a change concerns: the contacts whose emails it may have moved, and the campaign instances whose
/// contacts it concerns as a whole. Who changes something asks for the runs that decide these anew.
public struct Touched: Hashable, ChangeOutcome {
    /// Ids of contacts, each once; one that was deleted is among them too.
    public var contactIDs: [Int64]
    /// Ids of campaign instances, each once; one that was deleted is among them too.
    public var campaignInstanceIDs: [Int64]
    /// Whether it concerns every contact.
    public var isEverybody = false

    /// Contacts and instances.
    public init(contactIDs: [Int64] = [], campaignInstanceIDs: [Int64] = []) {
        self.contactIDs = contactIDs
        self.campaignInstanceIDs = campaignInstanceIDs
    }

    /// Itself: what a verb returns that has nothing else to tell.
    public var touched: Touched { self }

    /// Nobody's emails are concerned.
    public static let nothing = Touched()

    /// Every contact's emails are concerned.
    public static let everybody = {
        var touched = Touched()
        touched.isEverybody = true
        return touched
    }()

    /// Whether nobody's emails are concerned.
    public var isEmpty: Bool { contactIDs.isEmpty && campaignInstanceIDs.isEmpty && !isEverybody }
}

/// A record as a verb has left it.
public struct StoreChange<Record: Sendable>: ChangeOutcome {
    /// The record as it is now.
    public var record: Record
    /// Whether the verb has added it.
    public var isNew: Bool
    /// Whom the change concerns.
    public var touched: Touched
    /// Names of the columns that were changed, as far as the verb tells; none of a record that was added.
    public var fields: [String] = []

    /// A change.
    public init(_ record: Record, isNew: Bool = false, touched: Touched) {
        self.record = record
        self.isNew = isNew
        self.touched = touched
    }
}
