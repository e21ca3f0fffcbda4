import ArgumentParser
import Foundation
import StoreSpeed

/// `contacts`: the service against Hummingbird with GRDB, both reading and adding contacts one by one.
///
/// Theirs reads or adds the row and answers it; ours also checks it, keeps counts and an audit log.
struct ContactBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "contacts",
        abstract: "GET and POST of a contact against Hummingbird with GRDB; needs wrk.")

    @Option(help: "Contacts.")
    var contacts = 100_000

    @Option(help: "Seconds of each turn.")
    var seconds = 3

    @Option(help: "Turns of each server in each row.")
    var rounds = 5

    @Option(help: "Simultaneous connections, one row each.")
    var connections = [1, 64]

    @Option(help: "The program to measure; the release build of this working copy if not given.")
    var binary: String?

    func run() async throws {
        let space = try Workspace(contacts: contacts, binary: binary)
        defer { space.remove() }
        let ours = try Service(space)
        defer { ours.stop() }
        try ours.create("speed")
        _ = try ours.post(space.path("contacts.csv"), type: "text/csv", to: "speed")
        try space.makeReferenceContacts()
        let theirs = try ServerProcess(
            subcommand: "serve-hummingbird", port: 18_082, ["--database", space.path("theirs.db")])
        defer { theirs.stop() }
        print(
            "Ratio of requests/s, ours to Hummingbird's with GRDB: minimum, median, maximum of \(rounds) turns"
        )
        let ids = try space.contactIDs(of: "speed")
        for (name, script) in [("GET", getting(ids)), ("POST", posting)] {
            let file = space.path("\(name).lua")
            try script.write(toFile: file, atomically: true, encoding: .utf8)
            for count in connections {
                let wrk = Wrk(connections: count, seconds: seconds)
                let path = "/v1/orgs/speed/contacts"
                let comparison = try ServerComparison(
                    rounds: rounds,
                    ours: { try wrk.requestsPerSecond(port: ours.port, path: path, script: file) },
                    theirs: { try wrk.requestsPerSecond(port: theirs.port, path: path, script: file) })
                print(
                    "\(name) one contact".padding(toLength: 16, withPad: " ", startingAt: 0),
                    String(format: "%4d connections", count), comparison.line)
            }
        }
    }

    /// A Lua script that asks for contacts in no order.
    private func getting(_ ids: [Int]) -> String {
        """
        local ids = {\(ids.map { "\($0)" }.joined(separator: ","))}
        request = function()
            return wrk.format("GET", wrk.path .. "/" .. ids[math.random(#ids)])
        end

        """
    }

    /// A Lua script that adds people whom nobody has.
    private var posting: String {
        """
        math.randomseed(os.time())
        local first, count = math.random(1, 1000000000), 0
        wrk.headers["Content-Type"] = "application/json"
        request = function()
            count = count + 1
            local email = "person-" .. first .. "-" .. count .. "@example.com"
            return wrk.format("POST", nil, nil, '{"first_name":"Ada","last_name":"Byron","email":"' .. email ..
                '","zip_code":"60601","state":"IL","birth_date":"1950-12-10","effective_date":"2020-03-01"}')
        end

        """
    }
}
