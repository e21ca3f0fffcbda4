import ArgumentParser
import Glibc
import SchedulingCore

/// `generate`: sample contacts.
struct GenerateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate", abstract: "Writes sample contacts as CSV.",
        discussion: "The same numbers give the same contacts. One row in a hundred is bad on purpose.")

    @Option(help: "How many contacts.")
    var contacts: Int

    @Option(help: "Chooses among all possible contacts.")
    var seed: UInt64 = 1

    @Option(help: "The date on which the contacts are of their ages.")
    var today = DateArgument(CivilDate(anniversaryOfMonth: 1, day: 1, in: 2026))

    @Option(help: "The file to write; - for standard output.")
    var output: String

    func validate() throws {
        guard (0...100_000_000).contains(contacts) else {
            throw ValidationError("--contacts: expected a number from 0 to 100000000.")
        }
    }

    func run() throws {
        let isStandardOutput = output == "-"
        let file =
            isStandardOutput ? STDOUT_FILENO : open(output, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard file >= 0 else {
            throw CommandFailure("\(output): cannot be written: \(FileBytes.systemError())")
        }
        let samples = SampleContacts(count: contacts, seed: seed, today: today.date)
        try samples.write { try Output.write($0, to: file, isStandardOutput ? "standard output" : output) }
        guard isStandardOutput || close(file) == 0 else {
            throw CommandFailure("\(output): cannot be written: \(FileBytes.systemError())")
        }
    }
}
