import ArgumentParser

/// `runs`: full runs and imports from the command line against SQLite itself.
struct RunsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runs", abstract: "Runs and imports against C programs and the sqlite3 shell.")

    @Option(help: "Contacts.")
    var contacts = 300_000

    @Option(help: "Turns of each side.")
    var turns = 3

    @Option(help: "The program to measure; the release build of this working copy if not given.")
    var binary: String?

    func run() throws {
        let space = try Workspace(contacts: contacts, binary: binary)
        defer { space.remove() }
        try space.prepare()
        print("\(contacts) contacts; ratios of seconds, ours to the reference's, of \(turns) turns")
        print(Comparison.heading)
        for work in Work.allCases {
            var comparison = Comparison(work)
            for _ in 0..<turns { try comparison.takeTurn(in: space) }
            print(comparison.line)
        }
    }
}
