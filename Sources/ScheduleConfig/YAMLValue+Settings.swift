extension YAMLValue {
    /// A tree of keys as if it stood in a file. Each value has a place of its own in the order of the tree, on line 0.
    init(_ value: SettingsValue, place: inout Int) {
        place += 1
        let mark = Mark(line: 0, column: place)
        let content: Content =
            switch value {
            case .null: .null
            case .boolean(let flag): .scalar(flag ? "true" : "false", isPlain: true)
            case .integer(let number): .scalar("\(number)", isPlain: true)
            case .number(let number): .scalar("\(number)", isPlain: true)
            case .text(let text): .scalar(text, isPlain: false)
            case .list(let values): .list(values.map { YAMLValue($0, place: &place) })
            case .map(let entries):
                .map(
                    entries.map { entry in
                        place += 1
                        let mark = Mark(line: 0, column: place)
                        return Entry(
                            name: entry.key, mark: mark, value: YAMLValue(entry.value, place: &place))
                    })
            }
        self.init(content: content, mark: mark)
    }
}
