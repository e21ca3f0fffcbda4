import ArgumentParser
import Foundation

/// `events`: messages to the webhooks over HTTP, 500 events in each.
struct EventsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "events", abstract: "Events a second of the webhooks; needs curl, openssl and sqlite3.")

    @Option(help: "Contacts.")
    var contacts = 100_000

    @Option(help: "Messages of each turn.")
    var messages = 200

    @Option(help: "The program to measure; the release build of this working copy if not given.")
    var binary: String?

    private static let organization = "speed"

    func run() throws {
        let space = try Workspace(contacts: contacts, binary: binary)
        defer { space.remove() }
        try space.prepare()
        try FileManager.default.createDirectory(atPath: space.path("data"), withIntermediateDirectories: true)
        print("\(messages) messages of \(SignedMessage.events) events; \(contacts) contacts")
        print("source    durability  connections  events/s  processor time per event")
        for durability in ["normal", "full"] {
            try space.copy("planned.db", to: "data/\(Self.organization).sqlite3")
            let service = try Service(space, "--durability", durability)
            defer { service.stop() }
            try? service.create(Self.organization)
            for source in SignedMessage.Source.allCases {
                let signer = try source.signer(in: space)
                try service.setKey(source.keyName, signer.publicKey, of: Self.organization)
                for connections in [1, 4] {
                    let all = try (0..<messages).map { try SignedMessage(signer, number: $0, in: space) }
                    let lists = (0..<connections).map { first in
                        stride(from: first, to: all.count, by: connections).map { all[$0] }
                    }
                    let before = try service.processorSeconds
                    let seconds = try service.post(lists, to: source.rawValue, of: Self.organization)
                    let processor = try service.processorSeconds - before
                    let count = Double(messages * SignedMessage.events)
                    print(
                        source.rawValue.padding(toLength: 9, withPad: " ", startingAt: 0),
                        durability.padding(toLength: 11, withPad: " ", startingAt: 0),
                        String(
                            format: "%11d  %8.0f  %4.1f µs", connections, count / seconds,
                            processor / count * 1e6))
                }
            }
        }
    }
}
