/// Collects what reading a configuration brings: mistakes, the keys that exist, and the values that hold.
final class SettingsReader {
    /// Every variable that overrides a key begins with this.
    static let variablePrefix = "EMAIL_SCHEDULER_"

    /// How many mistakes are reported; more help nobody.
    static let maximumProblems = 500

    /// Whether as many mistakes were found as are reported.
    var isFull: Bool { problems.count >= SettingsReader.maximumProblems }

    let file: String
    let environment: [String: String]
    private(set) var problems: [SettingsProblem] = []
    /// Every key asked for, with `*` in place of names that a file chooses.
    private(set) var knownKeys: [String] = []
    private var knownVariables: [String] = []
    /// Beginnings of variables that belong to a section.
    private var sectionPrefixes: [String] = []

    init(file: String, environment: [String: String]) {
        self.file = file
        self.environment = environment
    }

    /// Notes a mistake in the file.
    func report(
        _ mark: YAMLValue.Mark, _ keyPath: String, found: String, expected: String, suggestion: String? = nil
    ) {
        let location = SettingsProblem.Location.file(file, line: mark.line, column: mark.column)
        let problem = SettingsProblem(
            location: location, keyPath: keyPath, found: found, expected: expected, suggestion: suggestion)
        if isFull { return }
        // A value that an alias or a merge key brings to several places is wrong once.
        if !problems.contains(where: { $0.location == location && $0.found == found }) {
            problems.append(problem)
        }
    }

    /// Notes a mistake in a variable.
    func report(
        variable: String, _ keyPath: String, found: String, expected: String, suggestion: String? = nil
    ) {
        problems.append(
            SettingsProblem(
                location: .variable(variable), keyPath: keyPath, found: found, expected: expected,
                suggestion: suggestion))
    }

    /// Notes that a key exists.
    func declare(_ pattern: String) {
        if !knownKeys.contains(pattern) { knownKeys.append(pattern) }
    }

    /// Notes that variables of a section exist.
    func declareSection(_ path: String) {
        sectionPrefixes.append(SettingsReader.variable(path) + "_")
    }

    /// The value of the variable that overrides a key, nil where it is not set or empty.
    func override(of path: String) -> (variable: String, value: YAMLValue)? {
        let variable = SettingsReader.variable(path)
        knownVariables.append(variable)
        guard let text = environment[variable], !text.isEmpty else { return nil }
        let mark = YAMLValue.Mark(line: 0, column: 0)
        return (variable, YAMLValue(content: .scalar(text, isPlain: true), mark: mark))
    }

    /// Reports variables that look like those of a section and are none. Others with the prefix belong to
    /// somebody else.
    func checkVariables() {
        for name in environment.keys.sorted() where !knownVariables.contains(name) {
            guard sectionPrefixes.contains(where: { name.hasPrefix($0) }) else { continue }
            let nearest = EditDistance.nearest(to: name, among: knownVariables)
            report(
                variable: name, "", found: "a variable for no key", expected: "the name of a key",
                suggestion: nearest)
        }
    }

    private static func variable(_ path: String) -> String {
        variablePrefix + path.uppercased().map { $0 == "." ? "_" : String($0) }.joined()
    }
}
