/// A tenant: it has its own contacts, campaigns, schedule and configuration.
public struct OrganizationRecord: Hashable, Sendable {
    /// Id: 1 to 64 of `a` to `z`, `0` to `9`, `_` and `-`, but not `service`. It is part of a file's name.
    public var id: String
    /// Name for people.
    public var name: String
    /// IANA name of the time zone of its clock.
    public var timeZone: String
    /// Whether its daily runs are paused. Runs that are asked for happen all the same.
    public var isPaused = false
    /// When it was added.
    public var createdAt: String

    /// An organisation.
    public init(id: String, name: String, timeZone: String, createdAt: String) {
        self.id = id
        self.name = name
        self.timeZone = timeZone
        self.createdAt = createdAt
    }

    /// Whether a text can be an organisation's id. `service` cannot: the service's own store has that name.
    public static func isValidID(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count) && text != "service"
            && text.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
            }
    }
}
