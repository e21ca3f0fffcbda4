import Foundation
import HTTPHandling
import HTTPTypes
import HTTPWire
import ScheduleAPI
import ScheduleJobs
import ScheduleStore
import ScheduleStoreSQLite
import Synchronization
import Testing

/// Server-sent events of runs.
@Suite struct RunEventStreamTests {
    private static let path = "/v1/orgs/acme/scheduler-runs"

    /// The events of a stream, comments left out.
    private func events(_ answer: Answer) -> [[String: String]] {
        answer.text.components(separatedBy: "\n\n").compactMap { block in
            var event: [String: String] = [:]
            for line in block.split(separator: "\n") where !line.hasPrefix(":") {
                let parts = line.split(separator: ":", maxSplits: 1)
                event[String(parts[0])] = parts.count > 1 ? String(parts[1].dropFirst()) : ""
            }
            return event["event"] == nil ? nil : event
        }
    }

    /// Waits until somebody listens to a run.
    private func listening(_ test: TestService) async {
        while test.workers.events.listenerCount == 0 { await Task.yield() }
    }

    @Test(.timeLimit(.minutes(5)))
    func `a run's progress is told until it has ended, and then its report`() async throws {
        try await TestService.with { test in
            for index in 1...350 { _ = try await test.store.insertContact(contact(index)) }
            _ = try await test.send(.post, Self.path, body: #"{"kind":"full"}"#)
            async let answer = test.send(.get, "\(Self.path)/1/events")
            await listening(test)
            let workers = Task { await test.workers.run() }
            let stream = try await answer
            workers.cancel()
            await workers.value
            #expect(stream.status == 200)
            #expect(stream.fields[.contentType] == "text/event-stream")
            #expect(stream.fields[.cacheControl] == "no-store")
            #expect(stream.text.hasPrefix("retry: "))
            let events = events(stream)
            #expect(events.first?["event"] == "progress")
            #expect(events.first?["data"]?.hasPrefix(#"{"state":""#) == true)
            #expect(events.first?["data"]?.contains(#","contacts_done":"#) == true)
            #expect(events.dropLast().allSatisfy { $0["event"] == "progress" })
            let last = try #require(events.last)
            #expect(last["event"] == "state")
            #expect(last["id"] == "end")
            let run =
                try JSONSerialization.jsonObject(with: Data((last["data"] ?? "").utf8)) as? [String: Any]
            #expect(run?["state"] as? String == "completed")
            #expect((run?["report"] as? [String: Any])?["contacts_processed"] as? Int == 350)
            #expect(test.workers.events.listenerCount == 0)
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `what a client was told last is not told again`() async throws {
        try await TestService.with(heartbeat: .milliseconds(1)) { test in
            _ = try await test.send(.post, Self.path, body: #"{"kind":"full"}"#)
            let request = try ServerRequest(
                .get, "\(Self.path)/1/events", fields: [.authorization: "Bearer \(test.admin)"])
            guard case .stream(let write) = await test.handler.respond(to: request).body else {
                Issue.record("no stream")
                return
            }
            let client = GoneClient(after: 3)
            try? await write(client)
            let text = client.text.withLock { $0 }
            #expect(text.components(separatedBy: "event: progress").count == 2, "\(text)")
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `a run that is cancelled while it waits ends its stream`() async throws {
        try await TestService.with { test in
            _ = try await test.send(.post, Self.path, body: #"{"kind":"full"}"#)
            async let answer = test.send(.get, "\(Self.path)/1/events")
            await listening(test)
            _ = try await test.send(.post, "\(Self.path)/1/cancel")
            let last = try #require(events(try await answer).last)
            #expect(last["event"] == "state")
            #expect(last["data"]?.contains(#""state":"cancelled""#) == true)
        }
    }

    @Test func `a run that has ended tells that at once, and nothing to a client that knows`() async throws {
        try await TestService.with { test in
            _ = try await test.send(.post, Self.path, body: #"{"kind":"full"}"#)
            _ = try await test.send(.post, "\(Self.path)/1/cancel")
            let stream = try await test.send(.get, "\(Self.path)/1/events")
            #expect(events(stream).map { $0["event"] } == ["state"])
            let lastEventID = try #require(HTTPField.Name("Last-Event-ID"))
            let again = try await test.send(.get, "\(Self.path)/1/events", fields: [lastEventID: "end"])
            #expect(again.status == 204)
            let behind = try await test.send(.get, "\(Self.path)/1/events", fields: [lastEventID: "3"])
            #expect(events(behind).map { $0["event"] } == ["state"])
        }
    }

    @Test func `a run that does not exist has no events`() async throws {
        try await TestService.with { test in
            let answer = try await test.send(.get, "\(Self.path)/1/events")
            #expect(answer.status == 404)
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `a client that is gone is noticed by the heartbeat and no longer listened for`() async throws {
        try await TestService.with(heartbeat: .milliseconds(1)) { test in
            _ = try await test.send(.post, Self.path, body: #"{"kind":"full"}"#)
            let request = try ServerRequest(
                .get, "\(Self.path)/1/events", fields: [.authorization: "Bearer \(test.admin)"])
            guard case .stream(let write) = await test.handler.respond(to: request).body else {
                Issue.record("no stream")
                return
            }
            let client = GoneClient()
            var failure: ResponseWriteError?
            do { try await write(client) } catch { failure = error as? ResponseWriteError }
            #expect(failure == .disconnected)
            #expect(client.text.withLock { $0 }.contains(": still here"))
            #expect(test.workers.events.listenerCount == 0)
        }
    }

    private func contact(_ id: Int) -> ContactDraft {
        var contact = ContactDraft(id: Int64(id))
        contact.email = "c\(id)@example.com"
        contact.zipCode = "75001"
        contact.birthDate = "1950-06-15"
        return contact
    }
}

/// Takes what comes up to the first heartbeat, and is gone.
private final class GoneClient: ResponseBodyWriter {
    let text = Mutex("")
    private let heartbeats: Int

    /// A client that goes after so many heartbeats.
    init(after heartbeats: Int = 1) { self.heartbeats = heartbeats }

    func write(_ bytes: [UInt8]) async throws(ResponseWriteError) {
        let beats = text.withLock { $0.components(separatedBy: ": still here").count - 1 }
        if beats >= heartbeats { throw .disconnected }
        text.withLock { $0 += String(decoding: bytes, as: UTF8.self) }
    }
}
