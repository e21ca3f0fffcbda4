/// One mistake in a configuration: where it is, what was found there, what was expected.
public struct SettingsProblem: Error, Hashable, Sendable, CustomStringConvertible {
    /// Where a mistake is.
    public enum Location: Hashable, Sendable {
        /// In a file; line and column count from 1, in Unicode scalars. 0 stands for the file as a whole.
        case file(String, line: Int, column: Int)
        /// In an environment variable.
        case variable(String)
    }

    /// Where it is.
    public var location: Location
    /// The key concerned, such as `load_balancing.period_days` or `aep_config.default_dates[0].month`; empty
    /// for the file as a whole.
    public var keyPath: String
    /// What is there.
    public var found: String
    /// What should be there.
    public var expected: String
    /// The known name that is nearest to what was found, where one is near.
    public var suggestion: String?

    /// What is found where a key is none of those that exist.
    public static let unknownKey = "an unknown key"

    /// One line: place, key, what was found, what was expected.
    public var description: String {
        let place =
            switch location {
            case .file(let name, 0, _): name
            case .file(let name, let line, let column): "\(name):\(line):\(column)"
            case .variable(let name): name
            }
        let key = keyPath.isEmpty ? "" : "\(keyPath): "
        let hint = suggestion.map { "; did you mean “\($0)”?" } ?? ""
        return "\(place): \(key)found \(found), expected \(expected)\(hint)"
    }
}
