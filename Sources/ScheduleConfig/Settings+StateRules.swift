import SchedulingCore

extension Settings {
    /// Reads section `state_rules`: a state that the file names has exactly the windows that stand there, the
    /// others have the default ones (SPEC 3).
    mutating func readStateRules(_ file: inout SectionReader) {
        let section = SectionReader(
            file.reader, path: "state_rules", pattern: "state_rules", value: file.value("state_rules"))
        for entry in section.entries { readState(entry, section) }
        file.add("state_rules", tree(ofStates: policy.stateRules))
    }

    private mutating func readState(_ entry: YAMLValue.Entry, _ section: SectionReader) {
        let path = section.path(of: entry.name)
        let code = StateCode(entry.name).flatMap { ZIPTable.bundled.contains($0) ? $0.description : nil }
        guard code == entry.name else {
            section.reader.report(
                entry.mark, path, found: "an unknown state",
                expected: "the two capital letters of a state, such as CA", suggestion: code)
            return
        }
        if case .scalar("none", _) = entry.value.content {
            policy.stateRules[entry.name] = nil
            return
        }
        var state = SectionReader(
            section.reader, path: path, pattern: "state_rules.*", value: entry.value,
            expected: "a mapping of windows, or none")
        var windows: [ExclusionWindow] = []
        for kind in WindowKey.allCases {
            guard let value = state.value(kind.rawValue) else { continue }
            windows += readWindows(kind, value, state)
        }
        state.finish()
        // In the order of the kinds, an age rule written inside a window behind them all.
        windows = WindowKey.allCases.flatMap { kind in windows.filter { $0.kind == kind.windowKind } }
        policy.stateRules[entry.name] = windows.isEmpty ? nil : StateRule(windows: windows)
    }

    /// Gives the windows that have the general extension another one.
    mutating func extendRules(from oldDays: Int, to days: Int) {
        if days == oldDays { return }
        for (state, rule) in policy.stateRules {
            let windows = rule.windows.map { window in
                var window = window
                let isOnDates = window.kind == .birthday || window.kind == .effectiveDate
                if isOnDates, window.preWindowExtensionDays == oldDays {
                    window.preWindowExtensionDays = days
                }
                return window
            }
            policy.stateRules[state] = StateRule(windows: windows)
        }
    }

    /// The windows of one kind: one, or a list of several.
    private func readWindows(
        _ kind: WindowKey, _ value: YAMLValue, _ state: SectionReader
    ) -> [ExclusionWindow] {
        let path = state.path(of: kind.rawValue)
        let pattern = state.pattern(of: kind.rawValue)
        switch value.content {
        case .list(let items):
            return items.enumerated().flatMap { index, item in
                readWindow(kind, item, state.reader, "\(path)[\(index)]", pattern)
            }
        default: return readWindow(kind, value, state.reader, path, pattern)
        }
    }

    /// One window, and the age rule that may stand in it.
    private func readWindow(
        _ kind: WindowKey, _ value: YAMLValue, _ reader: SettingsReader, _ path: String, _ pattern: String
    ) -> [ExclusionWindow] {
        if kind.isSwitch, case .scalar(let text, let isPlain) = value.content {
            if let isOn = SettingsScalar.boolean.parse(text, isPlain) {
                return isOn ? [ExclusionWindow(kind: kind.windowKind)] : []
            }
        }
        let expected = kind.isSwitch ? "true, false, or a mapping" : "a mapping, or a list of mappings"
        var section = SectionReader(reader, path: path, pattern: pattern, value: value, expected: expected)
        var window = ExclusionWindow(kind: kind.windowKind)
        var excludesAge = false
        if !kind.isSwitch {
            window.preWindowExtensionDays = preWindowExclusionDays
            section.read("window_before_days", Settings.days, into: &window.daysBefore)
            section.read("window_after_days", Settings.days, into: &window.daysAfter)
            section.read("use_month_start", .boolean, into: &window.usesMonthStart)
            section.read("pre_window_extension_days", Settings.days, into: &window.preWindowExtensionDays)
            section.read("age_76_plus", .boolean, into: &excludesAge)
        }
        section.read("effective_from", .date, into: &window.effectiveFrom)
        section.read("effective_until", .date, into: &window.effectiveUntil)
        section.read("citation", .text(maximumBytes: 2_000), into: &window.citation)
        section.finish()
        if let first = window.effectiveFrom, let last = window.effectiveUntil, last < first {
            reader.report(
                value.mark, path, found: "effective_until before effective_from",
                expected: "a rule that holds for at least one day")
        }
        return [window] + (excludesAge ? [window.withKind(WindowKey.age.windowKind)] : [])
    }
}

/// The keys of a state's windows.
enum WindowKey: String, CaseIterable {
    case birthday = "birthday_window"
    case effectiveDate = "effective_date_window"
    case yearRound = "year_round"
    case age = "age_76_plus"

    /// Whether `true` alone is a window.
    var isSwitch: Bool { self == .yearRound || self == .age }

    /// What the window hangs on.
    var windowKind: ExclusionWindow.Kind {
        switch self {
        case .birthday: .birthday
        case .effectiveDate: .effectiveDate
        case .yearRound: .yearRound
        case .age: .age(atLeast: 76)
        }
    }
}

extension ExclusionWindow {
    /// A window of another kind with the same dates and citation.
    fileprivate func withKind(_ kind: Kind) -> ExclusionWindow {
        var window = ExclusionWindow(kind: kind)
        window.effectiveFrom = effectiveFrom
        window.effectiveUntil = effectiveUntil
        window.citation = citation
        return window
    }
}
