public import ScheduleJobs
import ScheduleStore
import SchedulingCore

extension ExplainedContact {
    /// The explanation as a JSON object, in UTF-8: what the interface answers and what `explain --json` prints.
    public var json: [UInt8] {
        var writer = JSONWriter(capacity: 16_384)
        writer.object(write)
        return writer.bytes
    }

    /// Writes the explanation.
    func write(to writer: inout JSONWriter) {
        let contact = explanation.contact
        writer.member("contact_id", contact.id)
        writer.member("today", explanation.today.description)
        writer.member("contact") { writer in
            writer.object { writer in
                writer.member("state", contact.state?.description)
                writer.member(
                    "state_source", contact.state.map { _ in contact.hasOwnState ? "contact" : "zip_code" })
                writer.member("state_zip_mismatch", contact.hasStateZIPMismatch)
                writer.member("zip_code", record.zipCode)
                writer.member("time_zone", timeZone)
                writer.member("birth_date", contact.birthDate?.description)
                writer.member("effective_date", contact.effectiveDate?.description)
            }
        }
        writer.member("valid", contact.invalidity == nil)
        writer.member("invalid_reason", contact.invalidity?.rawValue)
        writer.member("suppressed", explanation.isSuppressed)
        writer.member("counts_of_run", planID)
        writer.member("sentence", sentence)
        writer.member("emails") { writer in
            writer.array(explanation.emails) { writer, email in writer.object(email.write) }
        }
    }
}

extension EmailExplanation {
    fileprivate func write(to writer: inout JSONWriter) {
        writer.member("email_type", emailType)
        writer.member("campaign_instance_id", instanceID)
        writer.member("initial_schedule_id", initialID)
        writer.member("event_date", event?.description)
        writer.member("ideal_send_date", ideal?.description)
        writer.member("deadline", deadline?.description)
        writer.member("rules") { writer in writer.array(steps) { $0.object($1.write) } }
        writer.member("status", status.rawValue)
        writer.member("scheduled_send_date", date?.description)
        writer.member("skip_reason", skipReason?.rawValue)
        writer.member("earliest_legal_send_date", earliestLegalDate?.description)
        writer.member("schedule_id", rowID)
        writer.member("schedule_agrees") { writer in
            if let rowAgrees { writer.value(.bool(rowAgrees)) } else { writer.null() }
        }
        writer.member("sentence", sentence)
    }
}

extension RuleStep {
    /// Writes the rule, its outcome, and those details that it has.
    fileprivate func write(to writer: inout JSONWriter) {
        writer.member("rule", rule.rawValue)
        writer.member("outcome", outcome.rawValue)
        if let cause { writer.member("cause", cause.rawValue) }
        if let skipReason { writer.member("skip_reason", skipReason.rawValue) }
        if let date { writer.member("date", date.description) }
        if let resultDate { writer.member("result_date", resultDate.description) }
        if let deadline { writer.member("deadline", deadline.description) }
        if let count { writer.member("count", count) }
        if let limit { writer.member("limit", limit) }
        if let cap { writer.member("cap", cap) }
        if let periodDays { writer.member("period_days", periodDays) }
        if let emailType { writer.member("email_type", emailType) }
        if let rowID { writer.member("schedule_id", rowID) }
        if !candidates.isEmpty {
            writer.member("candidates") { writer in writer.array(candidates) { $0.value($1.description) } }
        }
        if !windows.isEmpty {
            writer.member("windows") { writer in writer.array(windows) { $0.object($1.write) } }
        }
        if !days.isEmpty { writer.member("days") { writer in writer.array(days) { $0.object($1.write) } } }
        if !counted.isEmpty {
            writer.member("counted_emails") { writer in writer.array(counted) { $0.object($1.write) } }
        }
    }
}

extension RuleStep.Day {
    fileprivate func write(to writer: inout JSONWriter) {
        writer.member("date", date.description)
        writer.member("count", count)
    }
}

extension RuleStep.Counted {
    fileprivate func write(to writer: inout JSONWriter) {
        writer.member("email_type", emailType)
        writer.member("campaign_instance_id", instanceID)
        writer.member("date", date.description)
        writer.member("schedule_id", rowID)
    }
}

extension ExplainedWindow {
    fileprivate func write(to writer: inout JSONWriter) {
        writer.member("name", name)
        writer.member("state", state.description)
        writer.member("kind", window.skipReason.rawValue)
        writer.member("first_date", first?.description)
        writer.member("last_date", last?.description)
        writer.member("contains_date", containsDate)
        writer.member("skip_reason", skipReason.rawValue)
        writer.member("window_before_days", window.daysBefore)
        writer.member("window_after_days", window.daysAfter)
        writer.member("use_month_start", window.usesMonthStart)
        writer.member("pre_window_extension_days", window.preWindowExtensionDays)
        writer.member("effective_from", window.effectiveFrom?.description)
        writer.member("effective_until", window.effectiveUntil?.description)
        writer.member("citation", window.citation)
    }
}
