import Foundation
import Glibc
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
        let service = try RunningService(dataDirectory: scratch.path("data"), descriptors: 64)
        var clients: [Int32] = []
        defer { for client in clients { close(client) } }
        while !service.logText.contains("accept failed"), clients.count < 500 {
            clients.append(try Self.connect(service.url))
        }
        #expect(service.logText.contains("accept failed"))
        for client in clients { close(client) }
        clients = []
        #expect(try service.request("/healthz").status == 200)
        #expect(service.terminate() == 0)
    }

    private static func connect(_ url: String) throws -> Int32 {
        let port = try #require(URL(string: url)?.port.flatMap { UInt16(exactly: $0) })
        let client = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(client, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        try #require(result == 0)
        return client
    }
}
