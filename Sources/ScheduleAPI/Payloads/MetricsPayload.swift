import ScheduleJobs
import ScheduleStore
import SchedulingCore

extension OrganizationMetrics {
    /// Writes the metrics of an organisation.
    func write(to writer: inout JSONWriter) {
        let full = latestFullRun.map(RunDigest.init)
        writer.member("contacts") { writer in
            writer.object { writer in
                writer.member("total", contacts)
                writer.member("suppressed", suppressedContacts)
                writer.member("invalid", counts: full?.invalid ?? [:])
                writer.member("state_zip_mismatches", full?.stateZIPMismatches ?? 0)
            }
        }
        writer.member("email_schedules") { writer in
            writer.array(emails) { writer, count in writer.object(count.write) }
        }
        writer.member("daily_volume") { writer in
            writer.array(dailyVolume) { writer, day in
                writer.object { writer in
                    writer.member("date", day.date)
                    writer.member("count", day.count)
                }
            }
        }
        writer.member("campaigns") { writer in
            writer.array(campaigns) { writer, campaign in writer.object(campaign.write) }
        }
        writeStates(to: &writer)
        writer.member("runs") { writer in writer.object(writeRuns) }
        writer.member("backlog") { writer in writer.object(backlog.write) }
    }

    private func writeStates(to writer: inout JSONWriter) {
        writer.member("exclusions") { writer in
            let exclusions = states.flatMap { state in
                state.excluded.sorted { $0.key < $1.key }.map { (state.state, $0.key, $0.value) }
            }
            writer.array(exclusions) { writer, exclusion in
                writer.object { writer in
                    writer.member("state", exclusion.0)
                    writer.member("skip_reason", exclusion.1)
                    writer.member("count", exclusion.2)
                }
            }
        }
        writer.member("exclusion_rates") { writer in
            writer.array(states) { writer, state in
                let excluded = state.excluded.values.reduce(0, +)
                writer.object { writer in
                    writer.member("state", state.state)
                    writer.member("emails", state.emails)
                    writer.member("excluded", excluded)
                    writer.member("rate", decimal: Double(excluded) / Double(max(1, state.emails)))
                }
            }
        }
    }

    private func writeRuns(to writer: inout JSONWriter) {
        writer.member("by_state", runs: runs)
        writer.member("last_success") { writer in
            guard let lastSuccess else { return writer.null() }
            writer.object { writer in
                writer.member("id", lastSuccess.id)
                writer.member("kind", lastSuccess.request.kind.rawValue)
                writer.member("today", lastSuccess.request.today.description)
                writer.member("finished_at", instant: lastSuccess.finishedAt)
            }
        }
        writer.member("recent") { writer in
            writer.array(recentRuns.map(RunDigest.init)) { writer, run in writer.object(run.write) }
        }
    }
}

extension JSONWriter {
    /// A member with the number of runs in each state, those without any too.
    mutating func member(_ name: StaticString, runs: [RunRecord.State: Int]) {
        member(
            name,
            counts: Dictionary(
                uniqueKeysWithValues: RunRecord.State.allCases.map { ($0.rawValue, runs[$0] ?? 0) }))
    }
}

extension EmailCount {
    fileprivate func write(to writer: inout JSONWriter) {
        writer.member("email_type", emailType)
        writer.member("status", status)
        writer.member("skip_reason", skipReason)
        writer.member("count", count)
    }
}

extension CampaignCount {
    fileprivate func write(to writer: inout JSONWriter) {
        writer.member("campaign_instance_id", instanceID)
        writer.member("campaign_type", campaignType)
        writer.member("instance_name", instanceName)
        writer.member("scheduled", scheduled)
        writer.member("sent", sent)
        writer.member("delivered", delivered)
        writer.member("opened", opened)
        writer.member("clicked", clicked)
        writer.member("bounced", bounced)
        writer.member("unsubscribed", unsubscribed)
    }
}

extension Backlog {
    /// Writes what waits.
    func write(to writer: inout JSONWriter) {
        writer.member("due", due)
        writer.member("leased", leased)
        writer.member("queued_runs", queuedRuns)
        writer.member("oldest_due", oldestDue)
    }
}

extension RunDigest {
    fileprivate func write(to writer: inout JSONWriter) {
        writer.member("id", run.id)
        writer.member("kind", run.request.kind.rawValue)
        writer.member("today", run.request.today.description)
        writer.member("state", run.state.rawValue)
        writer.member("dry_run", run.request.isDryRun)
        writer.member("started_at", instant: run.startedAt)
        writer.member("finished_at", instant: run.finishedAt)
        writer.member("duration_ms", decimal: duration_ms)
        writer.member("contacts_processed", contactsProcessed)
        writer.member("inserted", inserted)
        writer.member("updated", updated)
        writer.member("deleted", deleted)
        writer.member("unchanged", unchanged)
        writer.member("phases") { writer in
            writer.array(phases) { writer, phase in
                writer.object { writer in
                    writer.member("name", phase.name)
                    writer.member("duration_ms", decimal: phase.durationMs)
                }
            }
        }
        writer.member("batches") { writer in
            writer.object { writer in
                writer.member("count", batches?.count ?? 0)
                writer.member("mean_ms", decimal: batches?.meanMs)
                writer.member("max_ms", decimal: batches?.maxMs)
            }
        }
    }

    /// From the first claim to the end, which are known to the second, and at least what the passes took.
    private var duration_ms: Double? {
        guard let start = run.startedAt.flatMap(Timestamp.unixSeconds(column:)),
            let end = run.finishedAt.flatMap(Timestamp.unixSeconds(column:))
        else { return nil }
        return max(Double(end - start) * 1000, phases.reduce(0) { $0 + $1.durationMs })
    }
}
