import ArgumentParser
import Foundation

/// `http`: our server against Hummingbird, both answering the same bytes, with wrk as the client.
///
/// The servers take turns, each alone, so that whatever else the machine does strikes both alike; a ratio is of two
/// neighbouring turns.
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
            for count in connections { try measure(work, connections: count, ours.port, theirs.port) }
        }
    }

    private func measure(_ work: Work, connections: Int, _ ours: Int, _ theirs: Int) throws {
        var ratios: [Double] = []
        var best = (ours: 0.0, theirs: 0.0)
        for round in 0..<rounds {
            // Who begins changes, as the first turn may find the machine cooler.
            let first = try requestsPerSecond(work, connections, round.isMultiple(of: 2) ? ours : theirs)
            let second = try requestsPerSecond(work, connections, round.isMultiple(of: 2) ? theirs : ours)
            let (our, their) = round.isMultiple(of: 2) ? (first, second) : (second, first)
            ratios.append(our / their)
            best = (max(best.ours, our), max(best.theirs, their))
        }
        ratios.sort()
        let figures = [ratios[0], ratios[ratios.count / 2], ratios[ratios.count - 1]]
        print(
            work.name.padding(toLength: 16, withPad: " ", startingAt: 0),
            String(format: "%4d connections", connections),
            figures.map { String(format: "%.2f", $0) }.joined(separator: " "),
            String(format: "(best %.0f and %.0f requests/s)", best.ours, best.theirs))
    }

    private func requestsPerSecond(_ work: Work, _ connections: Int, _ port: Int) throws -> Double {
        let wrk = Process()
        wrk.executableURL = URL(filePath: "/usr/bin/env")
        wrk.arguments =
            ["wrk", "--threads", "1", "--connections", "\(connections)", "--duration", "\(seconds)s"]
            + (work.script.map { ["--script", $0] } ?? []) + ["http://127.0.0.1:\(port)\(work.path)"]
        let pipe = Pipe()
        wrk.standardOutput = pipe
        try wrk.run()
        let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        wrk.waitUntilExit()
        guard let line = output.split(separator: "\n").first(where: { $0.hasPrefix("Requests/sec:") }),
            let value = line.split(separator: " ").last.flatMap({ Double($0) }), value > 0,
            !output.contains("Non-2xx")
        else { throw BenchmarkFailure("wrk said: \(output)") }
        return value
    }
}
