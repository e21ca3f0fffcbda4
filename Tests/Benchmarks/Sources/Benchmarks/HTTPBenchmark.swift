import ArgumentParser
import BenchmarkSupport
import Foundation

/// `http`: our server against Hummingbird, both answering the same bytes, with wrk as the client.
struct HTTPBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "http", abstract: "Our HTTP server against Hummingbird; needs wrk.")

    @Option(help: "Seconds of each turn.")
    var seconds = 3

    @Option(help: "Turns of each server in each row.")
    var rounds = 5

    @Option(help: "Simultaneous connections, one row each.")
    var connections = [1, 64, 512]

    private struct Work {
        let name: String
        let path: String
        var script: String?
    }

    func run() async throws {
        let upload = FileManager.default.temporaryDirectory.appending(path: "upload-\(UUID().uuidString).lua")
        try "wrk.method = \"POST\"\nwrk.body = string.rep(\"a\", 102400)\n".write(
            to: upload, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(at: upload) }
        let ours = try ServerProcess(subcommand: "serve-ours", port: 18_081)
        defer { ours.stop() }
        let theirs = try ServerProcess(subcommand: "serve-hummingbird", port: 18_082)
        defer { theirs.stop() }
        print("Ratio of requests/s, ours to Hummingbird's: minimum, median, maximum of \(rounds) turns")
        for work in [
            Work(name: "plaintext 13 B", path: "/plaintext"), Work(name: "JSON 1 KiB", path: "/json"),
            Work(name: "100 KiB down", path: "/large"),
            Work(name: "100 KiB up", path: "/upload", script: upload.path),
        ] {
            for count in connections {
                let wrk = Wrk(connections: count, seconds: seconds)
                func measure(_ server: ServerProcess) throws -> Double {
                    try wrk.requestsPerSecond(port: server.port, path: work.path, script: work.script)
                }
                let comparison = try ServerComparison(
                    rounds: rounds, ours: { try measure(ours) }, theirs: { try measure(theirs) })
                print(
                    work.name.padding(toLength: 16, withPad: " ", startingAt: 0),
                    String(format: "%4d connections", count), comparison.line)
            }
        }
    }
}
