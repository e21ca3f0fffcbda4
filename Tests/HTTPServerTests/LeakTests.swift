import Foundation
import HTTPHandling
import HTTPServer
import HTTPTypes
import Testing

@Suite("Very many connections", .serialized, .timeLimit(.minutes(10)))
struct LeakTests {
    @Test("leave descriptors and memory where they were, however they end")
    func connections() async throws {
        let total = ProcessInfo.processInfo.environment["HTTP_LEAK_CONNECTIONS"].flatMap { Int($0) } ?? 20_000
        try await withServer(handler: { request in
            _ = try? await request.body.collect(upTo: 1_000)
            return ServerResponse(status: .ok, body: .bytes(Array("ok".utf8)))
        }) { _, port in
            try await Self.connect(2_000, port)
            let before = (Self.descriptors, Self.residentKiB)
            try await Self.connect(total, port)
            // The server learns of the last few only after their clients have gone on.
            let client = try Client(port: port)
            try await client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            _ = try await client.receiveAll()
            #expect(Self.descriptors < before.0 + 100)
            #expect(Self.residentKiB < before.1 + 20_000, "KiB more after \(total) connections")
        }
    }

    /// Connections that end in turn by themselves, by a refusal, by the client's half-close and by a reset.
    private static func connect(_ count: Int, _ port: Int) async throws {
        for index in 0..<count {
            let client = try Client(port: port)
            switch index % 4 {
            case 0:
                try await client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                _ = try await client.receiveAll()
            case 1:
                try await client.send("BAD\r\n\r\n")
                _ = try await client.receiveAll()
            case 2:
                try await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab")
                client.finish()
                _ = try await client.receiveAll()
            default:
                try await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\na")
                try await client.vanish()
            }
        }
    }

    private static var descriptors: Int {
        ((try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []).count
    }

    private static var residentKiB: Int {
        let status = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
        return status.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map { $0 * 4 } ?? 0
    }
}
