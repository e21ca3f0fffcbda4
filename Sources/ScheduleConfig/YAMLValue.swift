/// A value of a YAML document with its place; aliases followed, merge keys worked in, no type guessed.
struct YAMLValue {
    /// A place in the text, counted from 1.
    struct Mark: Hashable {
        var line: Int
        var column: Int
    }

    /// A key of a mapping with its value.
    struct Entry {
        var name: String
        var mark: Mark
        var value: YAMLValue
    }

    /// What a value is.
    enum Content {
        /// Nothing, `~` or `null`.
        case null
        /// Text; `isPlain` where it stands without quotes, so that it can be a number or a boolean.
        case scalar(String, isPlain: Bool)
        /// A sequence.
        case list([YAMLValue])
        /// A mapping, each key once.
        case map([Entry])
    }

    var content: Content
    var mark: Mark

    /// What the value is, in words, for a message.
    var found: String {
        switch content {
        case .null: "nothing"
        case .scalar(let text, true): YAMLValue.quote(text)
        case .scalar(let text, false): "the text \(YAMLValue.quote(text))"
        case .list: "a list"
        case .map: "a mapping"
        }
    }

    /// A text in quotes, cut short where it is long.
    static func quote(_ text: String) -> String {
        "“\(text.count > 60 ? String(text.prefix(60)) + "…" : text)”"
    }
}
