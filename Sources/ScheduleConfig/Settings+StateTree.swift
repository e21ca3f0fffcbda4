import SchedulingCore

extension Settings {
    /// The state rules as they would stand in a file; states whose default rule was taken away are null.
    func tree(ofStates rules: [String: StateRule]) -> SettingsValue {
        let states = Set(rules.keys).union(StateRule.defaults().keys).sorted()
        return .map(
            states.map { state in
                SettingsValue.Entry(key: state, value: rules[state].map { tree(of: $0) } ?? .null)
            })
    }

    private func tree(of rule: StateRule) -> SettingsValue {
        let entries = WindowKey.allCases.compactMap { key -> SettingsValue.Entry? in
            let windows = rule.windows.filter { $0.kind == key.windowKind }.map { tree(of: $0, key) }
            guard let first = windows.first else { return nil }
            return SettingsValue.Entry(key: key.rawValue, value: windows.count == 1 ? first : .list(windows))
        }
        return .map(entries)
    }

    private func tree(of window: ExclusionWindow, _ key: WindowKey) -> SettingsValue {
        var entries: [SettingsValue.Entry] = []
        func add(_ key: String, _ value: SettingsValue) {
            entries.append(SettingsValue.Entry(key: key, value: value))
        }
        if !key.isSwitch {
            add("window_before_days", .integer(window.daysBefore))
            add("window_after_days", .integer(window.daysAfter))
            add("use_month_start", .boolean(window.usesMonthStart))
            // Left out it follows `pre_window_exclusion_days`, should somebody change that in the tree.
            if window.preWindowExtensionDays != preWindowExclusionDays {
                add("pre_window_extension_days", .integer(window.preWindowExtensionDays))
            }
        }
        if let date = window.effectiveFrom { add("effective_from", .text("\(date)")) }
        if let date = window.effectiveUntil { add("effective_until", .text("\(date)")) }
        if let citation = window.citation { add("citation", .text(citation)) }
        return entries.isEmpty ? .boolean(true) : .map(entries)
    }
}
