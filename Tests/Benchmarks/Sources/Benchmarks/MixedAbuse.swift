import BenchmarkSupport
import Foundation

/// Clients that do everything a server should not suffer from, over and over, in an order that a seed decides.
struct MixedAbuse {
    private let port: Int
    private var random: SplitMix

    init(port: Int, seed: UInt64) {
        self.port = port
        random = SplitMix(state: seed)
    }

    /// What a client does once it is connected, other than going away.
    private static let deeds: [@Sendable (ClientSocket) -> Void] = [
        { _ in },
        { $0.send("GET /plaintext HTT") },
        { $0.send("GET /plaintext HTTP/1.1\r\nHost: a\r\nX: " + String(repeating: "y", count: 10_000)) },
        { $0.send("GET /plaintext HTTP/1.1\r\nHost: a\r\n" + String(repeating: "X: y\r\n", count: 10_000)) },
        { $0.send("\u{16}\u{3}\u{1}\u{0}\r\n\r\n\r\n") },
        { $0.send(String(repeating: "GET /plaintext HTTP/1.1\r\nHost: a\r\n\r\n", count: 500)) },
        { $0.send(String(repeating: "GET /large HTTP/1.1\r\nHost: a\r\n\r\n", count: 5)) },
        { $0.send("POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 9000000000\r\n\r\nx") },
        {
            $0.send(
                "POST /upload HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nzz\r\n")
        },
        { $0.send("POST /upload HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nffff\r\n") },
        { $0.send("POST /upload HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n") },
        {
            $0.send(
                "POST /plaintext HTTP/1.1\r\nHost: a\r\nContent-Length: 200000\r\n\r\n"
                    + String(repeating: "b", count: 150_000))
        },
        { client in
            client.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n")
            _ = client.receive()
        },
        { client in
            client.send("GET /json HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            _ = client.receive()
        },
        { client in
            client.send("GET /plaintext HTTP/1.1\r\nHost: a\r\n\r\n")
            client.finish()
            _ = client.receive()
        },
    ]

    /// Abuses the server and prints once a minute what it holds.
    mutating func run(minutes: Int, _ server: ServerProcess) throws {
        var crowd: [ClientSocket] = []
        let start = Date()
        var connections = 0
        var reports = 0
        while true {
            let elapsed = Date().timeIntervalSince(start)
            if elapsed >= Double(reports) * 60 {
                // What is let go of must be gone soon; what stays has grown.
                crowd = []
                try report(server, "after \(reports) minutes and \(connections) connections")
                reports += 1
            }
            guard elapsed < Double(minutes) * 60 else { return }
            let client = try ClientSocket(port: port)
            Self.deeds[random.next(below: Self.deeds.count)](client)
            connections += 1
            // Some go at once, with or without a reset; most linger among a thousand others.
            switch random.next(below: 4) {
            case 0: break
            case 1: client.resetWhenReleased()
            default: crowd.append(client)
            }
            if crowd.count > 1_000 { crowd.remove(at: random.next(below: crowd.count)) }
            // A load that leaves the machine to others too.
            if connections.isMultiple(of: 10) { usleep(2_000) }
        }
    }

    private func report(_ server: ServerProcess, _ when: String) throws {
        let deadline = Date(timeIntervalSinceNow: 15)
        while server.sockets > 2, Date() < deadline { usleep(50_000) }
        let healthy = try ClientSocket(port: port)
        healthy.send("GET /plaintext HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        guard healthy.receive().starts(with: "HTTP/1.1 200 ".utf8) else {
            throw BenchmarkFailure("A healthy client was not answered.")
        }
        let line = "\(when): \(server.residentKiB) KiB resident, \(server.descriptors) descriptors\n"
        FileHandle.standardOutput.write(Data(line.utf8))
    }
}

/// Random numbers that a seed decides.
private struct SplitMix {
    var state: UInt64

    mutating func next(below bound: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((mixed ^ (mixed >> 31)) % UInt64(bound))
    }
}
