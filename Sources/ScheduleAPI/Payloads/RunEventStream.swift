import HTTPHandling
import HTTPTypes
import ScheduleJobs
import ScheduleStore

/// How a run gets on, as server-sent events (HTML, 9.2): `progress` whenever that changes, and `state` with the whole
/// run when nothing more happens to it. Then the stream ends.
///
/// 1. Events are pushed by whoever carries the run out; a reader that is slow gets the latest only. The record is
///    read when its state changes, and else with the heartbeat, for runs that another process carries out.
/// 2. A client that comes back is told where the run stands, whatever it missed. One that has seen the end and comes
///    back for more is answered 204, which makes it stop.
struct RunEventStream: Sendable {
    /// Id of the last event of a stream.
    static let lastID = "end"
    /// How long a client waits before it comes back.
    private static let retry_ms = 2_000

    let store: any OrganizationStore
    let run: RunRecord
    let organizationID: String
    let events: RunEvents
    /// How long nothing is sent at most: proxies and clients take silence for death.
    let heartbeat: Duration

    /// Writes events until the run has ended, the client is gone, or the service is about to end.
    func write(to writer: any ResponseBodyWriter) async throws {
        let listener = events.listen(organizationID: organizationID, runID: run.id)
        defer { events.leave(listener) }
        try await writer.write(Array("retry: \(Self.retry_ms)\n\n".utf8))
        var told = RunProgress()
        // What happened before the listening began is in the record.
        guard try await writeRecord(to: writer, &told) else { return }
        // Ends, cancelled, with this function.
        async let _: Void = beat(listener)
        while true {
            switch await listener.next() {
            case .progress(let done, let total):
                try await write(RunProgress(state: .running, done: done, total: total), to: writer, &told)
            case .stateChanged:
                guard try await writeRecord(to: writer, &told) else { return }
            case .ended: return
            case .heartbeat:
                try await writer.write(Array(": still here\n\n".utf8))
                guard try await writeRecord(to: writer, &told) else { return }
            }
        }
    }

    /// Tells the listener again and again that time has passed, until the task is cancelled.
    private func beat(_ listener: RunListener) async {
        while (try? await Task.sleep(for: heartbeat)) != nil { listener.tell(.heartbeat) }
    }

    /// Writes how the run stands by its record. Returns whether more is to come.
    private func writeRecord(
        to writer: any ResponseBodyWriter, _ told: inout RunProgress
    ) async throws -> Bool {
        guard let run = try await store.run(id: run.id) else { return false }
        guard run.state.isFinal else {
            let progress = RunProgress(state: run.state, done: run.contactsDone, total: run.contactsTotal)
            try await write(progress, to: writer, &told)
            return true
        }
        try await writer.write(Self.event("state", id: Self.lastID, data: run.json))
        return false
    }

    /// Writes progress, unless it is what the client was told last.
    private func write(
        _ progress: RunProgress, to writer: any ResponseBodyWriter, _ told: inout RunProgress
    ) async throws {
        guard progress != told else { return }
        told = progress
        var data = JSONWriter()
        data.object { writer in
            writer.member("state", progress.state?.rawValue)
            writer.member("contacts_done", progress.done)
            writer.member("contacts_total", progress.total)
        }
        try await writer.write(Self.event("progress", id: "\(progress.done)", data: data.bytes))
    }

    /// One event. JSON has no line ends of its own.
    private static func event(_ name: String, id: String, data: [UInt8]) -> [UInt8] {
        Array("event: \(name)\nid: \(id)\ndata: ".utf8) + data + Array("\n\n".utf8)
    }
}

/// How far a run is, as a client is told it.
private struct RunProgress: Equatable {
    /// Nil before anything was told.
    var state: RunRecord.State?
    var done: Int64 = 0
    var total: Int64 = 0
}
