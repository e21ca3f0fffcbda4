import Foundation
import Testing

/// Server-sent events of the real process, read by curl.
@Suite struct RunEventsTests {
    let scratch: Scratch
    let service: RunningService

    init() throws {
        scratch = try Scratch()
        service = try RunningService(dataDirectory: scratch.path("data"), "--workers", "1")
        try service.makeOrganization("busy")
        let file = scratch.path("contacts.csv")
        let generated = try Binary.run("generate", "--contacts", "60000", "--seed", "5", "--output", file)
        guard generated.status == 0 else { throw Failure(generated.errors) }
        _ = try service.request(
            "/v1/orgs/busy/contacts/import", "--header", "Content-Type: text/csv", "--data-binary", "@\(file)"
        )
    }

    private func ask(_ organization: String) throws -> String {
        let run = try service.request(
            "/v1/orgs/\(organization)/scheduler-runs", "--json", #"{"kind":"full"}"#)
        return "/v1/orgs/\(organization)/scheduler-runs/\(try #require(run.json["id"] as? Int))/events"
    }

    @Test func `a run is followed to its end, with its report`() throws {
        let stream = try service.request(try ask("busy"), "--no-buffer")
        #expect(stream.status == 200)
        #expect(stream.body.contains("event: progress\n"))
        let last = try #require(stream.body.components(separatedBy: "event: ").last)
        #expect(last.hasPrefix("state\nid: end\ndata: {"))
        #expect(last.contains(#""state":"completed""#))
        #expect(last.hasSuffix("}\n\n"))
    }

    @Test func `a head has no body, and a client that goes leaves the service well`() throws {
        let path = try ask("busy")
        #expect(try service.request(path, "--head").status == 200)
        let gone = try service.request(path, "--no-buffer", "--max-time", "0.01")
        #expect(gone.status == 0 || gone.status == 200)
        #expect(try service.request(path, "--no-buffer").body.contains(#""state":"completed""#))
    }

    @Test func `the end of the service ends streams at once`() throws {
        try service.makeOrganization("waiting")
        _ = try ask("busy")
        let path = try ask("waiting")
        let stream = Process()
        stream.executableURL = URL(filePath: "/usr/bin/curl")
        stream.arguments = [
            "--silent", "--no-buffer", "--header", "Authorization: Bearer \(try service.token)",
            service.url + path,
        ]
        let pipe = Pipe()
        stream.standardOutput = pipe
        try stream.runWithSignals()
        // The first bytes tell that the stream is open.
        #expect(!pipe.fileHandleForReading.availableData.isEmpty)
        let started = ContinuousClock.now
        #expect(service.terminate() == 0)
        stream.waitUntilExit()
        // Streams that are not ended are dropped after a grace of 30 seconds.
        #expect(ContinuousClock.now - started < .seconds(25))
    }
}
