/// Where a page of a list ends: text that clients hand back and do not look into.
enum Cursor {
    /// The lists; a cursor of one is refused by the others.
    enum List: String {
        case organizations
        case tokens
        case contacts
        case contactSchedule = "contact-schedule"
        case schedules
        case runs
        case suppressions
        case campaignTypes = "campaign-types"
        case campaignInstances = "campaign-instances"
        case campaignChanges = "campaign-changes"
        case backups
        case audit
        case invalidContacts = "invalid-contacts"
        case configVersions = "config-versions"
        case targets = "contact-campaigns"
    }

    /// Writes the key behind which the next page begins.
    static func text(_ key: String, of list: List) -> String {
        Base64URL.encode(Array("\(list.rawValue):\(key)".utf8))
    }

    /// Reads the key; nil where the text is no cursor of the list.
    static func read(_ text: String, of list: List) -> String? {
        guard text.utf8.count <= 512, let bytes = Base64URL.decode(text),
            let span = try? UTF8Span(validating: bytes.span)
        else { return nil }
        let decoded = String(copying: span)
        guard decoded.hasPrefix("\(list.rawValue):") else { return nil }
        return String(decoded.dropFirst(list.rawValue.count + 1))
    }
}
