import Foundation
import Testing

/// What happens where the system gives the process no more files or memory.
@Suite struct LimitTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    @Test
    func `without descriptors what needs a file is refused and told, and done when there are some again`()
        throws
    {
        let service = try RunningService(dataDirectory: scratch.path("data"))
        for id in ["known", "new"] { try service.makeOrganization(id) }
        #expect(try service.addContact("known").status == 201)
        let client = try KeepAliveClient(service)
        #expect(try client.send("GET", "/v1/orgs/known/contacts/1").status == 200)
        try service.exhaustDescriptors()

        let refused = try client.send("GET", "/v1/orgs/new/contacts")
        #expect(refused.status == 503)
        #expect((refused.json["detail"] as? String)?.contains("more files") == true, "\(refused.body)")
        #expect(try client.send("POST", "/v1/orgs/known/backups").status == 503)
        let written = try client.send("POST", "/v1/orgs/known/contacts", #"{"email":"b@example.com"}"#)
        #expect(written.status == 201, "\(written.body)")
        let ready = RunningService.finding("descriptors", in: try client.send("GET", "/readyz"))
        #expect(ready.status == 503 && ready.finding.hasPrefix("failed"), "\(ready)")
        #expect(service.logText.contains("raise the limit of open files"))

        try service.limit("nofile", to: "1000")
        #expect(try service.readiness("descriptors").finding.hasPrefix("ok"))
        #expect(try service.addContact("new").status == 201)
        for id in ["known", "new"] {
            #expect(try service.fullRun(id, today: "2026-01-05")["state"] as? String == "completed")
        }
        #expect(try service.request("/v1/orgs/known/backups", "--request", "POST").status == 201)
        #expect(service.terminate() == 0)
    }

    @Test func `connections leave descriptors to the stores`() throws {
        let service = try RunningService(
            dataDirectory: scratch.path("data"), wrapper: ["/usr/bin/prlimit", "--nofile=128"])
        try service.makeOrganization("acme")
        var clients: [RawClient] = []
        for _ in 1...100 { clients.append(try RawClient(service.url)) }
        let client = try #require(clients.first)
        try client.send("GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        #expect(try client.receiveAll().hasPrefix("HTTP/1.1 200 "))
        clients.removeLast(60)
        var status = 503
        let deadline = ContinuousClock.now + .seconds(30)
        while status == 503, ContinuousClock.now < deadline { status = try service.addContact("acme").status }
        #expect(status == 201)
        #expect(service.logText.contains("connections are served: the process may open 128 files"))
        #expect(!service.logText.contains("accept failed"))
        #expect(service.terminate() == 0)
    }

    @Test func `100,000 contacts are imported, planned and exported in 300 MB, and rubbish is refused`()
        throws
    {
        let service = try RunningService(
            dataDirectory: scratch.path("data"), wrapper: ["/usr/bin/prlimit", "--data=300000000"])
        try service.makeOrganization("acme")
        let file = scratch.path("contacts.csv")
        let generated = try Binary.run("generate", "--contacts", "100000", "--seed", "9", "--output", file)
        #expect(generated.status == 0)
        let path = "/v1/orgs/acme/contacts"
        for _ in 1...2 {
            let imported = try service.request(
                "\(path)/import", "--header", "Content-Type: text/csv", "--data-binary", "@\(file)")
            #expect(imported.json["received"] as? Int == 100_000, "\(imported.body)")
        }
        #expect(try service.fullRun("acme", today: "2026-01-05")["state"] as? String == "completed")

        // More than the memory that there is.
        let body = scratch.path("body")
        func post(_ path: String, _ type: String) throws -> RunningService.Answer {
            try service.request(path, "--header", "Content-Type: \(type)", "--data-binary", "@\(body)")
        }
        try Command.shell("head --bytes 1000000 /dev/zero | tr '\\0' '[' > '\(body)'")
        #expect(try post(path, "application/json").status == 400)
        try Command.shell("head --bytes 320000000 /dev/zero | tr '\\0' '[' > '\(body)'")
        #expect(try post(path, "application/json").status == 413)
        for type in ["application/json", "application/x-ndjson", "text/csv"] {
            let answer = try post("\(path)/import", type)
            let isRefused = answer.status == 400 || answer.json["rejected"] as? Int == 1
            #expect(isRefused, "\(type): \(answer.status) \(answer.body)")
        }
        let exported = try service.request("/v1/orgs/acme/email-schedules", "--header", "Accept: text/csv")
        #expect(exported.status == 200 && exported.body.utf8.count > 20_000_000)
        #expect(try service.request("/readyz").status == 200)
        #expect(service.terminate() == 0)
    }
}
