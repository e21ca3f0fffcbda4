import CZlib
import HTTPHandling
import HTTPServer
import HTTPTypes
import HTTPWire
import Testing

@Suite("Compressed bodies, over real sockets,", .timeLimit(.minutes(1)))
struct ContentCodingTests {
    private let text = String(repeating: "All work and no play. ", count: 5_000)

    @Test(
        "are inflated while they are read, whatever pieces they come in",
        arguments: [("gzip", 31), ("x-gzip", 31), ("GZIP", 31), ("deflate", 15)] as [(String, Int32)])
    func inflates(coding: String, windowBits: Int32) async throws {
        let body = gzip(Array(text.utf8), windowBits: windowBits)
        try await withServer(handler: echoBody) { _, port in
            for size in [1, 7, 1_000, body.count] {
                let client = try Client(port: port)
                try await client.send(head(coding, "Transfer-Encoding: chunked"))
                var chunks: [UInt8] = []
                for start in stride(from: 0, to: body.count, by: size) {
                    let piece = body[start..<min(start + size, body.count)]
                    chunks += Array("\(String(piece.count, radix: 16))\r\n".utf8) + piece + [13, 10]
                }
                try await client.send(chunks + Array("0\r\n\r\n".utf8))
                #expect(try await client.receiveAll().hasSuffix("\r\n\r\n\(text)"))
            }
        }
    }

    @Test("may be several gzip members, one behind the other")
    func members() async throws {
        try await expect(gzip(Array("one".utf8)) + gzip(Array("two".utf8)), "200", ending: "onetwo")
    }

    @Test("are refused with 400 when they break off, are damaged, or go on behind their end")
    func broken() async throws {
        let good = gzip(Array(text.utf8))
        try await expect(Array(good.dropLast()), "400")
        try await expect(Array(good.prefix(5)), "400")
        var damaged = good
        damaged[good.count - 6] ^= 1
        try await expect(damaged, "400")
        try await expect(good + [1], "400")
        try await expect(Array("plain text".utf8), "400")
        try await expect(gzip(Array(text.utf8), windowBits: 15) + [1], coding: "deflate", "400")
        try await expect(good, coding: "deflate", "400")
    }

    @Test("are held to the limit of the resource as it is after inflating")
    func limit() async throws {
        try await expect(gzip([UInt8](repeating: 1, count: 200_000)), "200")
        try await expect(gzip([UInt8](repeating: 1, count: 200_001)), "413")
    }

    @Test("may grow by a ratio, beyond what is free: what is at it passes, one more byte does not")
    func ratio() async throws {
        let body = gzip([UInt8](repeating: 1, count: 100_000))
        let change = { @Sendable (free: Int, ratio: Int) in
            { @Sendable (limits: inout HTTPLimits) in
                limits.inflatedFreeBytes = free
                limits.inflatedRatio = ratio
            }
        }
        let needed = (100_000 + body.count - 1) / body.count
        try await expect(body, "200", limits: change(100_000, 1))
        try await expect(body, "413", limits: change(99_999, 1))
        try await expect(body, "200", limits: change(1, needed))
        try await expect(body, "413", limits: change(1, needed - 1))
    }

    @Test("in another coding, or in two, are refused with 415 and the codings there are")
    func unknown() async throws {
        for coding in ["br", "compress", "gzip, gzip", "gzip\r\nContent-Encoding: deflate"] {
            try await withServer(handler: echoBody) { _, port in
                let client = try Client(port: port)
                try await client.send(head(coding, "Content-Length: 1") + "x")
                let answer = try await client.receiveAll()
                #expect(answer.hasPrefix("HTTP/1.1 415 "))
                #expect(answer.contains("\r\nAccept-Encoding: gzip, deflate\r\n"))
            }
        }
        try await expect(Array("as it is".utf8), coding: "identity", "200", ending: "as it is")
    }

    @Test(
        "are answered to those who prefer them",
        arguments: [
            ("gzip", true), ("x-gzip", true), ("GZip", true), ("*", true), ("deflate, gzip;q=0.5", true),
            ("gzip;q=0.001", true), ("identity;q=0", false), ("br, identity", false), ("", false),
            ("gzip;q=0", false), ("gzip;q=0, *", false), ("*;q=0", false), ("gzip;q=0.5, identity", false),
            ("gzip;q=0.5, identity;q=0.4", true), ("identity;q=0, *;q=0.2", true), ("gzip;q=x", false),
            ("gzip ; q=1.0 , identity ; q=0.5", true), ("gzip;q=2", false), ("gzip;q=-1", false),
        ])
    func preference(accepted: String, isGzip: Bool) async throws {
        try await withServer(handler: answer("application/json", text)) { _, port in
            let client = try Client(port: port)
            try await client.send(get(accepted))
            let (head, body) = try await split(client.receiveBytes())
            #expect(head.contains("\r\nVary: Accept-Encoding\r\n"))
            #expect(head.contains("\r\nContent-Encoding: gzip\r\n") == isGzip)
            #expect(head.contains("\r\nContent-Length: \(body.count)\r\n"))
            #expect(isGzip ? gunzip(body) == Array(text.utf8) : body == Array(text.utf8))
        }
    }

    @Test("are not made of what is short, compressed already or not to be changed")
    func notWorthIt() async throws {
        let long = String(repeating: "a", count: 1_024)
        for (handler, isCoded) in [
            (answer("text/plain", long), true), (answer("text/plain", String(long.dropLast())), false),
            (answer("image/png", long), false), (answer("application/problem+json", long), true),
            (answer("text/csv; charset=utf-8", long), true),
            (answer("text/plain", long, [.cacheControl: "no-transform"]), false),
            (answer("text/plain", long, [.contentEncoding: "br"]), false),
            (answer("text/plain", long, status: .notModified), false),
        ] {
            try await withServer(handler: handler) { _, port in
                let client = try Client(port: port)
                try await client.send(get("gzip"))
                let (head, _) = try await split(client.receiveBytes())
                #expect(head.contains("Content-Encoding: gzip") == isCoded)
                #expect(head.contains("Vary") == isCoded)
                // Who takes nothing but codings gets one for whatever there is.
                guard head.hasPrefix("HTTP/1.1 200"), !head.contains("br"), !head.contains("no-t") else {
                    return
                }
                let strict = try Client(port: port)
                try await strict.send(get("gzip, identity;q=0"))
                let (forced, _) = try await split(strict.receiveBytes())
                #expect(forced.contains("Content-Encoding: gzip"))
            }
        }
    }

    @Test("have the same head when only the head is asked for, and no body")
    func head() async throws {
        try await withServer(handler: answer("text/plain", text)) { _, port in
            var heads: [String] = []
            for method in ["GET", "HEAD"] {
                let client = try Client(port: port)
                try await client.send(get("gzip", method: method))
                let (head, body) = try await split(client.receiveBytes())
                heads.append(head.replacing(/X-Request-Id: .*/, with: ""))
                #expect(body.isEmpty == (method == "HEAD"))
            }
            #expect(heads[0] == heads[1])
        }
    }

    @Test("that are streamed let every piece go at once")
    func streamed() async throws {
        let mayGoOn = Signal()
        try await withServer(handler: { _ in
            ServerResponse(
                status: .ok, fields: [.contentType: "text/event-stream"],
                body: .stream { writer in
                    try await writer.write(Array("data: one\n\n".utf8))
                    await mayGoOn.wait()
                    try await writer.write(Array("data: two\n\n".utf8))
                })
        }) { _, port in
            let client = try Client(port: port)
            try await client.send(get("gzip"))
            let isFirst: @Sendable ([UInt8]) -> Bool = { bytes in
                guard let (_, body) = try? split(bytes) else { return false }
                return gunzip(dechunk(body)) == Array("data: one\n\n".utf8)
            }
            let first = try await client.receiveBytes(until: isFirst)
            #expect(isFirst(first))
            await mayGoOn.set()
            let (head, body) = try await split(first + client.receiveBytes())
            #expect(head.contains("\r\nContent-Encoding: gzip\r\n"))
            #expect(gunzip(dechunk(body)) == Array("data: one\n\ndata: two\n\n".utf8))
        }
    }

    // MARK: Helpers

    private func head(_ coding: String, _ framing: String) -> String {
        "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Encoding: \(coding)\r\n\(framing)\r\n\r\n"
    }

    private func get(_ accepted: String, method: String = "GET") -> String {
        "\(method) / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAccept-Encoding: \(accepted)\r\n\r\n"
    }

    private func expect(
        _ body: [UInt8], coding: String = "gzip", _ status: String, ending: String = "",
        limits: @escaping @Sendable (inout HTTPLimits) -> Void = { _ in },
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        try await withServer(limits: limits, handler: echoBody) { _, port in
            let client = try Client(port: port)
            try await client.send(Array(head(coding, "Content-Length: \(body.count)").utf8) + body)
            let answer = try await client.receiveAll()
            #expect(answer.hasPrefix("HTTP/1.1 \(status) "), sourceLocation: sourceLocation)
            #expect(answer.hasSuffix(ending), sourceLocation: sourceLocation)
        }
    }
}

/// Answers with the body, of up to 200,000 bytes.
@Sendable private func echoBody(_ request: ServerRequest) async -> ServerResponse {
    do throws(RequestBodyError) {
        return ServerResponse(status: .ok, body: .bytes(try await request.body.collect(upTo: 200_000)))
    } catch {
        return ServerResponse(status: error == .tooLarge ? .contentTooLarge : .badRequest)
    }
}

private func answer(
    _ type: String, _ text: String, _ fields: HTTPFields = [:], status: HTTPResponse.Status = .ok
) -> @Sendable (ServerRequest) async -> ServerResponse {
    var fields = fields
    fields[.contentType] = type
    let response = ServerResponse(status: status, fields: fields, body: .bytes(Array(text.utf8)))
    return { _ in response }
}

private struct NoHead: Error {}

/// An answer's head and the bytes behind it.
private func split(_ bytes: [UInt8]) throws -> (head: String, body: [UInt8]) {
    let end = Array("\r\n\r\n".utf8)
    guard let start = bytes.indices.first(where: { bytes[$0...].starts(with: end) }) else { throw NoHead() }
    return (String(decoding: bytes[..<(start + 4)], as: UTF8.self), Array(bytes[(start + 4)...]))
}

/// The data of the chunks that are there.
private func dechunk(_ bytes: [UInt8]) -> [UInt8] {
    var rest = bytes[...]
    var data: [UInt8] = []
    while let end = rest.firstIndex(of: 13) {
        guard let size = Int(String(decoding: rest[..<end], as: UTF8.self), radix: 16) else { break }
        rest = rest[(end + 2)...]
        data += rest.prefix(size)
        rest = rest.dropFirst(size + 2)
    }
    return data
}

/// What gzip makes of some bytes; with other window bits, what zlib does.
private func gzip(_ bytes: [UInt8], windowBits: Int32 = 31) -> [UInt8] {
    var stream = z_stream()
    deflateInit2_(
        &stream, 6, Z_DEFLATED, windowBits, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
        Int32(MemoryLayout<z_stream>.size))
    defer { deflateEnd(&stream) }
    return run(&stream, bytes) { deflate($0, Z_FINISH) }
}

/// What was compressed, as far as it is there.
private func gunzip(_ bytes: [UInt8]) -> [UInt8] {
    var stream = z_stream()
    inflateInit2_(&stream, 31, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    defer { inflateEnd(&stream) }
    return run(&stream, bytes) { inflate($0, Z_SYNC_FLUSH) }
}

private func run(
    _ stream: inout z_stream, _ bytes: [UInt8], _ step: (UnsafeMutablePointer<z_stream>) -> Int32
) -> [UInt8] {
    var bytes = bytes
    return bytes.withUnsafeMutableBufferPointer { input in
        stream.next_in = input.baseAddress
        stream.avail_in = UInt32(input.count)
        return [UInt8](unsafeUninitializedCapacity: 1 << 20) { buffer, count in
            stream.next_out = buffer.baseAddress
            stream.avail_out = UInt32(buffer.count)
            _ = step(&stream)
            count = buffer.count - Int(stream.avail_out)
        }
    }
}
