import Foundation

/// The time zones that a configuration may name.
enum TimeZoneNames {
    /// How a time zone is read: an IANA name such as `America/Chicago`, or `UTC`.
    static var scalar: SettingsScalar<String> {
        SettingsScalar(
            expected: "an IANA time zone such as America/Chicago",
            parse: { text, _ in isKnown(text) ? text : nil },
            tree: { .text($0) }, choices: TimeZone.knownTimeZoneIdentifiers)
    }

    /// Abbreviations such as `CST` and offsets such as `GMT+5` are no zones: they have no daylight saving.
    private static func isKnown(_ name: String) -> Bool {
        if name == "UTC" || TimeZone.knownTimeZoneIdentifiers.contains(name) { return true }
        return name.contains("/") && TimeZone(identifier: name) != nil
    }
}
