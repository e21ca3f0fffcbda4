import ScheduleJobs
import SchedulingCore

extension ConfigurationPreview {
    /// Writes the counts and the samples.
    func write(to writer: inout JSONWriter) {
        writer.member("today", today.description)
        total.write(to: &writer)
        writer.member("by_type") { writer in
            writer.array(byType.sorted { $0.key < $1.key }) { writer, entry in
                writer.object { writer in
                    writer.member("email_type", entry.key)
                    entry.value.write(to: &writer)
                }
            }
        }
        writer.member("by_state") { writer in
            writer.array(byState.sorted { $0.key < $1.key }) { writer, entry in
                writer.object { writer in
                    writer.member("state", entry.key.isEmpty ? nil : entry.key)
                    entry.value.write(to: &writer)
                }
            }
        }
        writer.member("samples") { writer in
            writer.array(samples) { writer, sample in writer.object(sample.write) }
        }
    }
}

extension ConfigurationPreview.Counts {
    fileprivate func write(to writer: inout JSONWriter) {
        writer.member("added", added)
        writer.member("removed", removed)
        writer.member("moved", moved)
        writer.member("skipped", skipped)
        writer.member("unskipped", unskipped)
        writer.member("changed", changed)
    }
}

extension ConfigurationPreview.Sample {
    fileprivate func write(to writer: inout JSONWriter) {
        writer.member("change", change)
        writer.member("contact_id", contactID)
        writer.member("state", state)
        writer.member("email_type", emailType)
        writer.member("before") { writer in
            if let before { writer.object(before.write) } else { writer.null() }
        }
        writer.member("after") { writer in
            if let after { writer.object(after.write) } else { writer.null() }
        }
    }
}

extension ConfigurationPreview.Row {
    fileprivate func write(to writer: inout JSONWriter) {
        writer.member("scheduled_send_date", date?.description)
        writer.member("status", isSkipped ? "skipped" : "pre-scheduled")
        writer.member("skip_reason", skipReason)
    }
}
