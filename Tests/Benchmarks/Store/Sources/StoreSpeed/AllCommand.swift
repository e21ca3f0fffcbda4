import ArgumentParser

/// `store`: the tables of runs, imports and waits, and the chart of growth.
struct AllCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "store", abstract: "Runs, imports, waits and growth, one after the other.")

    @Option(help: "Contacts of the tables.")
    var contacts = 3_000_000

    @Option(help: "Turns of each side.")
    var turns = 3

    @Option(parsing: .upToNextOption, help: "Contacts of each point of the chart.")
    var growth = GrowthCommand.defaultContacts

    func run() throws {
        let options = ["--contacts", "\(contacts)", "--turns", "\(turns)"]
        try RunsCommand.parse(options).run()
        try ImportCommand.parse(options).run()
        try WaitsCommand.parse(["--contacts", "\(contacts)"]).run()
        try GrowthCommand.parse(["--contacts"] + growth.map { "\($0)" }).run()
    }
}
