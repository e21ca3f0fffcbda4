import ArgumentParser
import Foundation

/// `abuse`: what a healthy client notices of 10,000 idle connections, 1,000 that send a head slowly and 200 that send
/// a body slowly.
struct AbuseBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "abuse", abstract: "A healthy client's p99 beside idle and slow clients.")

    @Option(help: "Connections that have sent nothing yet or wait for their next request.")
    var idle = 10_000

    @Option(help: "Connections that send a head byte by byte.")
    var slowHeads = 1_000

    @Option(help: "Connections that send a body byte by byte.")
    var slowBodies = 200

    @Option(help: "Requests of the healthy client in each round.")
    var requests = 20_000

    func run() async throws {
        let server = try ServerProcess(subcommand: "serve-ours", port: 18_083)
        defer { server.stop() }
        _ = try latencies(server.port)
        let quiet = try latencies(server.port)
        let before = (server.residentKiB, server.descriptors)
        let crowd = try Crowd(self, port: server.port)
        crowd.begin()
        let loaded = try latencies(server.port)
        let during = (server.residentKiB, server.descriptors)
        crowd.end()
        print(
            String(
                format: "p99 alone %.0f us, beside the crowd %.0f us, ratio %.2f", quiet, loaded,
                loaded / quiet))
        print("connections of the crowd that were still open: \(crowd.open)")
        let deadline = Date(timeIntervalSinceNow: 10)
        while server.descriptors > before.1, Date() < deadline { usleep(50_000) }
        print(
            "memory KiB and descriptors: \(before) before, \(during) during,",
            "\((server.residentKiB, server.descriptors)) after")
    }

    /// The 99th percentile of one client's waits, in microseconds.
    private func latencies(_ port: Int) throws -> Double {
        let client = try ClientSocket(port: port)
        var waits: [Double] = []
        let clock = ContinuousClock()
        for _ in 0..<requests {
            let wait = clock.measure {
                client.send("GET /plaintext HTTP/1.1\r\nHost: a\r\n\r\n")
                _ = client.receive()
            }
            waits.append(Double(wait.components.attoseconds) / 1e12)
            usleep(100)
        }
        waits.sort()
        return waits[waits.count * 99 / 100]
    }

    /// The clients nobody wants; a thread of its own makes them send.
    private final class Crowd: @unchecked Sendable {
        private var idle: [ClientSocket] = []
        private var slow: [ClientSocket] = []
        private let done = DispatchSemaphore(value: 0)
        private let lock = NSLock()
        private var isEnding = false
        /// Slow clients whose connection the server kept to the end.
        private(set) var open = 0

        init(_ counts: AbuseBenchmark, port: Int) throws {
            for index in 0..<counts.idle {
                let client = try ClientSocket(port: port)
                if index.isMultiple(of: 2) {
                    client.send("GET /plaintext HTTP/1.1\r\nHost: a\r\n\r\n")
                    _ = client.receive()
                }
                idle.append(client)
            }
            for _ in 0..<counts.slowHeads {
                let client = try ClientSocket(port: port)
                client.send("GET /plaintext HTTP/1.1\r\nHost: a\r\nX: ")
                slow.append(client)
            }
            for _ in 0..<counts.slowBodies {
                let client = try ClientSocket(port: port)
                client.send("POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n")
                slow.append(client)
            }
        }

        func begin() {
            Thread.detachNewThread { [self] in
                while !lock.withLock({ isEnding }) {
                    let count = slow.reduce(0) { $0 + ($1.send("x") ? 1 : 0) }
                    lock.withLock { open = count }
                    usleep(500_000)
                }
                done.signal()
            }
        }

        func end() {
            lock.withLock { isEnding = true }
            done.wait()
            (idle, slow) = ([], [])
        }
    }
}
