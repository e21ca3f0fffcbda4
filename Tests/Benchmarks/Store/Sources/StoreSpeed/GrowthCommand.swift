import ArgumentParser
import Foundation

/// `growth`: how time and memory grow with the contacts, as a table and a chart.
struct GrowthCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "growth", abstract: "Runs and imports of more and more contacts, drawn as an SVG chart.")

    @Option(parsing: .upToNextOption, help: "Contacts of each point.")
    var contacts = GrowthCommand.defaultContacts

    @Option(help: "The chart's file; the one of this working copy if not given.")
    var output: String?

    @Option(help: "The program to measure; the release build of this working copy if not given.")
    var binary: String?

    static let defaultContacts = [30_000, 300_000, 3_000_000, 10_000_000]
    private static let works: [Work] = [.fileImport, .firstRun, .changed, .unchanged]

    func run() throws {
        var chart = GrowthChart()
        print("contacts    work                     seconds   µs a contact   peak memory")
        for count in contacts {
            let space = try Workspace(contacts: count, binary: binary)
            defer { space.remove() }
            try space.prepare()
            for work in GrowthCommand.works {
                let measured = try work.ours(in: space)
                chart.add(work.rawValue, contacts: count, measured)
                print(
                    String(format: "%-11d", count),
                    work.rawValue.padding(toLength: 24, withPad: " ", startingAt: 0),
                    String(
                        format: "%7.2f   %12.2f   %7.0f MiB", measured.seconds,
                        measured.seconds / Double(count) * 1e6, measured.peakMiB))
            }
        }
        let file = output ?? Workspace.root.appending(path: "Tests/Benchmarks/growth.svg").path
        try chart.svg.write(toFile: file, atomically: true, encoding: .utf8)
    }
}
