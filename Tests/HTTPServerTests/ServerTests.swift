import HTTPHandling
import HTTPServer
import HTTPTypes
import HTTPWire
import Synchronization
import Testing

@Suite("The server, over real sockets,", .timeLimit(.minutes(1)))
struct ServerTests {
    let get = "GET /a HTTP/1.1\r\nHost: a\r\n\r\n"

    @Test("answers on a connection kept alive, with date and request id")
    func keepAlive() async throws {
        try await withServer(handler: echoPath) { _, port in
            let client = try Client(port: port)
            try await client.send(get)
            let expected =
                "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Length: 2\r\n"
                + "X-Request-Id: id-1\r\n\r\n/a"
            #expect(try await client.receive(through: "/a") == expected)
            try await client.send(
                "GET /b HTTP/1.1\r\nHost: a\r\nX-Request-Id: mine\r\nConnection: close\r\n\r\n")
            let last = try await client.receiveAll()
            #expect(last.contains("Connection: close\r\n") && last.contains("X-Request-Id: mine\r\n"))
            #expect(last.hasSuffix("/b"))
        }
    }

    @Test("takes over a request id of visible ASCII only, not too long and only one")
    func requestID() async throws {
        try await withServer(limits: { $0.requestIDBytes = 4 }, handler: echoPath) { _, port in
            for (fields, expected) in [
                ("X-Request-Id: abcd\r\n", "abcd"), ("x-request-id:!~\r\n", "!~"),
                ("X-Request-Id: abcde\r\n", "id-1"), ("X-Request-Id:\r\n", "id-2"),
                ("X-Request-Id: a b\r\n", "id-3"), ("X-Request-Id: é\r\n", "id-4"),
                ("X-Request-Id: a\r\nX-Request-Id: b\r\n", "id-5"), ("", "id-6"),
            ] {
                let client = try Client(port: port)
                try await client.send("GET /a HTTP/1.1\r\nHost: a\r\n\(fields)Connection: close\r\n\r\n")
                #expect(try await client.receiveAll().contains("\r\nX-Request-Id: \(expected)\r\n"))
            }
        }
    }

    @Test(
        "is dated in the one format that is sent",
        arguments: [
            (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
            (951_827_696, "Tue, 29 Feb 2000 12:34:56 GMT"), (1_709_251_199, "Thu, 29 Feb 2024 23:59:59 GMT"),
            (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"),
            (253_402_300_799, "Fri, 31 Dec 9999 23:59:59 GMT"),
            (-1, "Thu, 01 Jan 1970 00:00:00 GMT"),
        ] as [(Int64, String)])
    func dates(seconds: Int64, expected: String) {
        #expect(HTTPDate.format(unixSeconds: seconds) == Array(expected.utf8))
    }

    @Test("answers pipelined requests in order, whatever time each takes")
    func pipelining() async throws {
        try await withServer(handler: { request in
            for _ in 0..<(9 - (Int(request.segments.first ?? "") ?? 0)) * 10 { await Task.yield() }
            return await echoPath(request)
        }) { _, port in
            let client = try Client(port: port)
            let requests = (0..<9).map { "GET /\($0) HTTP/1.1\r\nHost: a\r\n\r\n" }.joined()
            try await client.send(requests + "GET /end HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            let text = try await client.receiveAll()
            let bodies = text.split(separator: "\r\n").filter { $0.hasPrefix("/") }.map { $0.prefix(2) }
            #expect(bodies == (0..<9).map { "/\($0)" } + ["/e"])
        }
    }

    @Test(
        "refuses with a problem and closes",
        arguments: [
            ("GET / HTTP/1.1\r\n\r\n", 400), ("GET / HTTP/3.0\r\nHost: a\r\n\r\n", 505),
            ("GET / HTTP/1.1\n", 400),
            ("GET /" + String(repeating: "a", count: 9_000), 414),
            ("CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n", 501),
            ("GET / HTTP/1.1\r\nHost: a\r\nX: " + String(repeating: "a", count: 17_000), 431),
            ("POST / HTTP/1.1\r\nHost: a\r\nExpect: x\r\n\r\n", 417),
            ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", 400),
        ])
    func refusals(text: String, status: Int) async throws {
        try await withServer(handler: echoPath) { _, port in
            let client = try Client(port: port)
            try await client.send(text + String(repeating: "more", count: 1_000))
            let answer = try await client.receiveAll()
            #expect(answer.hasPrefix("HTTP/1.1 \(status) "))
            #expect(answer.contains("Content-Type: application/problem+json\r\n"))
            #expect(answer.contains("Connection: close\r\n"))
            #expect(answer.contains("\"status\":\(status)"))
        }
    }

    @Test("hands OPTIONS for the whole server to the handler, and refuses HEAD without a body")
    func wholeServerAndHead() async throws {
        try await withServer(handler: echoPath) { _, port in
            let client = try Client(port: port)
            try await client.send("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try await client.receive(through: "\r\n\r\n*").hasPrefix("HTTP/1.1 200 OK\r\n"))
            try await client.send("HEAD / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n")
            let refused = try await client.receiveAll()
            #expect(refused.hasPrefix("HTTP/1.1 400 Bad Request\r\n") && refused.hasSuffix("\r\n\r\n"))
            #expect(!refused.contains("Content-Length: 0\r\n"))
        }
    }

    @Test("keeps counting a request whose client has left until its handler is done")
    func abandoned() async throws {
        let hasStarted = Signal()
        let mayEnd = Signal()
        try await withServer(
            limits: {
                $0.requestsInFlight = 1
                $0.bodyTimeoutMilliseconds = 50
            },
            handler: { request in
                if request.method == .post {
                    await hasStarted.set()
                    await mayEnd.wait()
                }
                return await echoPath(request)
            }
        ) { _, port in
            let first = try Client(port: port)
            try await first.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n")
            await hasStarted.wait()
            try await first.vanish()
            let second = try Client(port: port)
            try await second.send(get)
            #expect(try await second.receiveAll().hasPrefix("HTTP/1.1 503 "))
            await mayEnd.set()
        }
    }

    @Test("holds back an upload whose handler is busy, and passes on every byte")
    func upload() async throws {
        let mayRead = Signal()
        let total = 20_000_000
        try await withServer(handler: { request in
            await mayRead.wait()
            var count = 0
            var sum = 0
            do {
                for try await piece in request.body {
                    count += piece.count
                    sum &+= piece.reduce(0) { $0 &+ Int($1) }
                }
            } catch { return ServerResponse(status: .badRequest) }
            return ServerResponse(status: .ok, body: .bytes(Array("\(count) \(sum)".utf8)))
        }) { _, port in
            let client = try Client(port: port)
            try await client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
            let size = 50_000
            let chunk =
                Array("\(String(size, radix: 16))\r\n".utf8) + Array(repeating: 7, count: size) + [13, 10]
            let sent = Atomic(0)
            async let sending: Void = {
                for _ in 0..<total / size {
                    try await client.send(chunk)
                    sent.add(size, ordering: .relaxed)
                }
                try await client.send("0\r\n\r\n")
            }()
            // Another request is answered meanwhile; the upload cannot have gone through.
            let other = try Client(port: port)
            try await other.send("GET http://a/ HTTP/1.0\r\n\r\n")
            #expect(sent.load(ordering: .relaxed) < total)
            await mayRead.set()
            try await sending
            #expect(
                try await client.receive(through: " \(total * 7)").hasSuffix("\r\n\r\n\(total) \(total * 7)"))
            #expect(try await other.receiveAll().hasSuffix("0 0"))
        }
    }

    @Test("asks for an expected body when its handler reads it")
    func expectation() async throws {
        try await withServer(handler: { request in
            guard request.segments != ["no"], let body = try? await request.body.collect(upTo: 10) else {
                return HTTPProblem(status: .contentTooLarge).response()
            }
            return ServerResponse(status: .ok, body: .bytes(body))
        }) { _, port in
            let head = " HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: "
            let client = try Client(port: port)
            try await client.send("POST /yes" + head + "5\r\n\r\n")
            #expect(try await client.receive(through: "\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n")
            try await client.send("hello")
            #expect(try await client.receive(through: "hello").hasPrefix("HTTP/1.1 200 OK\r\n"))
            for (path, length) in [("/no", 5), ("/yes", 11)] {
                let refused = try Client(port: port)
                try await refused.send("POST \(path)" + head + "\(length)\r\n\r\n")
                let answer = try await refused.receiveAll()
                #expect(answer.hasPrefix("HTTP/1.1 413 ") && answer.contains("Connection: close"))
            }
        }
    }

    @Test("answers HEAD without a body, and streams for HTTP/1.1 and 1.0")
    func headAndStreams() async throws {
        try await withServer(handler: { _ in
            ServerResponse(
                status: .ok,
                body: .stream { writer in
                    for word in ["one", "", "three"] { try await writer.write(Array(word.utf8)) }
                }
            )
        }) { _, port in
            let client = try Client(port: port)
            try await client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try await client.receive(through: "\r\n\r\n").contains("Transfer-Encoding: chunked"))
            try await client.send(get)
            let text = try await client.receive(through: "0\r\n\r\n")
            #expect(text.hasSuffix("\r\n\r\n3\r\none\r\n5\r\nthree\r\n0\r\n\r\n"))
            let old = try Client(port: port)
            try await old.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
            let plain = try await old.receiveAll()
            #expect(plain.hasSuffix("\r\n\r\nonethree") && plain.contains("Connection: close\r\n"))
        }
    }

    @Test("breaks a stream off without its end when the handler fails")
    func failingStream() async throws {
        try await withServer(handler: { _ in
            ServerResponse(
                status: .ok,
                body: .stream { writer in
                    try await writer.write(Array("one".utf8))
                    throw RequestBodyError.truncated
                })
        }) { _, port in
            let client = try Client(port: port)
            try await client.send(get)
            #expect(try await client.receiveAll().hasSuffix("3\r\none\r\n"))
        }
    }

    @Test("makes a stream wait for a slow reader, and ends it when the reader vanishes")
    func vanishingReader() async throws {
        let isBlocked = Signal()
        let hasEnded = Signal()
        let written = Atomic(0)
        try await withServer(handler: { _ in
            ServerResponse(
                status: .ok,
                body: .stream { writer in
                    let piece = [UInt8](repeating: 1, count: 1 << 20)
                    do {
                        while true {
                            try await writer.write(piece)
                            if written.add(1, ordering: .relaxed).newValue == 1 { await isBlocked.set() }
                        }
                    } catch {
                        await hasEnded.set()
                        throw error
                    }
                })
        }) { _, port in
            let client = try Client(port: port, receiveBuffer: 4_096)
            try await client.send(get)
            _ = try await client.receive { $0.utf8.count > 3_000_000 }
            await isBlocked.wait()
            try await client.vanish()
            await hasEnded.wait()
            #expect(written.load(ordering: .relaxed) < 100)
        }
    }

    @Test("answers a client that has shut its sending side")
    func halfClosed() async throws {
        let mayAnswer = Signal()
        try await withServer(handler: { request in
            await mayAnswer.wait()
            return await echoPath(request)
        }) { _, port in
            let client = try Client(port: port)
            try await client.send(get + "GET /b HTTP/1.1\r\nHost: a\r\n\r\n")
            client.finish()
            await mayAnswer.set()
            let text = try await client.receiveAll()
            #expect(text.contains("\r\n\r\n/aHTTP/1.1 200") && text.hasSuffix("/b"))
        }
    }

    @Test("closes on clients that are too slow, with 408 where a request had begun")
    func slowClients() async throws {
        try await withServer(
            limits: {
                $0.firstByteTimeoutMilliseconds = 50
                $0.headTimeoutMilliseconds = 50
                $0.bodyTimeoutMilliseconds = 50
                $0.idleTimeoutMilliseconds = 50
            },
            handler: { request in
                do {
                    return ServerResponse(status: .ok, body: .bytes(try await request.body.collect(upTo: 99)))
                } catch {
                    return ServerResponse(status: .ok, body: .bytes(Array("\(error)".utf8)))
                }
            }
        ) { _, port in
            #expect(try await Client(port: port).receiveAll() == "")
            let head = try Client(port: port)
            try await head.send("GET / HT")
            #expect(try await head.receiveAll().hasPrefix("HTTP/1.1 408 "))
            let body = try Client(port: port)
            try await body.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhel")
            #expect(try await body.receiveAll().hasPrefix("HTTP/1.1 408 "))
            let idle = try Client(port: port)
            try await idle.send(get)
            #expect(try await idle.receiveAll().hasPrefix("HTTP/1.1 200 "))
        }
    }

    @Test("drops a client that stops taking its answer")
    func writeStall() async throws {
        let failure = Mutex<(any Error)?>(nil)
        let hasEnded = Signal()
        try await withServer(
            limits: { $0.writeStallTimeoutMilliseconds = 50 },
            handler: { _ in
                ServerResponse(
                    status: .ok,
                    body: .stream { writer in
                        do {
                            while true { try await writer.write(Array(repeating: 1, count: 1 << 20)) }
                        } catch {
                            failure.withLock { $0 = error }
                            await hasEnded.set()
                            throw error
                        }
                    })
            }
        ) { _, port in
            let client = try Client(port: port, receiveBuffer: 4_096)
            try await client.send(get)
            await hasEnded.wait()
            #expect(failure.withLock { $0 } as? ResponseWriteError == .stalled)
            _ = try? await client.receiveAll()
        }
    }

    @Test("finishes requests in flight when it is stopped, closes idle connections, and accepts no more")
    func drain() async throws {
        // An address of its own: no other test's server can come to listen on the port.
        let hasStarted = Signal()
        let mayAnswer = Signal()
        try await withServer(
            host: 77,
            handler: { request in
                if request.segments == ["slow"] {
                    await hasStarted.set()
                    await mayAnswer.wait()
                }
                return await echoPath(request)
            }
        ) { server, port in
            let idle = try Client(port: port, host: 77)
            try await idle.send(get)
            _ = try await idle.receive(through: "/a")
            let busy = try Client(port: port, host: 77)
            try await busy.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n")
            await hasStarted.wait()
            server.shutdown()
            #expect(try await idle.receiveAll() == "")
            #expect(throws: Client.Failure.self) { try Client(port: port, host: 77) }
            await mayAnswer.set()
            let answer = try await busy.receiveAll()
            #expect(answer.contains("Connection: close\r\n") && answer.hasSuffix("/slow"))
        }
    }

    @Test("drops what is left when the grace time is over")
    func forcedEnd() async throws {
        let hasStarted = Signal()
        let mayEnd = Signal()
        try await withServer(
            limits: { $0.drainGraceMilliseconds = 20 },
            handler: { request in
                await hasStarted.set()
                await mayEnd.wait()
                return await echoPath(request)
            }
        ) { server, port in
            let client = try Client(port: port)
            try await client.send(get)
            await hasStarted.wait()
            server.shutdown()
            #expect(try await client.receiveAll() == "")
            await mayEnd.set()
        }
    }

    @Test("answers 503 beyond its requests in flight and its connections")
    func full() async throws {
        let hasStarted = Signal()
        let mayAnswer = Signal()
        try await withServer(
            limits: {
                $0.requestsInFlight = 1
                $0.connections = 2
            },
            handler: { request in
                await hasStarted.set()
                await mayAnswer.wait()
                return await echoPath(request)
            }
        ) { _, port in
            let first = try Client(port: port)
            try await first.send(get)
            await hasStarted.wait()
            let second = try Client(port: port)
            try await second.send(get)
            let third = try Client(port: port)
            for client in [second, third] {
                let answer = try await client.receiveAll()
                #expect(answer.hasPrefix("HTTP/1.1 503 ") && answer.contains("Retry-After: 1\r\n"))
            }
            await mayAnswer.set()
            #expect(try await first.receive(through: "/a").hasPrefix("HTTP/1.1 200 "))
        }
    }

    @Test("tells the access log of every request")
    func log() async throws {
        let lines = Mutex<[String]>([])
        try await withServer(
            log: { summary in
                lines.withLock {
                    $0.append(
                        "\(summary.requestID) \(summary.method) \(summary.path) \(summary.status) \(summary.bytesSent)"
                    )
                }
            }, handler: echoPath
        ) { _, port in
            let client = try Client(port: port)
            try await client.send("GET /a?b HTTP/1.1\r\nHost: a\r\n\r\nBAD\r\n")
            let text = try await client.receiveAll()
            let split = text.utf8.count - (text.split(separator: "HTTP/1.1 ").last?.utf8.count ?? 0) - 9
            let expected = ["id-1 GET /a?b 200 \(split)", "id-2 - - 400 \(text.utf8.count - split)"]
            #expect(lines.withLock { $0 } == expected)
        }
    }

    @Test("runs a handler on the socket's queue until it waits for something else")
    func manyClients() async throws {
        try await withServer(handler: echoPath) { _, port in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<50 {
                    group.addTask {
                        let client = try Client(port: port)
                        for round in 0..<20 {
                            try await client.send("GET /\(number)-\(round) HTTP/1.1\r\nHost: a\r\n\r\n")
                            _ = try await client.receive(through: "\r\n\r\n/\(number)-\(round)")
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
    }
}
