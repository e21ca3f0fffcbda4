/// A configuration as a tree of the YAML's keys, in their order: what `GET /config` answers.
public indirect enum SettingsValue: Hashable, Sendable {
    /// A key with a value.
    public struct Entry: Hashable, Sendable {
        /// The key.
        public var key: String
        /// Its value.
        public var value: SettingsValue

        /// A key with a value.
        public init(key: String, value: SettingsValue) {
            self.key = key
            self.value = value
        }
    }

    /// No value.
    case null
    /// True or false.
    case boolean(Bool)
    /// A whole number.
    case integer(Int)
    /// Any finite number.
    case number(Double)
    /// Text.
    case text(String)
    /// Values in order.
    case list([SettingsValue])
    /// Keys with values, in order.
    case map([Entry])

    /// The value at a key of a map, nil where there is none.
    public subscript(key: String) -> SettingsValue? {
        guard case .map(let entries) = self else { return nil }
        return entries.first { $0.key == key }?.value
    }

    /// The tree as JSON on one line.
    public var json: String {
        switch self {
        case .null: "null"
        case .boolean(let value): value ? "true" : "false"
        case .integer(let value): "\(value)"
        case .number(let value): "\(value)"
        case .text(let value): SettingsValue.quote(value)
        case .list(let values): "[\(values.map(\.json).joined(separator: ","))]"
        case .map(let entries):
            "{\(entries.map { "\(SettingsValue.quote($0.key)):\($0.value.json)" }.joined(separator: ","))}"
        }
    }

    private static func quote(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\u{0}"..<" ", "\u{7F}"..."\u{9F}", "\u{2028}", "\u{2029}":
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
