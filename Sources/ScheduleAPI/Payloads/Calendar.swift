import ScheduleStore
import SchedulingCore

/// The days of a span with what is planned for them, against what a day can carry.
struct Calendar {
    let days: ClosedRange<CivilDate>
    /// Emails that a day may carry.
    let cap: Int
    /// Emails above which a day is cut down to the cap.
    let threshold: Int
    /// In order of the days.
    let counts: [EmailDayCount]

    func write(to writer: inout JSONWriter) {
        writer.member("from", days.lowerBound.description)
        writer.member("to", days.upperBound.description)
        writer.member("cap", cap)
        writer.member("threshold", threshold)
        writer.member("items") { writer in
            var left = counts[...]
            writer.array(Array(0...(days.upperBound - days.lowerBound))) { writer, offset in
                let day = days.lowerBound + offset
                let emails = left.prefix { $0.date == day }
                left = left.dropFirst(emails.count)
                writer.object { write(day, emails, to: &$0) }
            }
        }
        writer.member("next_cursor", nil as String?)
    }

    private func write(_ day: CivilDate, _ emails: ArraySlice<EmailDayCount>, to writer: inout JSONWriter) {
        writer.member("date", day.description)
        writer.member("count", emails.reduce(0) { $0 + ($1.status == "skipped" ? 0 : $1.count) })
        writer.member("cap", cap)
        writer.member("over_cap", emails.reduce(0) { $0 + ($1.isCapped ? $1.count : 0) } > threshold)
        writer.member("emails") { writer in
            writer.array(Array(emails)) { writer, email in
                writer.object { writer in
                    writer.member("email_type", email.emailType)
                    writer.member("status", email.status)
                    writer.member("count", email.count)
                }
            }
        }
    }
}

extension EmailDayCount {
    /// Whether these emails count in the daily cap (SPEC 8).
    fileprivate var isCapped: Bool {
        status != "skipped" && status != DeliveryStatus.cancelled.rawValue
            && !emailType.hasPrefix("followup_")
    }
}
