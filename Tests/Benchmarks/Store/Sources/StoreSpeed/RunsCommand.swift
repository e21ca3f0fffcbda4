import ArgumentParser

/// `runs`: full runs and imports from the command line against SQLite itself.
struct RunsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runs", abstract: "Runs and imports against C programs and the sqlite3 shell.")

    @OptionGroup var options: TurnOptions

    func run() throws {
        let space = try Workspace(contacts: options.contacts, binary: options.binary)
        defer { space.remove() }
        try space.prepare()
        print(
            "\(options.contacts) contacts; ratios of seconds, ours to the reference's, of \(options.turns) turns"
        )
        print(Comparison.heading)
        for work in Work.allCases {
            var comparison = Comparison(work)
            for _ in 0..<options.turns { try comparison.takeTurn(in: space) }
            print(comparison.line)
        }
    }
}
