import ArgumentParser
import BenchmarkSupport
import Foundation
import Synchronization

/// `events`: signed messages of 500 events each to the webhooks, over one connection and over four at once.
struct EventsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "events", abstract: "Events a second of the webhooks; needs curl, openssl and sqlite3.")

    @Option(help: "Contacts.")
    var contacts = 100_000

    @Option(help: "Messages over each number of connections.")
    var messages = 100

    @Option(help: "The program to measure; the release build of this working copy if not given.")
    var binary: String?

    private static let connections = [1, 4]

    func run() throws {
        let space = try Workspace(contacts: contacts, binary: binary)
        defer { space.remove() }
        try space.prepare()
        try FileManager.default.createDirectory(atPath: space.path("data"), withIntermediateDirectories: true)
        print("\(messages) messages of \(EventSource.eventsOfMessage) events, \(contacts) contacts")
        print("source     durability  connections  events/s  processor time of an event")
        for durability in ["normal", "full"] {
            // Each has an organisation of its own, of that name.
            try space.copy("planned.db", to: "data/\(durability).sqlite3")
            let service = try Service(space, "--durability", durability)
            defer { service.stop() }
            try service.create(durability)
            for source in EventSource.allCases {
                let signer = try EventSigner(source, in: space)
                try KeepAliveClient(port: service.port).send(
                    "PUT", "/v1/orgs/\(durability)/webhook-keys",
                    #"{"\#(source.keyName)":"\#(signer.publicKey)"}"#)
                let all = try source.bodies(messages * Self.connections.count, in: space).map(signer.sign)
                for (turn, count) in Self.connections.enumerated() {
                    let line = try measure(
                        Array(all[(turn * messages)..<((turn + 1) * messages)]), over: count,
                        service, "/v1/orgs/\(durability)/webhooks/\(source.rawValue)")
                    print(
                        source.rawValue.padding(toLength: 10, withPad: " ", startingAt: 0),
                        durability.padding(toLength: 11, withPad: " ", startingAt: 0), line)
                }
            }
        }
    }

    /// Sends messages over some connections, each of which waits for its answers.
    private func measure(
        _ messages: [SignedMessage], over connections: Int, _ service: Service, _ path: String
    ) throws -> String {
        let port = service.port
        let failure = Mutex<(any Error)?>(nil)
        let before = try service.processorSeconds
        let seconds = ContinuousClock().measure {
            DispatchQueue.concurrentPerform(iterations: connections) { first in
                do {
                    let client = try KeepAliveClient(port: port)
                    for index in stride(from: first, to: messages.count, by: connections) {
                        try client.send("POST", path, messages[index].body, fields: messages[index].fields)
                    }
                } catch {
                    failure.withLock { $0 = error }
                }
            }
        }
        if let failure = failure.withLock({ $0 }) { throw failure }
        let events = Double(messages.count * EventSource.eventsOfMessage)
        return String(
            format: "%11d  %8.0f  %.1f µs", connections, events / (seconds / .seconds(1)),
            (try service.processorSeconds - before) / events * 1e6)
    }
}
