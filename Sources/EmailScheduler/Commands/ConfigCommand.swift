import ArgumentParser

/// `config`: about configuration files.
struct ConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config", abstract: "Checks configuration files.", subcommands: [Check.self])

    /// `config check`: lists every mistake of a file.
    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Checks a configuration file and lists every mistake in it.",
            discussion: "Variables named EMAIL_SCHEDULER_SECTION_KEY override the file and are checked too.")

        @Argument(help: "The file.")
        var file: String

        func run() throws {
            do {
                _ = try Composition.settings(configPath: file)
            } catch {
                Output.note(error.description)
                throw ExitCode.failure
            }
            try Output.line("\(file): valid")
        }
    }
}
