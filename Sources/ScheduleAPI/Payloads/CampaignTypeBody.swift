import HTTPHandling
import SchedulingCore

extension CampaignType {
    /// Reads a type as a client sends it; what is not given has the default of a row whose column is null.
    ///
    /// - Parameter name: The name in the path.
    /// - Throws: 422 with every mistake.
    init(named name: String, _ fields: inout JSONObjectReader) throws(HTTPProblem) {
        self.init(name: name)
        if !Self.isValidName(name) {
            fields.refuse(
                "name", "invalid_value", "Expected 1 to 64 letters, digits, hyphens and underscores.")
        }
        if let given = fields.string("name"), given != name {
            fields.refuse("name", "invalid_value", "The path names the type “\(name)”.")
        }
        respectsExclusionWindows = fields.flag(
            "respect_exclusion_windows", standard: respectsExclusionWindows)
        enablesFollowups = fields.flag("enable_followups", standard: enablesFollowups)
        daysBeforeEvent = fields.integer("days_before_event", in: -366...366) ?? daysBeforeEvent
        targetsAllContacts = fields.flag("target_all_contacts", standard: targetsAllContacts)
        priority = fields.integer("priority", in: 0...10_000) ?? priority
        isActive = fields.flag("active", standard: isActive)
        respectsFrequencyLimits = fields.flag("respect_frequency_limits", standard: respectsFrequencyLimits)
        try fields.finish()
    }

    private static func isValidName(_ name: String) -> Bool {
        (1...64).contains(name.utf8.count)
            && name.utf8.allSatisfy { byte in
                let lower = byte | 0x20
                return (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(lower)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
            }
    }

    /// Writes the columns.
    func write(to writer: inout JSONWriter) {
        writer.member("name", name)
        writer.member("respect_exclusion_windows", respectsExclusionWindows)
        writer.member("enable_followups", enablesFollowups)
        writer.member("days_before_event", daysBeforeEvent)
        writer.member("target_all_contacts", targetsAllContacts)
        writer.member("priority", priority)
        writer.member("active", isActive)
        writer.member("respect_frequency_limits", respectsFrequencyLimits)
    }
}
