import ScheduleJobs
import ScheduleStore
import SchedulingCore

/// An explanation for people, in lines of at most 100 characters.
enum ExplanationText {
    /// Characters of a line.
    static let width = 100

    /// The lines, without the last line's end.
    static func text(of explained: ExplainedContact) -> String {
        let explanation = explained.explanation
        let contact = explanation.contact
        var lines = ["Contact \(contact.id) on \(explanation.today)"]
        let source = contact.hasOwnState ? "its own column" : "its ZIP code"
        var facts = ["state \(contact.state.map { "\($0), from \(source)" } ?? "unknown")"]
        if contact.hasStateZIPMismatch { facts.append("its ZIP code lies in another state") }
        if let zone = explained.timeZone { facts.append("time zone \(zone)") }
        if let date = contact.birthDate { facts.append("born \(date)") }
        if let date = contact.effectiveDate { facts.append("policy since \(date)") }
        lines += wrapped(facts.joined(separator: "; "), indent: 2)
        lines += wrapped(explained.sentence, indent: 2)
        for email in explanation.emails { lines += [""] + self.lines(of: email) }
        return lines.joined(separator: "\n")
    }

    private static func lines(of email: EmailExplanation) -> [String] {
        var title = email.emailType
        if let id = email.instanceID { title += " #\(id)" }
        if let id = email.initialID { title += ", follow-up of row \(id)" }
        if let event = email.event { title += ", event \(event)" }
        title += ": \(email.status.rawValue)"
        if let date = email.date { title += " \(date)" }
        if let reason = email.skipReason { title += " \(reason.rawValue)" }
        var facts = ["earliest legal send date \(email.earliestLegalDate.map { "\($0)" } ?? "none")"]
        if let id = email.rowID {
            facts.append("row \(id) \(email.rowAgrees == true ? "agrees" : "differs: a run would change it")")
        }
        return wrapped(title, indent: 0) + wrapped(email.sentence, indent: 2)
            + wrapped(facts.joined(separator: "; "), indent: 2)
            + email.steps.enumerated().flatMap { position, step in
                wrapped(line(position + 1, step), indent: 4, hanging: 33)
            }
    }

    /// A rule and its outcome in columns, and behind them its details.
    private static func line(_ number: Int, _ step: RuleStep) -> String {
        let rule = padded("\(number)", to: 3) + padded(step.rule.rawValue, to: 18)
        return rule + padded(step.outcome.rawValue, to: 10) + details(of: step).joined(separator: "; ")
    }

    private static func details(of step: RuleStep) -> [String] {
        var words: [String] = []
        if let reason = step.skipReason { words.append(reason.rawValue) }
        if let cause = step.cause { words.append(cause.rawValue) }
        switch (step.date, step.resultDate) {
        case (let date?, let result?) where date != result: words.append("\(date) -> \(result)")
        case (let date?, _): words.append("\(date)")
        case (nil, let result?): words.append("\(result)")
        case (nil, nil): break
        }
        if let deadline = step.deadline { words.append("not after \(deadline)") }
        if let count = step.count { words.append("count \(count)") }
        if let limit = step.limit { words.append("limit \(limit)") }
        if let cap = step.cap { words.append("cap \(cap)") }
        if let days = step.periodDays { words.append("within \(days) days") }
        if let type = step.emailType { words.append(type) }
        if let id = step.rowID { words.append("row \(id)") }
        if !step.candidates.isEmpty {
            words.append("of " + step.candidates.map { "\($0)" }.joined(separator: " "))
        }
        words += step.windows.map { window in
            let holds = window.containsDate ? "holds it" : "does not hold it"
            let citation = window.window.citation.map { " (\($0))" } ?? ""
            return "\(window.name) \(window.period) \(holds)\(citation)"
        }
        words += step.days.dropFirst().map { "\($0.date): \($0.count)" }
        words += step.counted.map { email in
            "beside \(email.emailType) \(email.date)" + (email.rowID.map { " row \($0)" } ?? "")
        }
        return words
    }

    private static func padded(_ text: String, to width: Int) -> String {
        text + String(repeating: " ", count: max(1, width - text.count))
    }

    /// A text in lines that begin with spaces; a word that is longer than a line stays whole.
    private static func wrapped(_ text: String, indent: Int, hanging: Int? = nil) -> [String] {
        var lines: [String] = []
        var line = String(repeating: " ", count: indent)
        var isEmpty = true
        for word in text.split(separator: " ", omittingEmptySubsequences: false) {
            if !isEmpty, line.count + 1 + word.count > width {
                lines.append(line)
                line = String(repeating: " ", count: hanging ?? indent)
                isEmpty = true
            }
            line += isEmpty ? String(word) : " \(word)"
            isEmpty = false
        }
        return lines + [line]
    }
}
