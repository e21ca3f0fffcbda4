import ArgumentParser

/// What the tables are measured with.
struct TurnOptions: ParsableArguments {
    @Option(help: "Contacts.")
    var contacts = 300_000

    @Option(help: "Turns of each side.")
    var turns = 3

    @Option(help: "The program to measure; the release build of this working copy if not given.")
    var binary: String?
}
