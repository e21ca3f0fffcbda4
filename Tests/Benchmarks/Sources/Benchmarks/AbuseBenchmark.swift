import ArgumentParser
import BenchmarkSupport
import Foundation

/// `abuse`: what a healthy client notices of 10,000 idle connections, 1,000 that send a head slowly and 200 that send
/// a body slowly, and what minutes of every kind of abuse leave behind in the server.
///
/// Both waits of a ratio are measured right after another, as the machine may have other work; the slow clients send
/// one after the other and not all at once, so that it is the server that is measured and not the crowd.
struct AbuseBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "abuse",
        abstract: "A healthy client's p99 beside idle and slow clients, and what abuse leaves.")

    @Option(help: "Connections that have sent nothing yet or wait for their next request.")
    var idle = 10_000

    @Option(help: "Connections that send a head byte by byte.")
    var slowHeads = 1_000

    @Option(help: "Connections that send a body byte by byte.")
    var slowBodies = 200

    @Option(help: "Requests of the healthy client in each half of a round.")
    var requests = 5_000

    @Option(help: "Rounds.")
    var rounds = 5

    @Option(help: "Minutes of mixed abuse after that.")
    var minutes = 0

    @Option(help: "Seed of the mixed abuse.")
    var seed: UInt64 = 1

    func run() async throws {
        let server = try ServerProcess(subcommand: "serve-ours", port: 18_083)
        defer { server.stop() }
        _ = try latencies(server.port)
        var ratios: [Double] = []
        for _ in 0..<rounds { ratios.append(try round(server)) }
        ratios.sort()
        if let least = ratios.first, let most = ratios.last {
            print(
                String(
                    format: "p99 beside the crowd to p99 alone: minimum %.2f, median %.2f, maximum %.2f",
                    least,
                    ratios[ratios.count / 2], most))
        }
        var abuse = MixedAbuse(port: server.port, seed: seed)
        if minutes > 0 { try abuse.run(minutes: minutes, server) }
    }

    private func round(_ server: ServerProcess) throws -> Double {
        let quiet = try latencies(server.port)
        let crowd = try Crowd(self, port: server.port)
        crowd.begin()
        let start = server.processorSeconds
        sleep(1)
        let share = server.processorSeconds - start
        let loaded = try latencies(server.port)
        crowd.end()
        print(
            String(
                format: "p99 alone %.0f us, beside the crowd %.0f us, ratio %.2f;", quiet, loaded,
                loaded / quiet),
            String(format: "the crowd costs the server %.1f %% of a processor", share * 100))
        return loaded / quiet
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

    /// The clients nobody wants; a thread of its own makes the slow ones send a byte every half second.
    private final class Crowd: @unchecked Sendable {
        private static let head = "GET /plaintext HTTP/1.1\r\nHost: a\r\nX: "
        private static let body = "POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n"
        private let port: Int
        private var idle: [ClientSocket] = []
        private var slow: [(client: ClientSocket, first: String)] = []
        private let done = DispatchSemaphore(value: 0)
        private let lock = NSLock()
        private var isEnding = false

        init(_ counts: AbuseBenchmark, port: Int) throws {
            self.port = port
            for index in 0..<counts.idle {
                let client = try ClientSocket(port: port)
                if index.isMultiple(of: 2) {
                    client.send("GET /plaintext HTTP/1.1\r\nHost: a\r\n\r\n")
                    _ = client.receive()
                }
                idle.append(client)
            }
            for index in 0..<counts.slowHeads + counts.slowBodies {
                let first = index < counts.slowHeads ? Self.head : Self.body
                slow.append((try ClientSocket(port: port), first))
                slow[index].client.send(first)
            }
        }

        func begin() {
            Thread.detachNewThread { [self] in
                var next = 0
                while !lock.withLock({ isEnding }) {
                    // All of them in half a second, at moments that have nothing to do with each other.
                    usleep(UInt32.random(in: 0..<UInt32(1_000_000 / max(slow.count, 1))))
                    guard !slow.isEmpty else { continue }
                    let (client, first) = slow[next]
                    // Whom the server has sent away comes again.
                    if !client.send("x"), let again = try? ClientSocket(port: port) {
                        again.send(first)
                        slow[next].client = again
                    }
                    next = (next + 1) % slow.count
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
