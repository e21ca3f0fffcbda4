import Foundation
import Testing

/// What the HTTP server promises, shown on the real process.
@Suite struct HTTPServerTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    @Test func `a compressed import is stored like the file itself, and answers are compressed on demand`()
        throws
    {
        let service = try RunningService(dataDirectory: scratch.path("data"))
        try service.makeOrganization("acme")
        let file = scratch.path("contacts.csv")
        #expect(
            try Binary.run("generate", "--contacts", "20000", "--seed", "3", "--output", file).status == 0)
        try Command.shell("gzip --keep '\(file)'")
        let path = "/v1/orgs/acme/contacts/import"
        let imported = try service.request(
            path, "--header", "Content-Type: text/csv", "--header", "Content-Encoding: gzip", "--data-binary",
            "@\(file).gz")
        #expect(imported.status == 200)
        #expect(imported.json["received"] as? Int == 20_000)
        let plain = try service.request(
            path, "--header", "Content-Type: text/csv", "--data-binary", "@\(file)")
        #expect(plain.json["unchanged"] as? Int == imported.json["created"] as? Int)

        let broken = try service.request(
            path, "--header", "Content-Type: text/csv", "--header", "Content-Encoding: gzip", "--data-binary",
            "@\(file)")
        #expect(broken.status == 400)
        let bomb = scratch.path("bomb.gz")
        try Command.shell("head --bytes 50000000 /dev/zero | tr '\\0' ' ' | gzip > '\(bomb)'")
        let refused = try service.request(
            "/v1/orgs/acme/contacts", "--header", "Content-Type: application/json", "--header",
            "Content-Encoding: gzip", "--data-binary", "@\(bomb)")
        #expect(refused.status == 413)

        let head = scratch.path("head")
        let list = try service.request("/v1/orgs/acme/contacts", "--compressed", "--dump-header", head)
        #expect((list.json["items"] as? [Any])?.count == 100)
        #expect(try String(contentsOfFile: head, encoding: .utf8).contains("Content-Encoding: gzip"))
    }

    @Test func `out of file descriptors it waits, says so, and goes on when there are some again`() throws {
        let service = try RunningService(dataDirectory: scratch.path("data"))
        try service.limit("nofile", to: "\(service.descriptors + 20)")
        var clients: [RawClient] = []
        while !service.logText.contains("accept failed"), clients.count < 500 {
            clients.append(try RawClient(service.url))
        }
        #expect(service.logText.contains("accept failed"))
        clients = []
        #expect(try service.request("/healthz").status == 200)
        #expect(service.terminate() == 0)
    }

    @Test func `very many connections leave descriptors and memory where they were, however they end`() throws
    {
        let total = ProcessInfo.processInfo.environment["HTTP_LEAK_CONNECTIONS"].flatMap { Int($0) } ?? 20_000
        let service = try RunningService(dataDirectory: scratch.path("data"))
        try Self.connect(4_000, service)
        let before = (try service.descriptors, try service.residentKiB)
        try Self.connect(total, service)
        #expect(try service.descriptors <= before.0 + 20)
        #expect(try service.residentKiB < before.1 + 8_000, "KiB more after \(total) connections")
        #expect(service.terminate() == 0)
    }

    /// Connections that end in turn by themselves, by a refusal, by the client's half-close and by a reset.
    private static func connect(_ count: Int, _ service: RunningService) throws {
        for index in 0..<count {
            let client = try RawClient(service.url)
            let post = "POST /v1/orgs HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n"
            switch index % 4 {
            case 0: try client.send("GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            case 1: try client.send("BAD\r\n\r\n")
            case 2:
                try client.send(post + "{}")
                client.finish()
            default:
                try client.send(post + "{")
                client.resetAtEnd()
                continue
            }
            let answer = try client.receiveAll()
            if !answer.hasPrefix("HTTP/1.1 ") { throw Failure("no answer: \(answer)") }
        }
    }
}
