extension Settings {
    /// Reads a configuration file's bytes and the variables that override it. Whatever they leave out is as in
    /// `base`, the defaults unless given; an empty file is all of it.
    ///
    /// A scalar of a section is overridden by `EMAIL_SCHEDULER_<SECTION>_<KEY>`, such as
    /// `EMAIL_SCHEDULER_LOAD_BALANCING_PERIOD_DAYS`, one outside of all sections by `EMAIL_SCHEDULER_<KEY>`.
    /// Lists and the free names of states, campaign types and templates are not. An empty variable counts as
    /// one that is not set.
    ///
    /// JSON is read too, as far as YAML has it. Throws every mistake at once.
    public init(
        yaml: [UInt8], file: String, environment: [String: String] = [:], base: Settings = Settings()
    ) throws(SettingsError) {
        let reader = SettingsReader(file: file, environment: environment)
        var settings = base
        var root: YAMLValue?
        do throws(YAMLDocument.Problem) {
            let document = try YAMLDocument(yaml)
            root = document.root
            for problem in document.problems { reader.report(problem) }
        } catch {
            reader.report(error)
        }
        settings.readAll(reader, root)
        reader.checkVariables()
        guard reader.problems.isEmpty else { throw SettingsError(problems: reader.problems) }
        self = settings
    }

    /// Reads the variables alone: all defaults but for what they override.
    public init(environment: [String: String]) throws(SettingsError) {
        try self.init(yaml: [], file: "", environment: environment)
    }

    /// Reads a tree of the file's keys, such as a JSON document. Whatever it leaves out is as in `base`. Mistakes
    /// have no place but their key path.
    public init(values: SettingsValue, base: Settings) throws(SettingsError) {
        let reader = SettingsReader(file: "", environment: [:])
        var settings = base
        var places = 0
        settings.readAll(reader, YAMLValue(values, place: &places))
        guard reader.problems.isEmpty else { throw SettingsError(problems: reader.problems) }
        self = settings
    }

    /// The values that hold, as a tree of the file's keys. Reading its JSON gives the same settings.
    public var tree: SettingsValue {
        var copy = self
        return copy.readAll(SettingsReader(file: "", environment: [:]), nil)
    }

    /// Every key that a file can have, with `*` in place of the names of states, campaign types and emails,
    /// and `[]` behind a list.
    public static var knownKeys: [String] {
        let everything = """
            aep_config: {default_dates: [{month: 1, day: 1}]}
            state_rules: {CA: {birthday_window: {}, effective_date_window: {}, year_round: {}, age_76_plus: {}}}
            email_templates: {birthday: {email: x}}
            """
        let reader = SettingsReader(file: "", environment: [:])
        var settings = Settings()
        settings.readAll(reader, (try? YAMLDocument(Array(everything.utf8)))?.root)
        return reader.knownKeys
    }

    @discardableResult
    private mutating func readAll(_ reader: SettingsReader, _ root: YAMLValue?) -> SettingsValue {
        var file = SectionReader(
            reader, path: "", pattern: "", value: root, hasVariables: true, expected: "a mapping of sections")
        read(&file)
        file.finish()
        return .map(file.tree)
    }
}

extension SettingsReader {
    /// Notes a mistake in the text of the file.
    func report(_ problem: YAMLDocument.Problem) {
        report(problem.mark, problem.keyPath, found: problem.found, expected: problem.expected)
    }
}
