import ArgumentParser
import BenchmarkSupport
import Foundation

/// `waits`: how long others wait while a full run writes, and what runs of a few contacts take.
struct WaitsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "waits",
        abstract: "Waits of requests beside a full run, and runs of 1, 100 and 10,000 contacts; needs curl.")

    @Option(help: "Contacts.")
    var contacts = 300_000

    @Option(help: "The program to measure; the release build of this working copy if not given.")
    var binary: String?

    /// A request a millisecond or so, as a dashboard and a CRM system would send them.
    private static let pause: UInt32 = 1_000
    private static let idleRequests = 3_000

    func run() throws {
        let space = try Workspace(contacts: contacts, binary: binary)
        defer { space.remove() }
        let service = try Service(space)
        defer { service.stop() }
        try service.create("speed")
        _ = try service.post(space.path("contacts.csv"), type: "text/csv", to: "speed")
        let client = try KeepAliveClient(port: service.port)
        let ids = try space.contactIDs(of: "speed")
        print("\(contacts) contacts; milliseconds: median, 99th percentile, most")
        let idle = try waits(client, ids) { $0 < WaitsCommand.idleRequests }
        try besideRun("first full run", idle, client, ids)
        try besideRun("full run that plans all anew", idle, client, ids)
        for count in [1, 100, 10_000] where count <= contacts { try partialRuns(of: count, client) }
    }

    /// Waits of a GET and of a POST in turn.
    private struct Waits {
        var gets: [Double] = []
        var posts: [Double] = []
    }

    /// Gets contacts, and adds one after every tenth, for as long as `goOn` says after so many requests.
    private func waits(
        _ client: KeepAliveClient, _ ids: [Int], while goOn: (Int) throws -> Bool
    ) throws -> Waits {
        var waits = Waits()
        let clock = ContinuousClock()
        var count = 0
        while try goOn(count) {
            count += 1
            let id = ids[count * 7_919 % ids.count]
            waits.gets.append(
                try clock.measure { try client.send("GET", "/v1/orgs/speed/contacts/\(id)") }
                    / .milliseconds(1))
            if count.isMultiple(of: 10) {
                let person = #"{"email":"added-\#(UUID().uuidString)@example.com","zip_code":"60601"}"#
                waits.posts.append(
                    try clock.measure { try client.send("POST", "/v1/orgs/speed/contacts", person) }
                        / .milliseconds(1))
            }
            usleep(WaitsCommand.pause)
        }
        return waits
    }

    private func besideRun(_ name: String, _ idle: Waits, _ client: KeepAliveClient, _ ids: [Int]) throws {
        let run = try start(#"{"kind":"full","today":"\#(Workspace.today)","replan":true}"#, client)
        var asked = ContinuousClock.now
        let beside = try waits(client, ids) { _ in
            guard ContinuousClock.now - asked > .milliseconds(100) else { return true }
            asked = .now
            return try isUnfinished(run, client)
        }
        print("\(name), \(beside.gets.count) requests:")
        report("GET of a contact, idle", idle.gets)
        report("GET of a contact, beside the run", beside.gets)
        report("POST of a contact, idle", idle.posts)
        report("POST of a contact, beside the run", beside.posts)
        let ratio = percentile(99, beside.gets) / percentile(99, idle.gets)
        print(String(format: "  99th percentile of GET beside the run to idle: %.2f", ratio))
    }

    private func partialRuns(of count: Int, _ client: KeepAliveClient) throws {
        var waits: [Double] = []
        for turn in 0..<10 {
            let ids = (0..<count).map { "\(1 + (turn * count + $0 * 97) % contacts)" }
            let body =
                #"{"kind":"contacts","today":"\#(Workspace.today)","replan":true,"contact_ids":["#
                + ids.joined(separator: ",") + "]}"
            let clock = ContinuousClock()
            let wait = try clock.measure {
                let run = try start(body, client)
                while try isUnfinished(run, client) { usleep(500) }
            }
            waits.append(wait / .milliseconds(1))
        }
        report("run of \(count) contacts, request to end", waits)
    }

    // MARK: Runs

    /// Asks for a run and returns its id.
    private func start(_ body: String, _ client: KeepAliveClient) throws -> Int {
        let answer = try client.send("POST", "/v1/orgs/speed/scheduler-runs", body)
        let run = try JSONDecoder().decode(Run.self, from: Data(answer.body.utf8))
        return run.id
    }

    private func isUnfinished(_ id: Int, _ client: KeepAliveClient) throws -> Bool {
        let answer = try client.send("GET", "/v1/orgs/speed/scheduler-runs/\(id)")
        let run = try JSONDecoder().decode(Run.self, from: Data(answer.body.utf8))
        guard ["queued", "running", "completed"].contains(run.state) else {
            throw BenchmarkFailure("run \(id) is \(run.state)")
        }
        return run.state != "completed"
    }

    private struct Run: Decodable {
        let id: Int
        let state: String
    }

    // MARK: Figures

    private func report(_ name: String, _ waits: [Double]) {
        let figures = [percentile(50, waits), percentile(99, waits), waits.max() ?? 0]
        print(
            " ", name.padding(toLength: 40, withPad: " ", startingAt: 0),
            figures.map { String(format: "%8.2f", $0) }.joined(separator: " "))
    }

    private func percentile(_ percent: Int, _ waits: [Double]) -> Double {
        let sorted = waits.sorted()
        return sorted.isEmpty ? 0 : sorted[(sorted.count - 1) * percent / 100]
    }
}
