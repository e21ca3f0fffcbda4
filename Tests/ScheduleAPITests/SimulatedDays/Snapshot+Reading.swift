import GRDB
import SchedulingCore

extension Snapshot {
    /// Reads the file.
    init(_ database: Database) throws {
        for row in try Row.fetchAll(database, sql: "SELECT * FROM contacts") {
            let contact = ContactRow(
                id: row["id"], email: row["email"], zipCode: row["zip_code"], state: row["state"],
                birthDate: row["birth_date"], effectiveDate: row["effective_date"])
            contacts[contact.id] = contact
        }
        try readEmails(database)
        try readCampaigns(database)
        suppressed = try Set(
            Int64.fetchAll(
                database,
                sql:
                    "SELECT contact_id FROM suppressions WHERE channel IS NULL OR channel IN ('email', 'all')"
            ))
        clicks = try Row.fetchAll(database, sql: "SELECT * FROM tracking_clicks").map {
            ClickRow(
                contact: $0["contact_id"], schedule: $0["schedule_id"], tracking: $0["tracking_id"],
                second: Moment.second($0["clicked_at"]))
        }
        answers = try Row.fetchAll(
            database,
            sql: """
                SELECT contact_id, created_at, ifnull(metadata ->> 'has_medical_conditions', 0)
                    OR ifnull(metadata ->> 'main_questions_yes_count', 0) > 0 AS says_yes
                FROM contact_events WHERE event_type = 'eligibility_answered'
                """
        ).map {
            AnswerRow(
                contact: $0["contact_id"], second: Moment.second($0["created_at"]), saysYes: $0["says_yes"])
        }
    }

    private mutating func readEmails(_ database: Database) throws {
        let names = try database.columns(in: "email_schedules").map { "quote(\($0.name))" }
        let rows = try Row.fetchCursor(
            database,
            sql: """
                SELECT id, contact_id, email_type, status, skip_reason, scheduled_send_date,
                    scheduled_send_time, ideal_send_date, event_year, event_month, event_day,
                    campaign_instance_id, initial_schedule_id, priority, email_template, sms_template,
                    actual_send_datetime, metadata ->> 'tracking_uuid',
                    \(names.joined(separator: " || ',' || "))
                FROM email_schedules ORDER BY contact_id, id
                """)
        while let row = try rows.next() {
            let year: Int? = row[8]
            let event = year.flatMap { CivilDate(year: $0, month: row[9] ?? 0, day: row[10] ?? 0) }
            let email = EmailRow(
                id: row[0], contact: row[1], type: row[2], status: row[3], reason: row[4],
                date: CivilDate(row[5] as String) ?? CivilDate(dayNumber: 0), time: row[6],
                ideal: (row[7] as String?).flatMap { CivilDate($0) }, event: event, instance: row[11],
                initial: row[12], priority: row[13], template: row[14], smsTemplate: row[15],
                sentAt: row[16], tracking: row[17], text: row[18])
            emails[email.id] = email
            emailsByContact[email.contact, default: []].append(email)
        }
    }

    private mutating func readCampaigns(_ database: Database) throws {
        targets = try Row.fetchAll(database, sql: "SELECT * FROM contact_campaigns ORDER BY id").map {
            TargetRow(
                id: $0["id"], contact: $0["contact_id"], instance: $0["campaign_instance_id"],
                trigger: ($0["trigger_date"] as String?).flatMap { CivilDate($0) }, status: $0["status"] ?? ""
            )
        }
        targetsByContact = Dictionary(grouping: targets, by: \.contact)
        types = TypeRow.defaults
        for row in try Row.fetchAll(database, sql: "SELECT * FROM campaign_types") {
            let type = TypeRow(
                name: row["name"], respectsWindows: row["respect_exclusion_windows"],
                hasFollowups: row["enable_followups"], daysBefore: row["days_before_event"],
                targetsAll: row["target_all_contacts"], priority: row["priority"] ?? 10,
                respectsFrequency: row["respect_frequency_limits"], isActive: row["active"])
            types[type.name] = type
        }
        for row in try Row.fetchAll(database, sql: "SELECT * FROM campaign_instances") {
            let instance = InstanceRow(
                id: row["id"], type: row["campaign_type"], template: row["email_template"],
                start: (row["active_start_date"] as String?).flatMap { CivilDate($0) },
                end: (row["active_end_date"] as String?).flatMap { CivilDate($0) }, audience: row["audience"])
            instances[instance.id] = instance
        }
    }
}

/// A row of `campaign_types`, or one of the types of SPEC 13.
struct TypeRow: Sendable {
    let name: String
    var respectsWindows, hasFollowups: Bool
    var daysBefore: Int
    var targetsAll: Bool
    var priority: Int
    var respectsFrequency = true
    var isActive = true

    static let defaults = Dictionary(
        uniqueKeysWithValues: [
            TypeRow(
                name: "rate_increase", respectsWindows: true, hasFollowups: true, daysBefore: 14,
                targetsAll: false, priority: 1),
            TypeRow(
                name: "seasonal_promo", respectsWindows: true, hasFollowups: true, daysBefore: 7,
                targetsAll: false, priority: 5),
            TypeRow(
                name: "initial_blast", respectsWindows: false, hasFollowups: false, daysBefore: 0,
                targetsAll: true, priority: 10),
            TypeRow(
                name: "regulatory_notice", respectsWindows: false, hasFollowups: false, daysBefore: 0,
                targetsAll: false, priority: 1, respectsFrequency: false),
            TypeRow(
                name: "policy_update", respectsWindows: true, hasFollowups: true, daysBefore: 5,
                targetsAll: true, priority: 3),
        ].map { ($0.name, $0) })
}
