public import ScheduleStore
import SchedulingCore

extension RunRecord {
    /// The run as a JSON object, in UTF-8: what the interface answers and what `run --json` prints.
    public var json: [UInt8] {
        var writer = JSONWriter(capacity: 1024 + (report?.utf8.count ?? 0))
        writer.object(write)
        return writer.bytes
    }

    /// Writes the run.
    func write(to writer: inout JSONWriter) {
        writer.member("id", id)
        writer.member("kind", request.kind.rawValue)
        writer.member("today", request.today.description)
        writer.member("state", state.rawValue)
        writer.member("dry_run", request.isDryRun)
        writer.member("replan", request.replans)
        writer.member("campaign_instance_id", request.campaignInstanceID)
        writer.member("cancel_requested", isCancelRequested)
        writer.member("progress") { writer in
            writer.object { writer in
                writer.member("contacts_done", contactsDone)
                writer.member("contacts_total", contactsTotal)
            }
        }
        writer.member("attempts", attempts)
        writer.member("created_at", instant: createdAt)
        writer.member("started_at", instant: startedAt)
        writer.member("finished_at", instant: finishedAt)
        writer.member(
            "retry_at", instant: notBefore_s.map { Timestamp.column(unixSeconds: $0) })
        writer.member("config_version", configVersion)
        writer.member("engine_version", engineVersion)
        writer.member("error", error)
        writer.member("report", json: report)
    }
}
