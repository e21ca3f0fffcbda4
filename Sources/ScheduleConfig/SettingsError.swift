/// All the mistakes of a configuration, in the order of the file, those of the environment behind.
public struct SettingsError: Error, Hashable, Sendable, CustomStringConvertible {
    /// At least one.
    public let problems: [SettingsProblem]

    /// Orders the mistakes.
    init(problems: [SettingsProblem]) {
        func position(_ problem: SettingsProblem) -> (Int, Int, String) {
            switch problem.location {
            case .file(_, let line, let column): (line, column, problem.keyPath)
            case .variable(let name): (.max, 0, name)
            }
        }
        self.problems = problems.sorted { position($0) < position($1) }
    }

    /// One line a mistake.
    public var description: String { problems.map(\.description).joined(separator: "\n") }
}
