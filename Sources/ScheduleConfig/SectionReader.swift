/// Reads one mapping of a configuration, key by key, into values that hold their defaults until then, and
/// writes down the values that hold in the end.
struct SectionReader {
    let reader: SettingsReader
    /// The mapping's own key path; empty for the whole file.
    let path: String
    /// The same with `*` in place of names that the file chooses.
    let pattern: String
    /// What the mapping says; empty where the file leaves it out.
    let entries: [YAMLValue.Entry]
    /// Whether variables override its values.
    let hasVariables: Bool
    /// The values that hold, in the order of reading.
    private(set) var tree: [SettingsValue.Entry] = []
    private var known: [String] = []

    /// The mapping at a value. A value that is no mapping is reported and read as an empty one.
    init(
        _ reader: SettingsReader, path: String, pattern: String, value: YAMLValue?,
        hasVariables: Bool = false,
        expected: String = "a mapping"
    ) {
        self.reader = reader
        self.path = path
        self.pattern = pattern
        self.hasVariables = hasVariables
        switch value?.content {
        case .map(let entries): self.entries = entries
        case nil, .null: entries = []
        default:
            entries = []
            if let value { reader.report(value.mark, path, found: value.found, expected: expected) }
        }
        if hasVariables, !path.isEmpty { reader.declareSection(path) }
    }

    /// The key path of a key in this mapping.
    func path(of key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

    /// What the file says at a key; nil where it says nothing or null.
    mutating func value(_ key: String) -> YAMLValue? {
        declare(key)
        guard let value = entries.first(where: { $0.name == key })?.value else { return nil }
        if case .null = value.content { return nil }
        return value
    }

    /// Reads a value, if the file or a variable gives one.
    mutating func read<Value>(_ key: String, _ scalar: SettingsScalar<Value>, into result: inout Value) {
        var optional: Value?
        read(key, scalar, into: &optional)
        if let optional { result = optional }
        add(key, scalar.tree(result))
    }

    /// Reads a value that may be missing. It is not put into the tree.
    mutating func read<Value>(_ key: String, _ scalar: SettingsScalar<Value>, into result: inout Value?) {
        if let value = value(key) {
            if let parsed = parse(value, scalar) {
                result = parsed
            } else {
                reader.report(
                    value.mark, path(of: key), found: value.found, expected: scalar.expected,
                    suggestion: suggestion(value, scalar))
            }
        }
        guard hasVariables, let override = reader.override(of: path(of: key)) else { return }
        if let parsed = parse(override.value, scalar) {
            result = parsed
        } else {
            reader.report(
                variable: override.variable, path(of: key), found: override.value.found,
                expected: scalar.expected, suggestion: suggestion(override.value, scalar))
        }
    }

    /// Reads a section inside this mapping.
    mutating func section(_ key: String, _ body: (inout SectionReader) -> Void) {
        var section = SectionReader(
            reader, path: path(of: key), pattern: pattern(of: key), value: value(key),
            hasVariables: hasVariables)
        body(&section)
        section.finish()
        add(key, .map(section.tree))
    }

    /// Puts a value that holds into the tree.
    mutating func add(_ key: String, _ value: SettingsValue) {
        tree.append(SettingsValue.Entry(key: key, value: value))
    }

    /// Reports the keys that were not asked for.
    func finish() {
        for entry in entries where !known.contains(entry.name) && !reader.isFull {
            reader.report(
                entry.mark, path(of: entry.name), found: SettingsProblem.unknownKey,
                expected: "one of \(known.joined(separator: ", "))",
                suggestion: EditDistance.nearest(to: entry.name, among: known))
        }
    }

    /// The pattern of a key in this mapping.
    func pattern(of key: String) -> String { pattern.isEmpty ? key : "\(pattern).\(key)" }

    private mutating func declare(_ key: String) {
        known.append(key)
        reader.declare(pattern(of: key))
    }

    private func parse<Value>(_ value: YAMLValue, _ scalar: SettingsScalar<Value>) -> Value? {
        guard case .scalar(let text, let isPlain) = value.content else { return nil }
        return scalar.parse(text, isPlain)
    }

    private func suggestion<Value>(_ value: YAMLValue, _ scalar: SettingsScalar<Value>) -> String? {
        guard case .scalar(let text, _) = value.content else { return nil }
        return EditDistance.nearest(to: text, among: scalar.choices)
    }
}
