import Foundation
import HTTPHandling
import HTTPServer
import HTTPTypes
import HTTPWire
import Testing

/// The table of `ConformanceCases`, over real sockets: against the server with a handler that reads every body, or
/// against the service that listens on the port `HTTP_CONFORMANCE_PORT`.
@Suite("Conformance to RFC 9110 and 9112:", .timeLimit(.minutes(5)))
struct ConformanceTests {
    @Test("whatever is sent is served or refused as the RFC says, and nothing is smuggled")
    func table() async throws {
        let outside = ProcessInfo.processInfo.environment["HTTP_CONFORMANCE_PORT"].flatMap { Int($0) }
        if let outside { return try await run(port: outside) }
        try await withServer { request in
            do {
                _ = try await request.body.collect(upTo: 1_000)
                return ServerResponse(status: .ok)
            } catch {
                return ServerResponse(status: .badRequest)
            }
        } body: { _, port in
            try await run(port: port)
        }
    }

    private func run(port: Int) async throws {
        for item in Conformance.cases {
            let bytes = item.bytes.unicodeScalars.map { UInt8($0.value) }
            for size in [bytes.count, 1] where bytes.count < 3_000 || size > 1 {
                let client = try Client(port: port)
                // A server that has refused may have closed before all is sent.
                for start in stride(from: 0, to: bytes.count, by: size) {
                    try? await client.send(Array(bytes[start..<(start + size)]))
                }
                let answer = (try? await client.receiveBytes()) ?? []
                let statuses = Answers(answer, isHead: item.bytes.hasPrefix("HEAD")).statuses
                #expect(statuses == item.expected, "\(item), in pieces of \(size) bytes")
            }
        }
    }
}

/// The answers in what a connection brought until its end.
private struct Answers {
    /// Statuses in order, 200 for all that a handler may give; 0 for what is no answer. The server's own refusals
    /// end the connection; a handler's do not.
    private(set) var statuses: [Int] = []
    private static let refusals: Set = [400, 408, 413, 414, 417, 431, 501, 503, 505]

    init(_ bytes: [UInt8], isHead: Bool) {
        var rest = String(decoding: bytes, as: UTF8.self).utf8[...]
        while !rest.isEmpty {
            let text = String(Substring(rest))
            guard
                let match = text.prefixMatch(of: /HTTP\/1\.1 ([0-9]{3}) [^\r\n]*\r\n((?:[^\r\n]+\r\n)*)\r\n/),
                let status = Int(match.1), match.2.contains("Date: ") || status == 100
            else {
                statuses.append(0)
                return
            }
            rest = rest.dropFirst(match.0.utf8.count)
            if status == 100 { continue }
            let length = match.2.firstMatch(of: /Content-Length: ([0-9]+)\r\n/).flatMap { Int($0.1) } ?? 0
            if !isHead || !statuses.isEmpty { rest = rest.dropFirst(length) }
            let isRefusal = Self.refusals.contains(status) && match.2.contains("Connection: close\r\n")
            statuses.append(isRefusal ? status : 200)
        }
    }
}
