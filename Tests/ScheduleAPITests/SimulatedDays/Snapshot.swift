import GRDB
import SchedulingCore

/// What an organisation's file holds at one moment, read with SQL of the test's own.
struct Snapshot: Sendable {
    var contacts: [Int64: ContactRow] = [:]
    var emails: [Int64: EmailRow] = [:]
    var targets: [TargetRow] = []
    var types: [String: TypeRow] = [:]
    var instances: [Int64: InstanceRow] = [:]
    /// Contacts who may get no email.
    var suppressed: Set<Int64> = []
    var clicks: [ClickRow] = []
    var answers: [AnswerRow] = []

    var emailsByContact: [Int64: [EmailRow]] = [:]
    var targetsByContact: [Int64: [TargetRow]] = [:]

    struct ContactRow: Sendable, Hashable {
        let id: Int64
        let email, zipCode, state, birthDate, effectiveDate: String?
    }

    struct TargetRow: Sendable {
        let id, contact, instance: Int64
        let trigger: CivilDate?
        let status: String
        var isOpen: Bool { ["", "pending", "scheduled", "skipped"].contains(status) }
    }

    struct InstanceRow: Sendable {
        let id: Int64
        let type: String
        let template: String?
        let start, end: CivilDate?
        let audience: String?
    }

    struct ClickRow: Sendable {
        let contact: Int64
        let schedule: Int64?
        let tracking: String?
        let second: Int
    }

    struct AnswerRow: Sendable {
        let contact: Int64
        let second: Int
        let saysYes: Bool
    }

    /// The rows of a contact, in order of id.
    func emails(of contact: Int64) -> [EmailRow] { emailsByContact[contact] ?? [] }

    /// The targets of a contact, in order of id.
    func targets(of contact: Int64) -> [TargetRow] { targetsByContact[contact] ?? [] }

    /// The identity of a row (SPEC 4); nil where it has none.
    func identity(of row: EmailRow) -> Identity? {
        if row.isFollowup { return Identity(contact: row.contact, type: "followup", initial: row.initial) }
        guard let event = row.event else { return nil }
        return row.isCampaign
            ? campaignIdentity(row.contact, row.type, row.instance, event)
            : Identity(contact: row.contact, type: row.type, year: event.year)
    }

    /// The identity of a campaign email: its event date belongs to it if a target of any status gives it.
    func campaignIdentity(
        _ contact: Int64, _ type: String, _ instance: Int64?, _ event: CivilDate
    ) -> Identity {
        let isGiven = targets(of: contact).contains { $0.instance == instance && $0.trigger == event }
        return Identity(contact: contact, type: type, instance: instance, trigger: isGiven ? event : nil)
    }
}

/// What makes a row the same one from run to run (SPEC 4).
struct Identity: Hashable, Sendable {
    let contact: Int64
    let type: String
    var year: Int?
    var instance: Int64?
    var trigger: CivilDate?
    var initial: Int64?
}

/// A row of `email_schedules`.
struct EmailRow: Sendable {
    let id, contact: Int64
    let type, status: String
    let reason: String?
    let date: CivilDate
    let time: String?
    let ideal, event: CivilDate?
    let instance, initial: Int64?
    let priority: Int?
    let template, smsTemplate, sentAt, tracking: String?
    /// Every column, as one text.
    let text: String

    var isCommitted: Bool { !isPlanned && status != "skipped" }
    var isPlanned: Bool { status == "pre-scheduled" }
    var isFollowup: Bool { type.hasPrefix("followup_") }
    var isCampaign: Bool { type.hasPrefix("campaign_") }
    var isSent: Bool { status == "sent" || status == "delivered" }
    /// Whether it counts in frequency and conflict once committed (SPEC 9).
    var wasOrWillBeSent: Bool { isSent || ["scheduled", "processing", "accepted"].contains(status) }

    /// The moment of sending of a committed row, in seconds since 1970 (SPEC 1).
    var sentSecond: Int { Moment.second(sentAt ?? "\(date) \(time ?? "00:00:00")") }
    /// The day of sending of a committed row.
    var sendDate: CivilDate { Moment.date(ofSecond: sentSecond) }

    /// Whether its identity counts as committed on a day: it is, or its skip is final (SPEC 4).
    func countsAsCommitted(on today: CivilDate, countingExpired: Bool = true) -> Bool {
        if isCommitted { return true }
        guard status == "skipped", date < today else { return false }
        return reason == "campaign_conflict" || reason == "frequency_limit"
            || (countingExpired && reason == "expired")
    }
}

/// Moments of an organisation whose zone is UTC.
enum Moment {
    /// Reads `YYYY-MM-DD HH:MM:SS`, with `T` for the space or not, with `Z`, an offset `±HH:MM`, or neither.
    static func second(_ text: String) -> Int {
        let parts = Array(text)
        let date = CivilDate(String(parts.prefix(10))) ?? CivilDate(dayNumber: 0)
        func number(_ at: Int) -> Int { Int(String(parts[at..<at + 2])) ?? 0 }
        let second = Int(date.dayNumber) * 86_400 + number(11) * 3600 + number(14) * 60 + number(17)
        guard parts.count == 25 else { return second }
        let offset = number(20) * 3600 + number(23) * 60
        return parts[19] == "-" ? second + offset : second - offset
    }

    static func date(ofSecond second: Int) -> CivilDate { CivilDate(dayNumber: Int32(second / 86_400)) }
}
