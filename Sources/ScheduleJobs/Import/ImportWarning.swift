/// Something about an import that its sender should know although no row is refused for it: a name in
/// `warnings`, with the number of times it was seen.
public enum ImportWarning: String, CaseIterable, Sendable {
    /// A contact without ZIP: stored, but runs skip it.
    case missingZIP = "missing_zip"
    /// A column of the CSV header that contacts do not have: ignored.
    case unknownColumn = "unknown_column"
}
